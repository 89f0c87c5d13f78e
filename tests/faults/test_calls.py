"""The recorder's system calls fail, take long, or are its last."""
import contextlib

import pytest

from injection import everything_is_stored_once, fail_and_heal, send, traced
from slimhttpd import Load, alive, assert_conserved, assert_visitor_saw_nothing, wait_for


@contextlib.contextmanager
def traced_recorder(server, *injections, paths=()):
    with traced(wait_for(server.recorder_pid, 10, "a recorder"), *injections, paths=paths) as tracer:
        yield tracer


def files_of_store(server):
    return [server.store, f"{server.store}-wal"]


@pytest.mark.fault("F23")
@pytest.mark.thorough
@pytest.mark.parametrize("when", ["1", "1+"], ids=["once", "for a while"])
def test_the_stores_disk_fails(server, when):
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-io")
    if when == "1":
        with traced_recorder(server, "pwrite64:error=EIO:when=1", paths=files_of_store(server)), Load(server, pause=0.01) as load:
            wait_for(lambda: any("well again" in line for line in server.our_lines()), 20, "it fails, and heals")
        assert_visitor_saw_nothing(load)
        assert sum(assert_conserved(server, load)["dropped"].values()) == 0
        return
    failing = traced_recorder(server, "pread64,pwrite64:error=EIO", paths=files_of_store(server))
    lines = fail_and_heal(server, failing.__enter__, "store-io", lambda: failing.__exit__(None, None, None))
    assert len(lines) == 2, lines


@pytest.mark.fault("F24")
@pytest.mark.parametrize("fate", [pytest.param("goes on", marks=pytest.mark.thorough), "is killed"])
def test_the_stores_fsync_fails(make_server, fate):
    """Only what a checkpoint covered leaves the journal."""
    server = make_server(settings="SlimStatsJournalLimit 1M")
    server.expect("ckpt-failing", "store-", "the recorder, pid")
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    with Load(server, pause=0.01, headers={"User-Agent": "x" * 1000}) as load:
        with traced_recorder(server, "fdatasync,fsync:error=EIO", paths=files_of_store(server)):
            wait_for(lambda: server.status()["areas"]["checkpoint"]["state"] == "ckpt-failing", 30, "it is seen")
            kept = min(server.state.glob("journal/*.journal"))
            load.go_on(50)
            assert kept.exists()
            if fate == "is killed":
                server.kill_all()
                load.stopping.set()
                for path in server.state.glob("stats.db-*"):
                    path.unlink()
        if fate == "is killed":
            server.start()
    if fate == "goes on":
        assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load, may_miss=len(load.threads) if fate == "is killed" else 0)["dropped"].values()) == 0
    wait_for(lambda: server.state_word() == "ok", 40, "it is merged")


@pytest.mark.fault("F24")
def test_the_journals_fsync_fails(server):
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("journal-io")
    failing = traced_recorder(server, "fdatasync,fsync:error=EIO")
    lines = fail_and_heal(server, failing.__enter__, "journal-io", lambda: failing.__exit__(None, None, None), area="journal")
    assert len(lines) == 2, lines


@pytest.mark.fault("F60")
@pytest.mark.thorough
def test_a_slow_disk_keeps_no_visitor_waiting(server):
    """Each write and each sync takes a third of a second."""
    server.get("/?n=1000000")
    server.wait_stored(1)
    with traced_recorder(server, "pwrite64,write,fdatasync,fsync:delay_enter=300000"), Load(server, pause=0.01) as load:
        load.go_on(300)
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0
    assert server.our_lines("error") == []


# --- the last call ---

def die_at(server, call, n, first, count):
    """The recorder is killed in its n-th call of a kind, of any of its threads, unless it gets through with all without one."""
    pid = wait_for(server.recorder_pid, 10, "a recorder")
    with traced(pid, f"{call}:signal=KILL:when={n}"):
        send(server, first, count)
        wait_for(lambda: not alive(pid) or server.count() == first + count, 10, "it is killed, or through")
        died = not alive(pid)
    wait_for(lambda: server.recorder_pid() not in (None, pid) if died else True, 20, "the next recorder")
    server.wait_stored(first + count)
    return died


def sweep(server, call, steps, count=6):
    """How many of the steps there were."""
    server.expect("the recorder, pid", "died .* more times", "ckpt-failing")
    sent = died = 0
    for n in steps:
        died += (this := die_at(server, call, n, sent, count))
        sent += count
        assert server.stored_numbers() == {k: 1 for k in range(sent)}, f"{call} {n}"
        if not this and n > 3:
            break
    everything_is_stored_once(server, sent)
    assert "all is well" in server.cli("check", check=0).stdout
    return died


@pytest.mark.fault("F31")
@pytest.mark.parametrize("call, step", [("pwrite64", 1), pytest.param("pwrite64", 4, marks=pytest.mark.thorough),
                                        pytest.param("fdatasync", 1, marks=pytest.mark.thorough)])
def test_the_recorder_is_killed_in_a_call(server, call, step):
    assert sweep(server, call, [step]) == 1


@pytest.mark.fault("F31")
@pytest.mark.thorough
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "ftruncate", "unlink,unlinkat", "rename,renameat,renameat2", "openat", "fcntl"])
@pytest.mark.parametrize("settings", ["", "SlimStatsSync 0\nSlimStatsJournalLimit 1M"], ids=["", "small and synced"])
def test_the_recorder_is_killed_in_each_call(make_server, call, settings):
    server = make_server(settings=settings)
    server.start()
    assert sweep(server, call, range(1, 30)) > 0 or call in ("ftruncate", "rename,renameat,renameat2", "unlink,unlinkat")
