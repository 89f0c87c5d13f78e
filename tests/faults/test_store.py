"""The store fails in each of its ways. A visitor sees nothing, no hit is lost, the admin is told once,
and all heals by itself."""
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

from injection import DENY, assert_told_once, fail_and_heal, fill, give
from slimhttpd import IS_ROOT, Load, assert_conserved, assert_visitor_saw_nothing, poll, wait_for

needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root: permissions and mounts")


@pytest.mark.fault("F01")
def test_inserts_are_denied_with_the_words_of_the_seed(server):
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-denied")
    lines = fail_and_heal(server, lambda: server.write_sql(DENY), "store-denied",
                          lambda: server.write_sql("drop trigger deny"))
    assert_told_once(lines, "store-denied")
    assert "stats.db" in lines[0] and "1811" in lines[0]
    assert "INSERT" not in lines[0] and "blog" not in lines[0]


@pytest.mark.fault("F01")
def test_a_trigger_that_somebody_planted_is_not_run(server):
    """It could change what reports say, or the tables themselves, with the recorder's rights."""
    server.get("/?n=1")
    server.wait_stored(1)
    server.expect("store-denied")
    server.write_sql("create table planted (n); create trigger sly after insert on hit begin insert into planted values (1); end;")
    server.get("/?n=2")
    wait_for(lambda: server.state_word() == "store-denied", 10, "it is seen")
    server.write_sql("drop trigger sly")
    server.wait_stored(2)
    assert server.sql("select count(*) from planted") == [(0,)]


@pytest.mark.fault("F01", "F40")
def test_inserts_are_denied_under_each_mpm(make_server, mpm):
    server = make_server(mpm=mpm)
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-denied")
    fail_and_heal(server, lambda: server.write_sql(DENY), "store-denied",
                  lambda: server.write_sql("drop trigger deny"))


@pytest.mark.fault("F01")
def test_the_dashboard_says_what_is_wrong_and_shows_no_detail(server):
    server.get("/?n=1")
    server.wait_stored(1)
    server.expect("store-denied")
    server.write_sql(DENY)
    server.get("/?n=2")
    wait_for(lambda: server.state_word() == "store-denied")
    state = server.get("/stats/api/status")[2]
    assert b"store-denied" in state and b"nothing is lost" in state
    for text in (state, server.get("/stats/")[2], server.get("/stats/metrics")[2]):
        assert b"INSERT" not in text and b"wp_slim_stats" not in text
        assert str(server.dir).encode() not in text
    server.write_sql("drop trigger deny")
    server.wait_stored(2)


@pytest.mark.fault("F02")
@needs_root
def test_store_is_read_only(server):
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-readonly", "was killed by signal 9")

    def take_away():
        for path in server.state.glob("stats.db*"):
            os.chown(path, 0, 0)
            path.chmod(0o444)
        server.kill_recorder()  # what is open stays writable

    def give_back():
        for path in server.state.glob("stats.db*"):
            give(path)
            path.chmod(0o600)

    lines = fail_and_heal(server, take_away, "store-readonly", give_back)
    assert_told_once([l for l in lines if "recorder" not in l], "store-readonly")


@pytest.mark.fault("F07")
@pytest.mark.long
def test_store_is_locked_by_a_foreign_transaction(server):
    """A lock is news only when it lasts: the line comes after half a minute."""
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-busy")
    db = sqlite3.connect(server.store, isolation_level=None)
    lines = fail_and_heal(server, lambda: db.execute("begin immediate"), "store-busy",
                          lambda: db.execute("rollback"), told_s=40, pause=0.05)
    assert_told_once(lines, "store-busy")


@pytest.mark.fault("F07")
def test_a_short_lock_is_nobodys_business(server):
    server.get("/?n=1")
    server.wait_stored(1)
    with contextlib.closing(sqlite3.connect(server.store, isolation_level=None)) as db:
        db.execute("begin immediate")
        server.get("/?n=2")
        wait_for(lambda: server.state_word() == "store-busy")
        db.execute("rollback")
    server.wait_stored(2)
    wait_for(lambda: server.state_word() == "ok")
    assert server.our_lines() == []


@pytest.mark.fault("F10")
def test_store_is_on_a_full_disk(server_on_small_disk):
    server = server_on_small_disk
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-full")
    ballast = server.store.parent / "ballast"
    lines = fail_and_heal(server, lambda: fill(ballast), "store-full", ballast.unlink)
    assert_told_once(lines, "store-full")


@pytest.mark.fault("F10")
def test_disk_is_full_before_the_store_is_made(server_on_small_disk):
    server = server_on_small_disk
    server.expect("store-full")
    ballast = server.store.parent / "ballast"
    fill(ballast)
    server.start()
    server.get("/?n=1")
    wait_for(lambda: server.state_word() == "store-full", 10)
    ballast.unlink()
    server.wait_stored(1)


@pytest.mark.fault("F16")
def test_store_is_deleted_while_open_and_put_back(server):
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.expect("store-moved")
    backup = server.dir / "backup.db"

    def delete():
        with contextlib.closing(sqlite3.connect(server.store)) as db, \
                contextlib.closing(sqlite3.connect(backup)) as to:
            db.backup(to)
        for path in server.state.glob("stats.db*"):
            path.unlink()

    def put_back():
        temporary = server.state / "restored"
        shutil.copy(backup, temporary)
        if IS_ROOT:
            shutil.chown(temporary, "www-data", "www-data")
        temporary.rename(server.store)

    lines = fail_and_heal(server, delete, "store-moved", put_back)
    assert_told_once(lines, "store-moved")


@pytest.mark.fault("F17")
def test_store_is_replaced_by_another_one_and_nothing_is_written_to_it(make_server):
    other = make_server()
    other.start()
    other.get("/?n=1")
    other.wait_stored(1)
    other.stop()
    server = make_server()
    server.expect("store-moved", "was killed by signal 9")
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)
    kept = server.dir / "kept.db"
    os.rename(server.store, kept)
    shutil.copy(other.store, server.store)
    shutil.chown(server.store, "www-data" if IS_ROOT else os.geteuid())
    foreign = server.store.read_bytes()
    server.get("/?n=2")
    wait_for(lambda: server.state_word() == "store-moved")
    old = server.kill_recorder()
    wait_for(lambda: server.recorder_pid() not in (None, old), 10, "another recorder")
    wait_for(lambda: server.state_word() == "store-moved")
    server.get("/?n=3")
    wait_for(lambda: server.ledger()["waiting"]["journal"] == 2, 10, "hits wait")
    assert server.store.read_bytes() == foreign
    os.rename(kept, server.store)
    server.wait_stored(3)
    assert server.stored_numbers() == {1: 1, 2: 1, 3: 1}


@pytest.mark.fault("F16")
def test_a_deleted_store_is_made_anew_by_a_restart(server):
    server.get("/?n=1")
    server.wait_stored(1)
    server.stop()
    for path in server.state.glob("stats.db*"):
        path.unlink()
    server.start()
    server.get("/?n=2")
    server.wait_stored(1)
    assert 2 in server.stored_numbers()
    ledger = wait_for(lambda: (l := server.ledger())["waiting"]["journal"] == 0 and l)
    assert ledger["unaccounted"] == 0


@pytest.mark.fault("F18")
def test_an_older_store_is_put_back_and_the_gap_is_counted(make_server):
    server = make_server(settings="SlimStatsJournalLimit 1M")
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)
    server.stop()
    old = server.store.read_bytes()
    server.start()
    Load(server, first=10).run_count(1500)
    wait_for(lambda: server.status()["journal"]["segments"] <= 2 and server.count() > 1500, 40)
    server.stop()
    count = server.count()
    for path in server.state.glob("stats.db*"):
        path.unlink()
    server.store.write_bytes(old)
    shutil.chown(server.store, "www-data" if IS_ROOT else os.geteuid())
    server.expect("older than the journal's beginning")
    server.start()
    server.get("/?n=5")
    wait_for(lambda: 5 in server.stored_numbers(), 15)
    stored = server.stored_numbers()
    assert max(stored.values()) == 1
    assert count + 1 > len(stored)
    ledger = wait_for(lambda: (l := server.ledger())["dropped"]["journal-gap"] == count + 1 - len(stored) and l)
    assert ledger["unaccounted"] == 0
    assert len([l for l in server.our_lines() if "older than" in l]) == 1


@pytest.mark.fault("F21")
def test_a_newer_schema_is_left_alone(server):
    server.get("/?n=1")
    server.wait_stored(1)
    server.stop()
    with contextlib.closing(sqlite3.connect(server.store)) as db:
        db.execute("pragma user_version = 999")
        db.execute("pragma wal_checkpoint(truncate)")
    before = server.store.read_bytes()
    server.expect("schema-newer")
    server.start()
    server.get("/?n=2")
    wait_for(lambda: server.state_word() == "schema-newer")
    assert server.store.read_bytes() == before
    result = server.cli("report", "pages")
    assert result.returncode == 2 and "schema" in result.stderr


@pytest.mark.fault("F15")
def test_a_damaged_store_is_kept_and_named(server):
    server.get("/?n=1")
    server.wait_stored(1)
    server.stop()
    with open(server.store, "r+b") as f:
        f.write(b"\0" * 100)
    before = server.store.read_bytes()
    server.expect("store-corrupt")
    server.start()
    server.get("/?n=2")
    wait_for(lambda: server.state_word() == "store-corrupt")
    assert server.store.read_bytes() == before
    assert server.get("/stats/api/pages")[0] == 503
    assert json_error(server) == "store-corrupt"


def json_error(server):
    return json.loads(server.get("/stats/api/pages")[2])["error"]


@pytest.mark.fault("F20")
def test_the_stores_log_is_deleted_while_open(server):
    server.get("/?n=1")
    server.wait_stored(1)
    server.expect("store-moved", "store-corrupt", "store-io")
    os.unlink(str(server.store) + "-wal")
    for n in range(2, 12):
        server.get(f"/?n={n}")
        wait_for(lambda: server.ledger()["waiting"]["ring"] == 0, 10, "it is in the journal")

    def stored():
        # until the recorder has opened the store anew, others cannot read it
        with contextlib.suppress(sqlite3.OperationalError):
            return server.state_word() == "ok" and server.stored_numbers()
    assert wait_for(lambda: (s := stored()) and len(s) == 11 and s, 15) == {n: 1 for n in range(1, 12)}


@pytest.mark.fault("F55")
def test_the_journal_limit_drops_and_counts(make_server):
    server = make_server(settings="SlimStatsJournalLimit 1M\nSlimStatsBuffer 1M")
    server.expect("store-denied", "journal-full")
    server.start()
    server.get("/?n=1000000")
    server.wait_stored(1)
    server.write_sql(DENY)
    agent = {"User-Agent": "x" * 1000, "Referer": "http://example.org/" + "y" * 1500}
    with Load(server, headers=agent) as load:
        wait_for(lambda: server.ledger()["dropped"]["journal-full"] > 100, 60, "hits are dropped")
        assert server.status()["areas"]["journal"]["state"] == "journal-full"
    assert_visitor_saw_nothing(load)
    size = sum(p.stat().st_size for p in (server.state / "journal").glob("*.journal"))
    assert size <= 1 << 20
    server.write_sql("drop trigger deny")
    ledger = assert_conserved(server, load, 30)
    missing = len(set(load.answered) - set(server.stored_numbers()))
    assert missing == sum(ledger["dropped"].values())
    wait_for(lambda: server.state_word() == "ok", 15)
    before = sum(ledger["dropped"].values())

    def comes_back():
        """The journal has room again once a checkpoint covers what it holds: until then a hit is dropped, and counted."""
        sent.append(2000000 + len(sent))
        server.get(f"/?n={sent[-1]}")
        return poll(lambda: sent[-1] in server.stored_numbers(), 5)
    sent = []
    wait_for(comes_back, 15, "hits are stored again")
    lost = set(sent) - set(server.stored_numbers())
    assert len(lost) == sum(server.ledger()["dropped"].values()) - before


MEDDLE = """
import sqlite3, sys
while True:
    try:
        db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)
        db.execute("pragma wal_checkpoint(truncate)")
        db.execute("create table if not exists meddler (n)")
        db.execute("insert into meddler values (1)")
        db.execute("delete from meddler")
        db.execute("pragma wal_checkpoint(restart)")
        db.close()
    except sqlite3.OperationalError:
        pass
"""


@pytest.mark.fault("F25")
@pytest.mark.thorough
def test_another_program_writes_and_merges_the_log_all_the_time(server, request):
    """Which the manual forbids: SQLite before 3.51.3 may lose a log that two reset at once."""
    server.expect("store-busy", "ckpt-failing")
    server.get("/?n=1000000")
    server.wait_stored(1)
    with server.as_httpd_user():
        meddler = subprocess.Popen([sys.executable, "-c", MEDDLE, str(server.store)])
    try:
        load = Load(server, pause=0.002).run_for(10 * request.config.getoption("--rounds"))
        assert meddler.poll() is None
    finally:
        meddler.kill()
        meddler.wait()
    assert_visitor_saw_nothing(load)
    assert sum(assert_conserved(server, load)["dropped"].values()) == 0
    assert "all is well" in server.cli("check", check=0).stdout
    assert server.sql("pragma integrity_check") == [("ok",)]
