"""Keeping house: commands that read and change the store, alone and beside a busy recorder."""
import csv
import hashlib
import io
import json
import os
import shutil
import time

import pytest
from slimhttpd import Load, assert_conserved, wait_for

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def seen_by_all(server):
    """What the store's files are, byte for byte; a reader may make an empty log."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest()
            for p in server.state.glob("stats.db*") if p.stat().st_size and not p.name.endswith(("-shm", "-lock"))}


def fill(server, count=60):
    """Pages and assets of three people; all is merged into the store, and httpd ended."""
    server.start()
    for n in range(count):
        server.get(f"/index.html?n={n}" if n % 3 else f"/missing?n={n}",
                   headers={"User-Agent": f"{AGENT} p{n % 3}"})
    server.wait_stored(count)


def test_commands_leave_a_busy_recorder_in_peace(make_server):
    server = make_server()
    server.start()
    with Load(server, threads=3, pause=0.002, headers={"User-Agent": AGENT}) as load:
        wait_for(lambda: server.count() > 300, 20, "hits are stored")
        for n in range(3):
            server.cli("check", check=0)
            assert "made anew" in server.cli("rebuild", check=0).stdout
            assert "deleted 0 hits" in server.cli("purge", "--before", "30d", check=0).stdout
            with server.as_httpd_user():
                copy = server.state / f"copy{n}.db"
            server.cli("backup", str(copy), check=0)
        assert "removed 0 hits" in server.cli("exclude", "status=418", check=0).stdout
    assert_conserved(server, load)
    assert "all is well" in server.cli("check", "--full", check=0).stdout


def test_hits_taken_away_under_load_leave_a_ledger_that_adds_up(make_server):
    server = make_server()
    server.start()
    with Load(server, threads=2, pause=0.002, path="/index.html?n={n}") as load, \
            Load(server, threads=2, pause=0.002, path="/gone?n={n}", first=1_000_000) as gone:
        wait_for(lambda: server.count() > 400, 20, "hits are stored")
        server.cli("exclude", "path=/gone", check=0)
    wait_for(lambda: set(server.ledger()["waiting"].values()) == {0}, 20, "nothing waits")
    dry = server.cli("exclude", "path=/gone", "--dry-run", check=0).stdout
    wet = server.cli("exclude", "path=/gone", check=0).stdout
    assert dry.splitlines()[0].split(" hits")[0].split()[-1] == wet.splitlines()[0].split(" hits")[0].split()[-1]
    stored = server.stored_numbers()
    assert set(stored) == set(load.answered) and set(stored.values()) == {1}

    def settled():
        ledger = server.ledger()
        return ledger["excluded"]["path"] == len(gone.answered) and ledger
    ledger = wait_for(settled, 10, "the ledger knows")
    assert ledger["unaccounted"] == 0 and ledger["stored"] == len(load.answered)
    assert "all is well" in server.cli("check", check=0).stdout


def test_erasing_an_address_forgets_who_it_was(make_server):
    server = make_server(config="RemoteIPHeader X-Client-IP\nRemoteIPInternalProxy 127.0.0.1")
    server.start()
    for n, address in enumerate(["192.0.2.7", "192.0.2.8", "192.0.2.7"]):
        server.get(f"/?n={n}", headers={"X-Client-IP": address, "User-Agent": f"Agent of {address}",
                                        "Referer": f"https://of-{address}.example/"})
    server.wait_stored(3)
    assert "would remove 2 hits of 1 visits" in server.cli("erase", "--ip", "192.0.2.7", "--dry-run", check=0).stdout
    assert "removed 2 hits of 1 visits" in server.cli("erase", "--ip", "192.0.2.7", check=0).stdout
    assert server.sql("select ip from slim_stats") == [("192.0.2.8",)]
    assert server.sql("select name from agent where id > 1") == [("Agent of 192.0.2.8",)]
    assert server.sql("select name from referer where id > 1") == [("https://of-192.0.2.8.example/",)]
    assert "all is well" in server.cli("check", check=0).stdout
    ((visitor,),) = server.sql("select visitor from visit")
    assert "removed 1 hits of 1 visits" in server.cli("erase", "--visitor", str(visitor), check=0).stdout
    assert server.sql("select (select count(*) from visit), (select count(*) from hit), (select count(*) from rollup),"
                      " (select count(*) from visitors)") == [(0, 0, 0, 0)]
    wait_for(lambda: server.ledger()["excluded"]["erased"] == 3, 10, "the recorder reads the ledger")
    ledger = server.ledger()
    assert ledger["stored"] == 0 and ledger["unaccounted"] == 0


def test_a_dry_run_changes_nothing(make_server):
    server = make_server()
    fill(server)
    server.stop()
    server.cli("rebuild", check=0)
    before = seen_by_all(server)
    for command in (["purge", "--before", "2100-01-01"], ["exclude", "status=404"],
                    ["erase", "--ip", "127.0.0.1"], ["erase", "--visitor", "17"]):
        server.cli(*command, "--dry-run", check=0)
        server.cli("check", check=0)
        assert seen_by_all(server) == before, command


def test_damage_is_found_and_rebuilt(make_server):
    server = make_server()
    fill(server)
    server.stop()
    server.write_sql("update rollup set hits = hits + 1 where dimension = 9")
    result = server.cli("check", check=1)
    assert "rollup status of 20" in result.stdout and "+1 hits against its rows" in result.stdout
    assert "they differ" in result.stdout
    server.cli("rebuild", check=0)
    server.cli("check", check=0)


def test_old_rows_go_by_themselves_and_totals_stay(make_server):
    server = make_server()
    fill(server)
    server.stop()
    old = 86400 * 30
    shift = old << 24  # a month back: what is old, made from what is young
    server.write_sql(f"""
        update hit set id = id - {shift}, visit = case visit when 0 then 0 else visit - {shift} end;
        update session set id = id - {shift}, began = began - {old}, ended = ended - {old};
        update visit set id = id - {shift}, began = began - {old}, ended = ended - {old},
          opened = opened - {old}, closed = closed - {old}, counted = counted - {old},
          entry_hit = max(0, entry_hit - {shift}), exit_hit = max(0, exit_hit - {shift});
        update rollup set bucket = bucket - case dimension when 1 then 720 else 30 end;
        update visitors set bucket = bucket - case dimension when 1 then 720 else 30 end;""")
    server.cli("check", check=0)
    server.start()
    for n in range(61):  # the clock alone makes nothing old: the last hits have to say so, too
        server.get(f"/young?n={n}")
    server.wait_stored(121)
    server.stop()
    before = server.report("overview", "--since", "60d")["rows"]
    assert before[0][3] == 40
    # what the clock would have deleted all at once is deleted a day an hour
    server.write_sql("delete from store where key glob 'horizon*'; insert into store (key, value) values ('horizon_days', '10'), "
                     f"('horizon', '{(int(time.time()) // 86400 - 70) * 86400}')")
    server.write_config(settings="SlimStatsRetain 10")
    server.start()
    wait_for(lambda: any("slimstats purge deletes them now" in line for line in server.our_lines("notice")), 5, "told")
    assert server.count() == 121
    server.stop()
    server.write_config(settings="SlimStatsRetain 11")
    server.start()
    wait_for(lambda: server.count() == 61, 10, "old rows are gone")
    for told in ("deleted 60 hits", "texts that only deleted hits had"):
        wait_for(lambda told=told: any(told in line for line in server.our_lines("notice")), 5, told)
    assert server.sql("select count(*) from resource where id > 1 and id not in (select resource from hit)") == [(0,)]
    assert server.report("overview", "--since", "60d")["rows"] == before
    answer = server.report("pages", "--since", "60d", "--where", "country=AT")
    assert answer["rows"] == [] and answer["rows_from"].endswith("T00:00:00Z")
    assert "were deleted: counted from there on" in server.cli("report", "recent", "--since", "60d", check=0).stdout
    server.get("/?n=1")
    server.wait_stored(1)
    assert "all is well" in server.cli("check", check=0).stdout


def test_exported_rows_are_those_of_the_view(make_server):
    server = make_server()
    fill(server)
    server.get("/=cmd|'x'?a=\"q\",%0d%0a&n=99", headers={"User-Agent": "=evil()\x7f, \"q\""})
    server.wait_stored(61)
    view = [(*row[:-2], row[-2] and str(row[-2]), row[-1]) for row in server.sql("select * from slim_stats order by dt, resource")]
    rows = [json.loads(line) for line in
            server.cli("export", "--format", "jsonl", "--columns", "all", check=0).stdout.splitlines()]
    assert sorted((tuple(r.values()) for r in rows), key=lambda r: (r[10], r[6])) == view
    assert list(rows[0])[:11] == ["remote_ip", "language", "country", "referer", "domain", "searchterms",
                                  "resource", "platform", "browser", "version", "dt"]
    table = list(csv.reader(io.StringIO(server.cli("export", check=0).stdout)))
    assert len(table) == 62 and {len(row) for row in table} == {11}
    found = server.cli("export", "--where", "status=404", "--where", "page~missing", check=0).stdout
    assert len(found.splitlines()) == 21
    path = server.state.parent / "export.tsv"
    if os.geteuid() == 0:
        shutil.chown(server.state.parent, "www-data")
    server.cli("export", "--format", "tsv", "-o", str(path), check=0)
    assert len(path.read_text().splitlines()) == 62
    assert "it is there" in server.cli("export", "-o", str(path), check=2).stderr or path.exists()


def test_no_rows_have_their_columns_all_the_same(make_server):
    server = make_server()
    fill(server, 3)
    none = ["export", "--where", "method=PUT"]
    whole = server.cli("export", check=0).stdout.splitlines()
    assert len(whole) == 4 and server.cli(*none, check=0).stdout.splitlines() == whole[:1]
    assert server.cli(*none, "--format", "tsv", check=0).stdout.split("\t")[0] == "remote_ip"
    assert server.cli(*none, "--format", "jsonl", check=0).stdout == ""


@pytest.mark.fault("F18")
def test_a_backup_comes_back_and_the_gap_is_counted_once(make_server):
    server = make_server()
    server.start()
    copy = server.state / "backup.db"
    load = Load(server, threads=2).run_count(100)
    server.wait_stored(len(load.answered))
    server.cli("backup", str(copy), check=0)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "there already" in server.cli("backup", str(copy), check=2).stderr
    more = Load(server, threads=2, first=10_000).run_count(80)
    server.wait_stored(len(load.answered) + len(more.answered))
    refused = server.cli("restore", str(copy), check=2)
    assert "stop httpd" in refused.stderr
    server.stop()
    server.cli("restore", str(copy), check=0)
    server.cli("check", "--full", check=0)
    server.expect(r"older than the journal's beginning")
    server.start()
    server.get("/?n=999999")
    wait_for(lambda: server.stored_numbers()[999999] == 1, 15, "new hits are stored")
    stored = server.stored_numbers()
    assert set(stored.values()) == {1} and set(load.answered) <= set(stored)
    ledger = wait_for(lambda: (l := server.ledger()) and set(l["waiting"].values()) == {0} and l, 10, "quiet")
    missing = len(set(more.answered) - set(stored))
    assert ledger["dropped"]["journal-gap"] == missing and ledger["unaccounted"] == 0
    server.cli("check", check=0)


@pytest.mark.parametrize("arguments, told", [
    (["purge"], "needs --before DAY"),
    (["purge", "--before", "soon"], "allowed: 2026-01-31"),
    (["erase"], "needs either --ip ADDRESS or --visitor NUMBER"),
    (["erase", "--ip", "localhost"], "IPv4 or IPv6"),
    (["erase", "--visitor", "me"], "allowed: a number"),
    (["exclude"], "needs one rule"),
    (["exclude", "type=image/*"], "only while a request is served"),
    (["exclude", "ip=1.2.3.4/64"], "ip=ADDRESS/BITS"),
    (["export", "--columns", "some"], "seed or all"),
    (["export", "--format", "xml"], "csv, jsonl, tsv or archive"),
    (["backup"], "needs one FILE"),
    (["restore", "a", "b"], "needs one FILE"),
    (["restore", "/nonexistent"], "there is no /nonexistent; the store is as it was"),
    (["check", "all"], "no argument is expected"),
    (["check"], "there is no store at"),
    (["rebuild"], "there is no store at"),
])
def test_mistakes_are_told_with_what_is_allowed(make_server, arguments, told):
    server = make_server()
    server.state.mkdir()
    result = server.cli(*arguments, check=2)
    assert told in result.stderr, result.stderr


def test_each_command_has_a_help(make_server):
    server = make_server()
    for command in ("check", "rebuild", "purge", "erase", "exclude", "export", "backup", "restore"):
        assert f"slimstats {command} [options]" in server.cli(command, "--help", check=0).stdout
