"""Processes are stopped, or go on without those they belong to."""
import contextlib
import os
import signal
import subprocess
import sys

import pytest

from slimhttpd import Load, alive, assert_conserved, assert_visitor_saw_nothing, free_port, wait_for

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute(sys.argv[2])
db.execute("select count(*) from hit").fetchone()
print("holds", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def stopped_program(server, begin):
    """Another program that has begun something with the store, and is stopped in it."""
    with server.as_httpd_user():
        program = subprocess.Popen([sys.executable, "-c", HOLD, str(server.store), begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert program.stdout.readline() == b"holds\n"
    program.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        program.send_signal(signal.SIGCONT)
        program.communicate()


@pytest.mark.fault("F08")
@pytest.mark.thorough
def test_who_holds_the_lock_is_stopped(server):
    server.get("/?n=1000000")
    server.wait_stored(1)
    with Load(server, pause=0.01) as load:
        with stopped_program(server, "begin immediate"):
            wait_for(lambda: server.state_word() == "store-busy", 10, "it is seen")
            load.go_on(200)
            assert server.status()["areas"]["store"]["state"] == "store-busy"
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0
    wait_for(lambda: server.state_word() == "ok")


@pytest.mark.fault("F09")
@pytest.mark.thorough
def test_a_reader_is_stopped(server):
    """What it read from stays; an import makes the log grow past its limit."""
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("ckpt-failing")
    log = server.dir / "old.log"
    with open(log, "w") as lines:
        for n in range(150_000):
            lines.write(f'192.0.2.{n % 250} - - [01/Oct/2026:{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} +0000] "GET /{"x" * 300}{n} HTTP/1.1" 200 5 '
                        f'"https://r{n}.example/{"y" * 200}" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"\n')
    log.chmod(0o644)
    with stopped_program(server, "begin"), Load(server, pause=0.05) as load:
        server.cli("import", str(log), check=0)
        wait_for(lambda: server.status()["areas"]["checkpoint"]["state"] == "ckpt-failing", 30, "it is told")
        size = os.path.getsize(f"{server.store}-wal")
        load.go_on(200)
        assert os.path.getsize(f"{server.store}-wal") == size, "nothing is loaded before the log is merged"
        load.stopping.set()
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0
    wait_for(lambda: server.state_word() == "ok", 40, "it is merged")


@pytest.mark.fault("F34")
@pytest.mark.thorough
def test_the_recorder_is_stopped(server):
    server.get("/?n=1000000")
    server.wait_stored(1)
    pid = server.recorder_pid()
    with Load(server, pause=0.02) as load:
        load.go_on(20)
        os.kill(pid, signal.SIGSTOP)
        wait_for(lambda: server.state_word() == "recorder-down", 20, "it is seen")
        status = server.status()
        assert status["lag_seconds"] > 1 and status["ledger"]["waiting"]["ring"] > 0, status
        load.go_on(50)
        os.kill(pid, signal.SIGCONT)
        wait_for(lambda: server.state_word() == "ok", 20, "it goes on")
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0
    assert server.recorder_pid() == pid


@pytest.mark.fault("F34")
@pytest.mark.thorough
def test_the_parent_is_stopped_and_the_recorder_dies(server):
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("the recorder, pid")
    parent, recorder = server.pid, server.recorder_pid()
    with Load(server, pause=0.01) as load:
        os.kill(parent, signal.SIGSTOP)
        os.kill(recorder, signal.SIGKILL)
        load.go_on(200)
        os.kill(parent, signal.SIGCONT)
        wait_for(lambda: server.recorder_pid() not in (None, recorder), 20, "another recorder")
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0


@pytest.mark.fault("F34")
def test_a_child_is_stopped(make_server):
    """The hits of its connections come when it goes on."""
    server = make_server(mpm="prefork")
    server.start()
    with Load(server, pause=0.01) as load:
        load.go_on(50)
        child = server.children()[0]
        os.kill(child, signal.SIGSTOP)
        load.go_on(200)
        os.kill(child, signal.SIGCONT)
        load.go_on(50)
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0


@pytest.mark.fault("F33")
@pytest.mark.parametrize("which", [pytest.param("prefork", marks=pytest.mark.thorough), "event"])
def test_another_httpd_is_started_while_children_of_the_killed_one_serve(make_server, which):
    """They have no recorder any more; the new one takes what they put into the ring."""
    server = make_server(mpm=which, config="MaxKeepAliveRequests 0\nKeepAliveTimeout 60")
    server.start()
    parent, recorder, old_port = server.pid, wait_for(server.recorder_pid), server.port
    with Load(server, threads=2, pause=0.01) as load:
        load.go_on(20)
        children = server.children()
        os.kill(parent, signal.SIGKILL)
        wait_for(lambda: not alive(recorder), 10, "the recorder ends")
        load.go_on(50)
        (server.run / "httpd.pid").unlink()
        server.port = free_port()
        server.write_config()
        server.start()
        with Load(server, threads=2, pause=0.01, first=1_000_000) as new:
            new.go_on(50)
            load.go_on(50)
    assert old_port != server.port and any(alive(child) for child in children)
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, new)["dropped"].values()) == 0
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
