"""The store refuses one hit and takes others: that one is kept apart and counted, and blocks nobody."""
import contextlib
import sqlite3

import pytest

from injection import traced
from slimhttpd import alive, wait_for

FORMAT = '%v %a %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" "%{Accept-Language}i" "%{Content-Type}o" %D'


def send(server, first, count, path="/?n={n}", status=200):
    for n in range(first, first + count):
        assert server.get(path.format(n=n), headers={"User-Agent": f'Odd "{n}" \\ browser', "Referer": "https://example.org/?q=a%20b"})[0] == status


def check_on_hit(server, check):
    """As somebody who knows how to change a table in place."""
    with server.as_httpd_user(), contextlib.closing(sqlite3.connect(server.store, timeout=10)) as db:
        db.executescript("pragma writable_schema = on")
        sql, version = db.execute("select sql from sqlite_schema where name = 'hit'").fetchone()[0], db.execute("pragma schema_version").fetchone()[0]
        new = sql.replace("status integer not null", f"status integer not null check ({check})") if check else \
            sql.replace(sql[sql.index(" check (status"):sql.index(")", sql.index(" check (status")) + 1], "")
        assert new != sql
        db.execute("update sqlite_schema set sql = ? where name = 'hit'", (new,))
        db.commit()
        db.executescript(f"pragma schema_version = {version + 1}; pragma writable_schema = off")


PLANTED = {
    "an index": (lambda s: s.write_sql("create unique index planted on hit (status) where status = 404"),
                 lambda s: s.write_sql("drop index planted"), 1),
    "a check": (lambda s: check_on_hit(s, "status <> 404"), lambda s: check_on_hit(s, None), 0),
    "a dictionary's index": (lambda s: s.write_sql("create unique index planted on resource (name like '/none%') where name like '/none%'"),
                             lambda s: s.write_sql("drop index planted"), 1),
}


def settle(server, stored, refused):
    ledger = wait_for(lambda: not any((now := server.ledger())["waiting"].values()) and now["stored"] == stored and now, 20, f"{stored} are stored")
    assert ledger["seen"] == stored + refused and ledger["unaccounted"] == 0
    assert ledger["dropped"]["refused"] == refused == sum(ledger["dropped"].values()), ledger


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_a_hit_that_is_refused_is_set_aside(server, planted):
    plant, remove, taken = planted
    server.expect("are kept in .*refused.log", "store-denied")
    send(server, 0, 5)
    server.wait_stored(5)
    server.stop()
    plant(server)
    server.start()
    send(server, 5, 20)
    send(server, 0, 1 + taken, path="/none/{n}", status=404)
    send(server, 25, 20)
    settle(server, 45 + taken, 1)
    send(server, 7, 1, path="/none/{n}", status=404)
    send(server, 45, 20)
    settle(server, 65 + taken, 2)
    told = [line for line in server.our_lines() if "refused.log" in line]
    assert len(told) == 1 and "example.org" not in told[0], server.our_lines()
    assert not any(line for line in server.our_lines("error") if "refused.log" not in line)
    assert server.state_word() == "ok"
    aside = server.state / "refused.log"
    assert aside.stat().st_mode & 0o777 == 0o600
    lines = aside.read_text().splitlines()
    assert len(lines) == 2 and all("/none/" in line and " 404 " in line for line in lines)
    remove(server)
    server.cli("import", "--format", FORMAT, str(aside), check=0)
    rows = server.sql("select count(*) from hit where status = 404")
    assert rows == [(2 + taken,)]


@pytest.mark.parametrize("check", ["status > 999", "status = 404"])
def test_a_store_that_refuses_all_hits_loses_none(server, check):
    """One that takes one of hundreds, too: that is no fault of a hit."""
    server.expect("store-denied")
    send(server, 0, 5)
    server.wait_stored(5)
    server.stop()
    check_on_hit(server, check)
    server.start()
    send(server, 5, 60)
    wait_for(lambda: server.state_word() == "store-denied", 10, "it is told")
    send(server, 65, 60)
    wait_for(lambda: server.ledger()["waiting"]["journal"] == 120, 10, "all wait")
    assert not any(server.ledger()["dropped"].values())
    lines = server.our_lines("error")
    assert len(lines) == 1, lines
    server.stop()
    check_on_hit(server, None)
    server.start()
    settle(server, 125, 0)
    assert not (server.state / "refused.log").exists() or not (server.state / "refused.log").read_text()


def test_a_single_hit_that_is_refused_waits_for_another_one(server):
    """Until one is taken nobody knows whether all are refused."""
    server.expect("store-denied", "are kept in .*refused.log")
    send(server, 0, 5)
    server.wait_stored(5)
    server.stop()
    check_on_hit(server, "status <> 404")
    server.start()
    send(server, 0, 1, path="/none/{n}", status=404)
    wait_for(lambda: server.state_word() == "store-denied", 10, "it is told")
    assert server.ledger()["waiting"]["journal"] == 1
    send(server, 5, 1)
    settle(server, 6, 1)
    wait_for(lambda: server.state_word() == "ok", 10, "it is well")
    assert len((server.state / "refused.log").read_text().splitlines()) == 1


def test_a_hit_is_dropped_only_when_it_can_be_kept(server):
    server.expect("store-denied", "are kept in .*refused.log")
    send(server, 0, 5)
    server.wait_stored(5)
    server.stop()
    check_on_hit(server, "status <> 404")
    (server.state / "refused.log").mkdir()
    server.start()
    send(server, 5, 5)
    send(server, 0, 1, path="/none/{n}", status=404)
    send(server, 10, 5)
    wait_for(lambda: any("cannot keep a hit that the store refuses" in line for line in server.our_lines("error")), 10, "it is told")
    assert not any(server.ledger()["dropped"].values())
    (server.state / "refused.log").rmdir()
    settle(server, 15, 1)


@pytest.mark.fault("F31")
@pytest.mark.parametrize("call", ["fdatasync", pytest.param("pwrite64", marks=pytest.mark.thorough)], ids=["behind the line", "before it"])
def test_a_recorder_that_is_killed_keeps_a_hit_once(server, call):
    """Between the line and the transaction that counts it."""
    server.expect("are kept in .*refused.log", "store-denied", "the recorder, pid")
    send(server, 0, 5)
    server.wait_stored(5)
    server.stop()
    check_on_hit(server, "status <> 404")
    server.start()
    aside = server.state / "refused.log"
    for n in range(2):
        pid = wait_for(server.recorder_pid)
        with traced(pid, f"{call}:signal=KILL", paths=[aside]):
            send(server, n, 1, path="/none/{n}", status=404)
            send(server, 5 + 5 * n, 5)
            wait_for(lambda: not alive(pid), 10, "it is killed")
        settle(server, 10 + 5 * n, n + 1)
        lines = aside.read_text().splitlines()
        assert [line.split("/none/")[1][0] for line in lines] == [str(k) for k in range(n + 1)], lines
    wait_for(lambda: not (server.state / "refused.pending").exists())
