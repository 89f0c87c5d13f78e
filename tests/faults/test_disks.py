"""The disk below store, journal or error log is full, hangs, turns read-only, or its directories go."""
import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from injection import fail_and_heal, fill, give
from slimhttpd import IS_ROOT, Load, assert_conserved, assert_visitor_saw_nothing, wait_for

LONG = {"User-Agent": "x" * 1000, "Referer": "http://example.org/" + "y" * 1500}


def own(path, name):
    """A directory of httpd's user."""
    (path / name).mkdir()
    give(path / name)
    return path / name


# --- full ---

@pytest.mark.fault("F53", "F54")
@pytest.mark.parametrize("store", [pytest.param("elsewhere", marks=pytest.mark.thorough), "there, too"])
def test_the_journals_disk_is_full(make_tmpfs, make_server, store):
    disk = make_tmpfs("size=12m")
    server = make_server(settings="SlimStatsBuffer 1M\nSlimStatsJournalLimit 8M", state=own(disk, "state"))
    if store == "elsewhere":
        place = server.dir / "place"
        place.mkdir()
        give(place)
        server.store = place / "stats.db"
        server.write_config(settings=f"{server.options['settings']}\nSlimStatsStore sqlite:{server.store}")
    server.expect("journal-full", "journal-io", "store-full", "store-io", "ckpt-failing")
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    ballast = disk / "ballast"
    with Load(server, headers=LONG) as load:
        load.go_on(20)
        fill(ballast)
        wait_for(lambda: server.ledger()["dropped"]["journal-full"] > 50, 60, "hits are dropped")
        status = server.status()
        assert status["areas"]["journal"]["state"] == "journal-full", status
        load.pause = 0.02
        ballast.unlink()
        wait_for(lambda: server.state_word() == "ok", 20, "it goes on")
        load.go_on(100)
    assert_visitor_saw_nothing(load)
    ledger = assert_conserved(server, load)
    assert ledger["dropped"]["journal-full"] > 50
    assert "all is well" in server.cli("check", check=0).stdout
    assert len(server.our_lines("error")) <= 2, server.our_lines()


@pytest.mark.fault("F43")
@pytest.mark.thorough
def test_the_error_log_is_on_a_full_disk(make_tmpfs, make_server):
    disk = make_tmpfs("size=1m")
    server = make_server(config=f"ErrorLog {disk}/error_log")
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    fill(disk / "ballast")
    with Load(server, pause=0.01) as load:
        server.write_sql("create trigger deny before insert on hit begin select raise(abort, 'no'); end;")
        wait_for(lambda: server.state_word() == "store-denied", 10, "it is denied")
        load.go_on(100)
        server.kill_recorder()
        load.go_on(100)
        server.write_sql("drop trigger deny")
        wait_for(lambda: server.state_word() == "ok", 20, "it is well")
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0


@pytest.mark.fault("F12")
@pytest.mark.thorough
def test_the_quota_of_the_store_is_used_up(make_disk, make_server):
    """There even a page that a file has already may not be written in memory: who does is ended by SIGBUS."""
    disk = make_disk(kind="btrfs", mib=256)
    subprocess.run(["btrfs", "quota", "enable", str(disk.path)], check=True)
    subprocess.run(["btrfs", "subvolume", "create", str(disk.path / "sub")], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["btrfs", "qgroup", "limit", "16M", str(disk.path / "sub")], check=True)
    give(disk.path / "sub")
    server = make_server(settings=f"SlimStatsStore sqlite:{disk.path}/sub/stats.db")
    server.store = disk.path / "sub/stats.db"
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-full", "Bus error", "killed by signal 7")
    ballast = disk.path / "sub/ballast"

    def use_up():
        with open(ballast, "wb", buffering=0) as f, contextlib.suppress(OSError):
            while True:
                f.write(os.urandom(65536))
                os.fsync(f.fileno())
    fail_and_heal(server, use_up, "store-full", ballast.unlink)


# --- hanging ---

def freeze(disk, how):
    subprocess.run(["fsfreeze", how, str(disk.path)], check=True)


@contextlib.contextmanager
def frozen(disk):
    freeze(disk, "-f")
    try:
        yield
    finally:
        freeze(disk, "-u")


@pytest.mark.fault("F59")
def test_visitors_do_not_notice_a_disk_that_hangs(disk, make_server):
    server = make_server(state=disk.path / "state")
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    with Load(server, pause=0.01) as load:
        load.go_on(20)
        with frozen(disk):
            count = len(load.answered)
            load.go_on(300)
        assert len(load.answered) > count
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0


@pytest.mark.fault("F59")
@pytest.mark.thorough
def test_a_disk_that_hangs_is_told(disk, make_server):
    """The recorder stands in the kernel, where not even a kill reaches it."""
    server = make_server(state=disk.path / "state")
    server.expect("recorder-stuck")
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    pid = server.recorder_pid()
    with Load(server, pause=0.02) as load:
        load.go_on(20)
        with frozen(disk):
            wait_for(lambda: server.state_word() == "recorder-stuck", 20, "it is told")
            load.go_on(100)
        wait_for(lambda: server.state_word() == "ok", 20, "it goes on")
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0
    lines = server.our_lines()
    assert len(lines) == 2 and "has not moved for" in lines[0] and "threads is well again" in lines[1], lines
    assert server.recorder_pid() == pid


# --- read-only ---

def turn_read_only(disk):
    """As the kernel does it by itself when the file system is found damaged."""
    name = Path(os.path.realpath(disk.device)).name
    Path(f"/sys/fs/ext4/{name}/trigger_fs_error").write_text("1")


@pytest.mark.fault("F06")
@pytest.mark.thorough
def test_the_stores_file_system_turns_read_only(make_disk, make_server):
    disk = make_disk(options="loop,errors=remount-ro")
    place = own(disk.path, "place")
    server = make_server(settings=f"SlimStatsStore sqlite:{place}/stats.db")
    server.store = place / "stats.db"
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-readonly", "store-io", "ckpt-failing")

    def mend():
        disk.leave()
        assert disk.mount().returncode == 0
    fail_and_heal(server, lambda: turn_read_only(disk), "store-io|store-readonly", mend)


# --- the journal's directory goes ---

def remove(journal):
    shutil.rmtree(journal)


def rename(journal):
    journal.rename(journal.with_name("elsewhere"))


def close(journal):
    os.chown(journal, 0, 0)
    journal.chmod(0)


@pytest.mark.fault("F56")
@pytest.mark.thorough
@pytest.mark.skipif(not IS_ROOT, reason="needs root: a directory of another user")
@pytest.mark.parametrize("take", [remove, rename, close])
@pytest.mark.parametrize("fate", ["goes on", "is killed"])
def test_the_journals_directory_goes_under_load(make_server, take, fate):
    """What only it held is counted as dropped; a closed one is waited for."""
    server = make_server(settings="SlimStatsJournalLimit 4M")
    server.expect("journal-io", "store-", "the recorder, pid", "the store is ahead of the journal", "that were in the journal came neither",
                  "older than the journal's beginning")
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    journal = server.state / "journal"
    with Load(server, pause=0.03, headers=LONG) as load:
        load.go_on(50)
        take(journal)
        if fate == "is killed":
            server.kill_recorder()
        load.go_on(200)
        if take is close:
            wait_for(lambda: server.status()["areas"]["journal"]["state"] == "journal-io", 20, "it is told")
            give(journal)
            journal.chmod(0o700)
        load.go_on(100)
        wait_for(lambda: server.state_word() == "ok", 20, "it is well")
    assert_visitor_saw_nothing(load)
    ledger = assert_conserved(server, load)
    assert take is not close or sum(ledger["dropped"].values()) == 0, ledger
    assert journal.is_dir() and journal.stat().st_mode & 0o777 == 0o700
