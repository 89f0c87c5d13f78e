"""The system clock is wrong: nothing is lost, nothing stands, and nothing is deleted on its word."""
import os
import subprocess
import time

import pytest

from injection import send
from slimhttpd import Clock, wait_for
from test_rings import COUNTERS, slots_in_use

YEAR = 366 * 86400


@pytest.fixture
def clock(build):
    return Clock(build)


@pytest.mark.fault("F70")
@pytest.mark.clock
def test_ten_years_ahead_for_a_moment_delete_nothing(make_server, clock):
    server = make_server(env=clock.env)
    server.expect("clock-ahead")
    server.start()
    send(server, 0, 60)
    server.wait_stored(60)
    clock.shift(10 * YEAR)
    send(server, 60, 5)
    wait_for(lambda: server.state_word() == "clock-ahead", 10, "it is seen")
    server.wait_stored(65, 5)
    server.expect("the recorder, pid")
    killed = server.kill_recorder()  # a new one begins in the wrong time
    wait_for(lambda: server.recorder_pid() not in (None, killed), 10, "the next recorder")
    send(server, 65, 5)
    server.wait_stored(70, 10)
    assert server.state_word() == "clock-ahead"
    clock.shift(0)
    wait_for(lambda: server.state_word() == "ok", 10, "it is well again")
    send(server, 70, 5)
    server.wait_stored(75, 5)
    assert server.stored_numbers() == {n: 1 for n in range(75)}
    assert "all is well" in server.cli("check", check=0).stdout
    assert len(server.our_lines("warn")) == 1 and "went ahead by" in server.our_lines("warn")[0], server.our_lines()


@pytest.mark.fault("F70")
@pytest.mark.clock
@pytest.mark.parametrize("jump, seconds", [("shift", -3600), ("shift", -YEAR), ("go_on_from", 300), ("go_on_from", 2**31 - 8)])
def test_a_clock_that_jumps_keeps_nobody_waiting(make_server, clock, jump, seconds):
    server = make_server(env=clock.env)
    server.expect("clock-(back|ahead)")
    server.start()
    send(server, 0, 3)
    server.wait_stored(3)
    getattr(clock, jump)(seconds)
    began = time.monotonic()
    send(server, 3, 3)
    server.wait_stored(6, 10)
    assert wait_for(lambda: server.state_word() in ("clock-back", "clock-ahead"), 10)
    status = server.status()
    assert status["lag_seconds"] <= time.monotonic() - began + 1 and status["recorder"]["heartbeat_age_seconds"] < 5, status
    clock.shift(0)
    wait_for(lambda: server.state_word() == "ok", 10, "it is well again")
    send(server, 6, 3)
    server.wait_stored(9, 10)
    assert server.stored_numbers() == {n: 1 for n in range(9)}
    assert server.ledger()["unaccounted"] == 0


def add_to_counters(ring, slot, offsets, number):
    with open(ring, "r+b") as file:
        for offset in offsets:
            file.seek(slot + offset)
            value = int.from_bytes(file.read(8), "little") + number
            file.seek(slot + offset)
            file.write(value.to_bytes(8, "little"))


@pytest.mark.fault("F70")
@pytest.mark.thorough
@pytest.mark.clock
def test_a_clock_that_is_set_back_corrects_no_counter(make_server, clock):
    """More than three million hits were left out in four seconds: many, but no nonsense, whatever the clock says."""
    server = make_server(mpm="prefork", env=clock.env)
    server.expect("clock-back")
    began = time.monotonic()
    server.start()
    send(server, 0, 3)
    server.wait_stored(3)
    wait_for(lambda: time.monotonic() - began > 4, 5, "the ring's age")
    clock.shift(began - time.monotonic())
    ring = server.run / "slimstats.ring"
    add_to_counters(ring, slots_in_use(ring)[0], [COUNTERS["seen"], COUNTERS["excluded"]], 3_000_000)
    send(server, 3, 3)
    server.wait_stored(6)
    ledger = wait_for(lambda: (now := server.ledger())["excluded"]["ip"] > 0 and now["stored"] == 6 and now, 10, "it is counted")
    assert ledger["excluded"]["ip"] == 3_000_000 and ledger["seen"] == 3_000_006, ledger
    assert not any("could not be right" in line for line in server.our_lines())


@pytest.mark.fault("F35")
def test_a_recorder_that_cannot_be_forked_is_tried_again(server):
    """Without a process, a descriptor or memory for the moment."""
    server.expect("cannot start the recorder", "the recorder, pid")
    server.get("/?n=0")
    server.wait_stored(1)
    tracer = subprocess.Popen(["strace", "-qq", "-p", str(server.pid), "-e", "trace=clone,clone3,fork,vfork", "-e",
                               "inject=clone,clone3,fork,vfork:error=EAGAIN:when=1..2", "-o", "/dev/null"])
    try:
        wait_for(lambda: "TracerPid:\t0" not in open(f"/proc/{server.pid}/status").read(), 10, "the tracer is there")
        server.kill_recorder()
        wait_for(lambda: any("cannot start the recorder" in line for line in server.our_lines()), 20, "it fails")
        send(server, 1, 10)
        server.wait_stored(11, 60)
    finally:
        tracer.terminate()
        tracer.wait()
    assert len([line for line in server.our_lines() if "cannot start the recorder" in line]) == 1
    assert server.stored_numbers() == {n: 1 for n in range(11)}


@pytest.mark.fault("F58")
@pytest.mark.parametrize("name", ["robots.tsv", "sources.tsv", "paths.tsv", "settings", "visitor.key"])
def test_a_fifo_in_the_state_directory_holds_nobody(make_server, name):
    server = make_server()
    server.expect("cannot use", "cannot save the visitor key", "cannot write")
    server.state.mkdir(exist_ok=True)
    os.mkfifo(server.state / name, 0o600)
    if os.geteuid() == 0:
        for path in (server.state, server.state / name):
            subprocess.run(["chown", "www-data", path], check=True)
    server.start()
    send(server, 0, 3)
    server.wait_stored(3)
    assert server.state_word() in ("ok", "agents-off", "sources-off", "pages-off")
    pid = server.recorder_pid()
    os.kill(server.pid, 9)
    wait_for(lambda: not os.path.exists(f"/proc/{pid}"), 10, "it ends with its parent")
    server.kill_all()
