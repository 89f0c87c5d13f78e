"""The store's files are taken away, closed, cut or damaged in each of the ways that an admin or a disk has."""
import contextlib
import os
import random
import shutil
import sqlite3
import subprocess

import pytest

from injection import DENY, assert_told_once, everything_is_stored_once, fail_and_heal, give, limit, send
from slimhttpd import IS_ROOT, Load, assert_conserved, assert_visitor_saw_nothing, wait_for

needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root: owners, limits and mounts")


# --- gone ---

@pytest.mark.fault("F19")
@pytest.mark.parametrize("gone", [pytest.param(["-wal"], marks=pytest.mark.thorough), ["-wal", "-shm"]], ids=["log", "log and index"])
def test_the_stores_log_is_deleted_after_everything_was_killed(server, gone):
    """SQLite calls the rest a sound store. Nothing was merged into it yet but its schema, perhaps not even that."""
    count = 0
    for _ in range(2):
        send(server, count, 30)
        count += 30
        server.wait_stored(count)
        server.kill_all()
        for suffix in gone:
            os.unlink(f"{server.store}{suffix}")
        server.start()
    send(server, count, 5)
    everything_is_stored_once(server, count + 5)
    assert "all is well" in server.cli("check", check=0).stdout


# --- closed ---

@contextlib.contextmanager
def unchangeable(path):
    subprocess.run(["chattr", "+i", str(path)], check=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)


@pytest.mark.fault("F03")
@pytest.mark.thorough
@needs_root
def test_the_store_is_made_immutable_and_only_its_log_grows(disk, make_server):
    """Inserts go on into the log; until it can be merged nothing of the journal goes."""
    server = make_server(state=disk.path / "state", settings="SlimStatsJournalLimit 1M")
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("ckpt-failing")
    with Load(server, pause=0.05, headers={"User-Agent": "x" * 1000}) as load:
        with unchangeable(server.store):
            wait_for(lambda: server.status()["areas"]["checkpoint"]["state"] == "ckpt-failing", 30, "it is seen")
            kept = min(server.state.glob("journal/*.journal"))
            count = server.count()
            wait_for(lambda: server.count() > count, 10, "hits are stored all the same")
            assert kept.exists()
        wait_for(lambda: server.state_word() == "ok", 20, "it is merged")
        wait_for(lambda: not kept.exists(), 10, "the journal goes")
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0
    lines = server.our_lines()
    assert len(lines) == 2 and "ckpt-failing" in lines[0] and "checkpoint is well again" in lines[1], lines


@pytest.mark.fault("F04")
@pytest.mark.thorough
@needs_root
def test_the_stores_log_is_made_immutable(disk, make_server):
    server = make_server(state=disk.path / "state")
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-io", "store-readonly")
    closed = unchangeable(f"{server.store}-wal")
    lines = fail_and_heal(server, closed.__enter__, "store-io|store-readonly", lambda: closed.__exit__(None, None, None))
    assert_told_once(lines, "store-io|store-readonly")


@pytest.mark.fault("F05")
@pytest.mark.thorough
@needs_root
def test_the_stores_directory_is_given_to_root_and_closed(make_server):
    server = make_server()
    place = server.dir / "place"
    place.mkdir()
    give(place)
    server.store = place / "stats.db"
    server.write_config(settings=f"SlimStatsStore sqlite:{server.store}")
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-readonly", "store-io", "the recorder, pid")

    def close():
        server.stop()  # a store that was merged has no log: the next who opens it has to make one
        os.chown(place, 0, 0)
        place.chmod(0o555)
        server.start(wait=False)

    close()
    fail_and_heal(server, lambda: None, "store-readonly", lambda: (give(place), place.chmod(0o755)))


@pytest.mark.fault("F11")
def test_there_are_no_inodes_for_the_store(make_tmpfs, make_server):
    place = make_tmpfs("size=24m,nr_inodes=20")
    server = make_server(settings=f"SlimStatsStore sqlite:{place}/stats.db")
    server.store = place / "stats.db"
    server.expect("store-full")
    made = []
    with contextlib.suppress(OSError):
        while True:
            made.append(place / f"ballast{len(made)}")
            made[-1].touch()
    server.start()
    send(server, 0, 5)
    wait_for(lambda: server.state_word() == "store-full", 10)
    for path in made[:-1]:
        path.unlink()
    everything_is_stored_once(server, 5)


# --- limits ---

@pytest.mark.fault("F13")
@pytest.mark.thorough
@needs_root
def test_the_recorders_files_may_not_grow(server):
    """Journal and store stop at the same moment: what the ring has room for waits there."""
    server.get("/?n=1000000")
    server.wait_stored(1)
    pid = wait_for(server.recorder_pid)
    server.expect("store-io", "journal-io", "SQLite")
    with Load(server, pause=0.02) as load:
        wait_for(lambda: len(load.answered) > 20)
        limit(pid, "--fsize=4096:")
        wait_for(lambda: server.state_word() in ("store-io", "journal-io"), 10, "it is seen")
        load.go_on(100)
        limit(pid, "--fsize=unlimited:")
        wait_for(lambda: server.state_word() == "ok", 20, "healed")
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0
    assert server.recorder_pid() == pid


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


@pytest.mark.fault("F14")
@pytest.mark.thorough
@needs_root
def test_the_recorder_may_open_no_more_files(server):
    """A store that is denied is opened again and again."""
    server.get("/?n=1000000")
    server.wait_stored(1)
    pid = wait_for(server.recorder_pid)
    before = descriptors(pid)
    server.expect("store-")
    with Load(server, pause=0.01) as load:
        server.write_sql(DENY)
        wait_for(lambda: server.state_word() == "store-denied", 10, "it is denied")
        limit(pid, "--nofile=3:")
        wait_for(lambda: server.state_word() == "store-io", 20, "it cannot be opened")
        load.go_on(100)
        server.write_sql("drop trigger deny")
        limit(pid, "--nofile=1024:")
        wait_for(lambda: server.state_word() == "ok", 20, "healed")
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0
    assert server.recorder_pid() == pid
    wait_for(lambda: descriptors(pid) <= before, 10, "it has no more descriptors than before")


# --- damaged ---

def noise(store):
    with open(store, "r+b") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(4096)
        file.write(random.Random(3).randbytes(size - 4096))


def cut(store):
    os.truncate(store, 3 * 4096)


@pytest.mark.fault("F15")
@pytest.mark.parametrize("damage", [noise, pytest.param(cut, marks=pytest.mark.thorough)])
def test_a_damaged_store_is_left_as_it_is_until_a_backup_comes_back(server, damage):
    send(server, 0, 20)
    server.wait_stored(20)
    copy = server.dir / "copy.db"
    with server.as_httpd_user():
        copy = server.state / "copy.db"
    server.cli("backup", str(copy), check=0)
    server.stop()
    damage(server.store)
    before = server.store.read_bytes()
    server.expect("store-corrupt", "older than the journal's beginning", "the recorder, pid")
    server.start()
    send(server, 20, 20)
    wait_for(lambda: server.state_word() == "store-corrupt", 10, "it is seen")
    assert server.cli("check").returncode != 0
    assert server.get("/stats/api/pages")[0] == 503
    wait_for(lambda: server.ledger()["waiting"]["journal"] == 20, 10, "hits wait")
    server.stop()
    assert server.store.read_bytes() == before
    server.cli("restore", str(copy), check=0)
    server.start()
    everything_is_stored_once(server, 40)
    assert "all is well" in server.cli("check", check=0).stdout


@pytest.mark.fault("F18", "F15")
@pytest.mark.thorough
def test_an_older_store_is_written_over_the_one_in_use(server):
    """Nobody can tell that from writing of one's own until something does not fit; then the store is called damaged, or the gap is counted.
    Visitors see nothing, and a backup brings back what it had."""
    send(server, 0, 20)
    server.wait_stored(20)
    with server.as_httpd_user():
        copy = server.state / "copy.db"
    server.cli("backup", str(copy), check=0)
    old = copy.read_bytes()
    server.expect("store-", "older than the journal's beginning", "the recorder, pid")
    with Load(server, first=1000, pause=0.01) as load:
        load.go_on(100)
        with open(server.store, "r+b") as file:
            file.write(old)
            file.truncate(len(old))
        load.go_on(200)
        server.kill_recorder()
        load.go_on(100)
    assert_visitor_saw_nothing(load)
    server.stop()
    for path in server.state.glob("stats.db*"):
        path.unlink()
    shutil.copy(copy, server.store)
    if IS_ROOT:
        give(server.store)
    server.start()
    send(server, 5000, 5)
    wait_for(lambda: 5004 in server.stored_numbers(), 20, "hits are stored")
    ledger = wait_for(lambda: not any((now := server.ledger())["waiting"].values()) and now["stored"] == server.count() and now, 20, "nothing waits")
    stored = server.stored_numbers()
    assert set(stored.values()) == {1} and set(range(20)) <= set(stored)
    with contextlib.closing(sqlite3.connect(f"file:{server.store}?mode=ro", uri=True)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    assert ledger["unaccounted"] == 0 and ledger["seen"] == len(stored) + sum(ledger["dropped"].values()), ledger
