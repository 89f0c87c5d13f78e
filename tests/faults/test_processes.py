"""Processes die, come and go. No hit whose answer was sent is lost, none is stored twice."""
import contextlib
import os
import random
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from slimhttpd import IS_ROOT, Load, alive, assert_conserved, assert_visitor_saw_nothing, wait_for


@pytest.mark.fault("F30")
@pytest.mark.long
def test_recorder_is_killed_at_random_under_load(server):
    server.expect("was killed by signal 9", "died .* more times")
    dice = random.Random(7)
    with Load(server, pause=0.02) as load:
        for _ in range(12):
            wait_for(server.recorder_pid, 10, "a recorder")
            time.sleep(dice.uniform(0, 0.5))  # the moment is what is tried
            server.kill_recorder()
    assert_visitor_saw_nothing(load)
    ledger = assert_conserved(server, load)
    assert sum(ledger["dropped"].values()) == 0
    # told one by one, then summed
    assert len(server.our_lines("error")) <= 3


@pytest.mark.fault("F30")
def test_recorder_is_back_soon(server):
    server.expect("was killed by signal 9")
    server.get("/?n=1")
    server.wait_stored(1)
    old = server.kill_recorder()
    wait_for(lambda: server.recorder_pid() not in (None, old), 5)
    server.get("/?n=2")
    server.wait_stored(2)
    lines = wait_for(lambda: len(lines := server.our_lines()) > 1 and lines, 5, "told")
    assert len(lines) == 2, lines
    assert ":error]" in lines[0] and ":notice]" in lines[1] and "runs again" in lines[1]


@pytest.mark.fault("F32", "F33")
def test_everything_is_killed_at_once_and_started_again(server):
    for round in range(3):
        with Load(server, first=round * 1000000, pause=0.001) as load:
            wait_for(lambda: len(load.answered) > 300)
            server.kill_all()
            load.stopping.set()
        server.start()
        assert_only_hits_before_the_hook_are_missing(server, load, at_most=len(load.threads))
    wait_for(lambda: (l := server.ledger())["waiting"]["journal"] == 0 and l["unaccounted"] == 0, 10, "the ledger adds up")


def assert_only_hits_before_the_hook_are_missing(server, load, at_most):
    """A child killed between an answer's last byte and the hook knows nothing of the hit."""
    def missing():
        return set(load.answered) - set(server.stored_numbers() if server.count() else ())
    wait_for(lambda: missing() <= load.last, 20, "all answered hits but the last of their connections are stored")
    wait_for(lambda: set(server.ledger()["waiting"].values()) == {0}, 20, "nothing waits")
    assert len(missing()) <= at_most, missing()
    assert max(server.stored_numbers().values()) == 1
    print(len(missing()), "hits answered before the hook")


@pytest.mark.fault("F32", "F40")
@pytest.mark.parametrize("which", ["prefork", pytest.param("worker", marks=pytest.mark.thorough), "event"])
def test_children_are_killed(make_server, which):
    server = make_server(mpm=which)
    server.expect(r"exit signal Killed")
    server.start()
    dice = random.Random(11)
    with Load(server, pause=0.001) as load:
        wait_for(lambda: len(load.answered) > 100)
        for _ in range(12):
            load.go_on(50)
            children = server.children()
            if children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(dice.choice(children), signal.SIGKILL)
    # the hit a child was killed in may be missing; it is counted when its slot is taken over
    ledger = assert_conserved(server, load, may_miss=12)
    assert_only_hits_before_the_hook_are_missing(server, load, at_most=12)  # one a kill
    assert sum(v for k, v in ledger["dropped"].items() if k != "child-killed") == 0


@pytest.mark.fault("F37", "F40")
@pytest.mark.parametrize("which", ["prefork", pytest.param("worker", marks=pytest.mark.thorough), "event"])
def test_graceful_reloads_under_load(make_server, which, request):
    server = make_server(mpm=which)
    server.expect("AH00546: no record of generation")  # httpd's own, when reloads overtake its children
    server.start()
    with Load(server, pause=0.01) as load:
        for _ in range(min(20, 4 * request.config.getoption("--rounds"))):
            server.graceful()
            load.go_on(20)
            # one that waits for more than its turn gives up
            wait_for(lambda: len(recorders_of(server)) <= 2, 10, "recorders make way")
        wait_for(server.recorder_pid)
    answers = {key[0] for key in load.bodies}
    assert answers == {200} and len(load.bodies) == 1
    ledger = assert_conserved(server, load)
    assert sum(ledger["dropped"].values()) == 0
    # the last hand-over may still be going on
    wait_for(lambda: len(recorders_of(server)) == 1, 15, "one recorder is left")
    wait_for(lambda: not zombies_of(server.pid), 5, "the others are reaped")
    assert server.our_lines("error|warn") == []


def recorders_of(server):
    found = []
    for pid in server.processes():
        with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as line:
            found += [pid] if b"record" in line.read() else []
    return found


def zombies_of(parent):
    listing = subprocess.run(["ps", "-o", "stat=", "--ppid", str(parent)], capture_output=True, text=True).stdout
    return [s for s in listing.split() if s.startswith("Z")]


@pytest.mark.fault("F37")
def test_restarts_lose_nothing_that_was_answered(make_server):
    # an ungraceful restart under load now and then crashes event's children in httpd's own code
    server = make_server(mpm="prefork")
    server.start()
    with Load(server, pause=0.001) as load:
        for _ in range(5):
            load.go_on(100)
            server.restart()
    wait_for(server.answers)
    # a child that is told to end between its answer's last byte and the hook ends there
    assert_conserved(server, load, may_miss=10)


def held_open(pipe):
    """Its other end, once somebody reads there."""
    with contextlib.suppress(OSError):
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    return None


@pytest.mark.fault("F38")
def test_a_slow_answer_over_a_reload_is_recorded(make_server):
    server = make_server(modules=["cgid"], config="ScriptAlias /cgi/ {dir}/cgi/\nScriptSock {dir}/run/cgid\n")
    cgi = server.dir / "cgi"
    cgi.mkdir()
    cgi.chmod(0o755)
    gate = cgi / "gate"
    os.mkfifo(gate)
    gate.chmod(0o644)
    (cgi / "slow").write_text(f"#!/bin/sh\ncat {gate}\nprintf 'Content-Type: text/plain\\n\\nslow\\n'\n")
    (cgi / "slow").chmod(0o755)
    server.write_config(config=server.options["config"].replace("{dir}", str(server.dir)) +
                        f"<Directory {cgi}>\nRequire all granted\n</Directory>\n")
    server.start()
    with Load(server, threads=1, path="/cgi/slow?n={n}") as load:
        held = wait_for(lambda: held_open(gate), 10, "the answer is being made")
        server.graceful()
        load.stopping.set()
        os.close(held)
    assert load.answered == [1]
    wait_for(lambda: server.stored_numbers().get(1) == 1)


@pytest.mark.fault("F63")
def test_a_reload_may_bring_a_module_of_another_version(make_server, build):
    """Another one keeps its memory under another name: that is what makes it another here."""
    module = build.module
    ours = module.read_bytes()
    theirs = ours.replace(b"mod_slimstats-recorder-%", b"mod_slimstats-Recorder-%")
    assert theirs != ours
    server = make_server()

    def install(content):
        fresh = module.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.chmod(0o755)
        fresh.rename(module)
    server.start()
    try:
        with Load(server, pause=0.01) as load:
            for content in (theirs, ours, theirs):
                pid = wait_for(server.recorder_pid, 10, "a recorder")
                install(content)
                server.graceful()
                wait_for(lambda: server.recorder_pid() not in (None, pid), 10, "another recorder")
                wait_for(lambda: not os.path.exists(f"/proc/{pid}"), 10, "the one before is reaped")
        assert_conserved(server, load)
    finally:
        install(ours)


@pytest.mark.fault("F35")
def test_recorder_binary_is_missing(make_server):
    server = make_server()
    server.expect("cannot start the recorder")
    hidden = server.dir / "slimstats"
    server.write_config(settings=f"SlimStatsRecorder {hidden}")
    server.start(wait=False)
    load = Load(server, pause=0.01).run_for(4)  # several tries
    assert_visitor_saw_nothing(load)
    lines = server.our_lines()
    assert len(lines) == 1 and str(hidden) in lines[0] and "No such file" in lines[0], lines
    os.symlink(server.build.command, hidden)
    wait_for(lambda: server.count() > 0, 20, "the recorder is found again")
    assert_conserved(server, load)
    lines = server.our_lines()
    assert len(lines) == 2 and "runs again" in lines[1], lines


@pytest.mark.fault("F05")
@pytest.mark.skipif(not IS_ROOT, reason="needs root: a directory of another user")
def test_a_state_directory_of_another_user_is_told_once(make_server):
    server = make_server()
    server.expect("is not a directory of", "the recorder, pid")
    server.state.mkdir(mode=0o700)
    shutil.chown(server.state, "nobody")
    server.start(wait=False)
    with Load(server, pause=0.01) as load:
        told = wait_for(lambda: len(lines := server.our_lines()) >= 3 and lines, 15, "three starts")
    assert_visitor_saw_nothing(load)
    assert len(told) == 3, told
    assert sum("the state directory" in line for line in told) == 1
    shutil.chown(server.state, "www-data", "www-data")
    wait_for(lambda: server.count() > 0, 30, "the recorder has its directory")
    assert_conserved(server, load)
    assert len(server.our_lines()) == 4 and "runs again" in server.our_lines()[-1]


def start_with_recorder(server, what):
    """A script in the recorder's place, which notes when it is started; the script, and where the times are."""
    script, starts = server.dir / "recorder", server.dir / "starts"
    starts.touch()
    starts.chmod(0o666)
    script.write_text(f"#!/bin/bash\ndate +%s.%N >>{starts}\n{what}\n")
    script.chmod(0o755)
    server.write_config(settings=f"SlimStatsRecorder {script}")
    server.start(wait=False)
    return script, starts


@pytest.mark.fault("F35")
def test_recorder_that_dies_at_once_is_started_with_patience(make_server):
    server = make_server()
    server.expect("the recorder, pid")
    _, starts = start_with_recorder(server, "exit 1")
    wait_for(lambda: len(starts.read_text().split()) >= 4, 40, "four starts")
    times = [float(t) for t in starts.read_text().split()]
    pauses = [later - earlier for earlier, later in zip(times, times[1:])]
    assert all(pause > least for pause, least in zip(pauses, (0.9, 1.9, 3.9))), pauses
    assert len(server.our_lines()) == 1
    load = Load(server, pause=0.01).run_for(1)
    assert_visitor_saw_nothing(load)


@pytest.mark.fault("F01", "F30")
def test_what_was_told_survives_the_recorder(server):
    """The store comes and goes, and the recorder is killed in each of its states."""
    server.expect("store-denied", "the recorder, pid", "died .* more times", "was not well")
    server.get("/?n=0")
    server.wait_stored(1)
    deny = "create trigger deny before insert on hit begin select raise(abort, 'no'); end;"
    for n in range(1, 9):
        server.write_sql(deny)
        server.get(f"/?n={n}")
        wait_for(lambda: server.state_word() == "store-denied", 10, "it is denied")
        if n % 2:
            server.kill_recorder()
        server.write_sql("drop trigger deny")
        wait_for(lambda: server.count() == n + 1 and server.state_word() == "ok", 15, "it is well")
        if n % 3:
            server.kill_recorder()
    lines = server.our_lines()
    store = [line for line in lines if "store-denied" in line]
    deaths = [line for line in lines if line not in store]
    assert len(store) == 4, store
    assert len(deaths) <= 4, deaths


@pytest.mark.fault("F35")
@pytest.mark.skipif(not IS_ROOT, reason="needs root: a user who may have one process")
def test_a_recorder_that_dies_at_once_is_not_well(make_server):
    server = make_server()
    server.expect("the recorder, pid", "cannot ", "died .* more times")
    script, starts = start_with_recorder(server, f'ulimit -u 1\nexec {server.build.command} "$@"')
    seen = set()

    def four_starts():
        seen.add(server.state_word())
        return len(starts.read_text().split()) >= 4
    wait_for(four_starts, 40, "four starts")
    assert seen == {"recorder-down"}, seen
    server.get("/?n=1")
    script.write_text(f'#!/bin/sh\nexec {server.build.command} "$@"\n')
    wait_for(lambda: server.count() == 1 and server.state_word() == "ok", 30, "it is well")


@pytest.mark.fault("F33")
def test_the_recorder_ends_with_its_parent(server):
    recorder = wait_for(server.recorder_pid)
    parent = server.pid
    os.kill(parent, signal.SIGKILL)
    wait_for(lambda: not alive(recorder), 5, "the recorder ends")
    server.kill_all()
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)


@pytest.mark.fault("F36")
def test_two_recorders_do_not_share_a_state_directory(make_server):
    first = make_server()
    first.start()
    second = make_server(state=first.state)
    second.expect("another recorder, pid", "the recorder, pid")
    second.start(wait=False)
    wait_for(lambda: any("another recorder" in l for l in second.our_lines()), 15)
    first.get("/?n=1")
    first.wait_stored(1)
    second.get("/?n=2")
    first.stop()
    wait_for(lambda: second.stored_numbers() == {1: 1, 2: 1}, 90, "the second takes over")


def files_of(pid):
    with contextlib.suppress(OSError):
        return [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return []


@pytest.mark.fault("F36")
def test_a_recorder_that_waits_for_its_turn_ends_when_told(server):
    """At a reload that comes while another one's hand-over still goes on."""
    wait_for(server.recorder_pid)
    waiting = subprocess.Popen([server.build.command, "record", "--state", server.state,
                                "--store", f"sqlite:{server.store}"], stderr=subprocess.PIPE, env=server.env)
    lock = str(server.state / "recorder.lock")
    wait_for(lambda: lock in files_of(waiting.pid), 10, "it waits for the lock")
    waiting.terminate()
    assert waiting.communicate(timeout=60)[1] == b""
    assert waiting.returncode == 0


@pytest.mark.skipif(not IS_ROOT, reason="needs root: the recorder runs as another user")
def test_the_recorder_has_no_privileges_and_no_foreign_descriptors(server):
    pid = wait_for(server.recorder_pid)
    server.get("/?n=1")
    server.wait_stored(1)
    links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    assert not [l for l in links if l.startswith("socket:")], links
    status = open(f"/proc/{pid}/status").read()
    assert "NoNewPrivs:\t1" in status
    uids = next(l for l in status.splitlines() if l.startswith("Uid:")).split()[1:]
    assert set(uids) != {"0"} and "0" not in uids
    for path in [server.state, *server.state.rglob("*")]:
        with contextlib.suppress(FileNotFoundError):  # a recorder at work takes files away
            mode = path.stat().st_mode
            assert mode & 0o777 == (0o700 if stat.S_ISDIR(mode) else 0o600), (path, oct(mode))


@pytest.mark.fault("F39")
@pytest.mark.parametrize("how", ["-TERM", "-WINCH"])
def test_a_stop_does_not_wait_for_a_backlog(server, how):
    server.expect("store-denied")
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.write_sql("create trigger deny before insert on hit begin select raise(abort, 'no'); end;")
    load = Load(server).run_count(2000)
    wait_for(lambda: server.state_word() == "store-denied")
    server.stop(how)  # it could wait for ever
    assert server.status()["ledger"]["waiting"]["journal"] > 1000
    server.write_sql("drop trigger deny")
    server.start()
    assert_conserved(server, load)
