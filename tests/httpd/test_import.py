"""Old logs: each line is stored once, however its log is renamed, compressed, grown, or read half way."""
import contextlib
import gzip
import os
import random
import re
import signal
import sqlite3
import subprocess
import time
from collections import Counter

import pytest

import mmdb
from slimhttpd import Load, assert_conserved, assert_visitor_saw_nothing, wait_for

FORMATS = {
    "combined": '192.0.2.{a} - - [{t}] "GET /p?n={n} HTTP/1.1" 200 {n} "-" "Mozilla/5.0 (X11; Linux) Firefox/115.0"\n',
    "vhost_combined": 'www.example.org:80 192.0.2.{a} - - [{t}] "GET /p?n={n} HTTP/1.1" 200 {n} "-" "Agent"\n',
    "common": '192.0.2.{a} - - [{t}] "GET /p?n={n} HTTP/1.1" 200 {n}\n',
}


def line(n, form="combined"):
    at = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(1_400_000_000 + n))
    return FORMATS[form].format(a=n % 250, t=at, n=n)


def lines(first, last, form="combined"):
    return "".join(line(n, form) for n in range(first, last + 1)).encode()


class Logs:
    """A directory for logs and a store."""

    def __init__(self, build, path):
        self.command, self.dir, self.store = build.command, path, path / "stats.db"
        self.env = dict(os.environ, **build.environment)

    def put(self, name, data):
        (self.dir / name).write_bytes(data)
        return self.dir / name

    def start(self, *arguments, **options):
        return subprocess.Popen([self.command, "import", "--store", f"sqlite:{self.store}", *map(str, arguments)],
                                env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run(self, *arguments, exit_code=0, data=None):
        process = self.start(*arguments, stdin=subprocess.PIPE)
        out, err = process.communicate(data)
        assert process.returncode == exit_code, out + err
        return out.decode(), err.decode()

    def sql(self, text):
        with contextlib.closing(sqlite3.connect(self.store)) as db:
            return db.execute(text).fetchall()

    def numbers(self):
        return Counter(int(re.search(r"n=(\d+)", r).group(1))
                       for (r,) in self.sql("select resource from slim_stats"))


@pytest.fixture
def logs(build, tmp_path):
    return Logs(build, tmp_path)


def once(first, last):
    return Counter(range(first, last + 1))


def test_a_log_read_twice_is_stored_once(logs):
    log = logs.put("access.log", lines(1, 25_000))
    assert "25000 stored, 0 rejected, 0 known before; 2014-05-13T16:53:21Z to 2014-05-13T23:50:00Z" in logs.run(log)[0]
    assert "0 stored, 0 rejected, 25000 known before" in logs.run(log)[0]
    assert logs.numbers() == once(1, 25_000)


def test_a_renamed_and_compressed_log_is_the_same_log(logs):
    log = logs.put("access.log", lines(1, 5000))
    logs.run(log)
    logs.run(log.rename(logs.dir / "access.log.1"))
    packed = logs.put("access.log.2", gzip.compress(lines(1, 5000)))
    assert "0 stored, 0 rejected, 5000 known before" in logs.run(packed)[0]
    assert "0 stored" in logs.run("-", data=lines(1, 5000))[0]
    assert logs.numbers() == once(1, 5000)


@pytest.mark.parametrize("before", [1, 30, 5000])
def test_what_a_log_has_grown_by_is_stored(logs, before):
    log = logs.put("access.log", lines(1, before))
    logs.run(log)
    log.write_bytes(lines(1, before + 40))
    assert f"40 stored, 0 rejected, {before} known before" in logs.run(log)[0]
    logs.put("access.log", gzip.compress(lines(1, before + 50)))
    assert f"10 stored, 0 rejected, {before + 40} known before" in logs.run(log)[0]
    assert logs.numbers() == once(1, before + 50)


def test_half_a_line_of_a_growing_log_waits_for_its_rest(logs):
    whole = lines(1, 101)
    log = logs.put("access.log", whole[:-20])
    assert "left for the next time" in logs.run(log)[0]
    assert logs.numbers() == once(1, 100)
    log.write_bytes(whole)
    assert "1 stored" in logs.run(log)[0]
    assert logs.numbers() == once(1, 101)


def test_the_last_line_of_a_finished_log_is_taken_without_newline(logs):
    logs.run(logs.put("a.gz", gzip.compress(lines(1, 100).rstrip(b"\n"))))
    assert logs.numbers() == once(1, 100)
    log = logs.put("a", lines(1, 101))
    assert "1 stored, 0 rejected, 100 known before" in logs.run(log)[0]
    assert logs.numbers() == once(1, 101)


def test_an_older_copy_of_a_known_log_brings_nothing(logs):
    logs.run(logs.put("new", lines(1, 3000)))
    assert "nothing is new" in logs.run(logs.put("old", lines(1, 1000)))[0]
    assert "nothing is new" in logs.run(logs.put("old.gz", gzip.compress(lines(1, 1000))))[0]
    assert logs.numbers() == once(1, 3000)


def test_a_log_that_was_edited_is_refused_unless_told(logs):
    log = logs.put("access.log", lines(1, 1000))
    logs.run(log)
    log.write_bytes(lines(1, 998) + lines(2001, 2010))
    _, err = logs.run(log, exit_code=2)
    assert str(log) in err and "--again" in err
    assert logs.numbers() == once(1, 1000)
    logs.run("--again", log)
    assert logs.numbers() == once(1, 998) + once(1, 1000) + once(2001, 2010)


def test_an_import_that_was_killed_goes_on_where_it_was(logs):
    chance = random.Random(5)
    data = lines(1, 80_000)
    log, packed = logs.put("access.log", data), logs.put("packed", gzip.compress(data, 1))
    killed = 0
    for _ in range(12):
        process = logs.start(chance.choice([log, packed]))
        time.sleep(chance.uniform(0.02, 0.5))
        killed += process.poll() is None
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.communicate()
    assert killed >= 2
    logs.run(log)
    assert logs.numbers() == once(1, 80_000)


def test_what_is_before_a_damage_counts_once(logs):
    packed = gzip.compress(lines(1, 20_000))
    log = logs.put("access.log.gz", packed[:len(packed) // 2])
    _, err = logs.run(log, exit_code=2)
    assert "ends in the middle" in err
    assert 0 < sum(logs.numbers().values()) < 20_000
    log.write_bytes(packed)
    logs.run(log)
    assert logs.numbers() == once(1, 20_000)


@pytest.mark.parametrize("form", list(FORMATS))
def test_the_format_is_told_by_the_first_lines(logs, form):
    logs.run("--site", "given.example", logs.put("access.log", lines(1, 50, form)))
    assert logs.numbers() == once(1, 50)
    site = "www.example.org" if form == "vhost_combined" else "given.example"
    assert logs.sql("select distinct site from slim_stats") == [(site,)]
    assert logs.sql("select ip, status, bytes from slim_stats where dt = 1400000007") == [("192.0.2.7", 200, 7)]


def test_a_format_can_be_given(logs):
    log = logs.put("own.log", b"2014-05-13 16:53:21|192.0.2.1|/p?n=1|200\n")
    assert "--format" in logs.run(log, exit_code=2)[1]
    logs.run("--format", "%{%F %T}t|%a|%U%q|%>s", log)
    assert logs.numbers() == once(1, 1)
    assert "column 4" in logs.run("--format", "%h%l %t", log, exit_code=2)[1]


def test_lines_that_cannot_be_read_are_told_and_kept(logs):
    bad = [b"\x00\xff garbage\n", b"x" * 70_000 + b"\n", line(3)[:40].encode() + b"\n", *[b"bad\n"] * 7]
    log = logs.put("access.log", line(1).encode() + b"".join(bad) + line(2).encode())
    out, err = logs.run("--rejects", logs.dir / "rejected", log, exit_code=1)
    assert "12 lines: 2 stored, 10 rejected" in out
    assert len(re.findall(r"line \d+: ", err)) == 5
    assert "line 3: a line of more than 64 KiB\n" in err
    assert re.search(r"line 4: no time at column \d+\n", err)
    assert (logs.dir / "rejected").read_bytes() == bad[0] + b"".join(bad[2:])
    assert "File exists" in logs.run("--rejects", logs.dir / "rejected", log, exit_code=2)[1]
    logs.run(log)  # all is known: nothing is wrong any more


def test_exit_codes_tell(logs):
    logs.run(logs.put("empty", b""), exit_code=1)
    logs.run(logs.dir / "missing", exit_code=2)
    logs.run(logs.dir, exit_code=2)
    logs.run(exit_code=2)
    logs.run("--unknown", exit_code=2)
    assert "1 stored" in logs.run(logs.dir / "missing", logs.put("one", lines(1, 1)), exit_code=2)[0]


def test_only_one_import_at_a_time(logs):
    first = logs.start("-", stdin=subprocess.PIPE)
    first.stdin.write(lines(1, 100))
    first.stdin.flush()
    wait_for((logs.dir / "stats.db").exists, 10, "the first has begun")
    assert "another import" in logs.run(logs.put("a", lines(1, 100)), exit_code=2)[1]
    first.communicate()
    assert logs.numbers() == once(1, 100)


def test_progress_is_shown_when_asked_for(logs):
    log = logs.put("access.log", lines(1, 10_000))
    assert logs.run(log)[1] == ""
    assert re.search(r"\d+ % of \d+\.\d MB, \d+ lines/s", logs.run("--again", "--progress", log)[1])


def test_import_works_beside_a_recorder(server, tmp_path):
    log = tmp_path / "access.log"
    log.write_bytes(lines(1_000_001, 1_020_000))
    with Load(server, threads=2, pause=0.002) as load:
        done = server.cli("import", str(log))
        again = server.cli("import", str(log))
    assert done.returncode == 0 and "20000 stored" in done.stdout, done.stdout + done.stderr
    assert again.returncode == 0 and "20000 known before" in again.stdout
    assert_visitor_saw_nothing(load)
    stored = server.stored_numbers()
    assert {n for n in stored if n > 1_000_000} == set(range(1_000_001, 1_020_001))
    ledger = assert_conserved(server, load)
    assert ledger["dropped"] == dict.fromkeys(ledger["dropped"], 0)


def test_imported_hits_are_derived_by_the_recorders_settings(make_server, tmp_path):
    server = make_server(config="<VirtualHost 127.0.0.1:1>\nServerName shop.example\n"
                                "ServerAlias friend.example\n</VirtualHost>")
    server.start()
    log = tmp_path / "access.log"
    log.write_bytes(line(1).replace('"-"', '"http://friend.example/"').encode())
    result = server.cli("import", "--site", "shop.example", str(log))
    assert result.returncode == 0, result.stderr
    assert server.sql("select channel.name from hit join source on source.id = hit.source"
                      " join channel on channel.id = source.channel") == [("internal",)]
    assert (server.state / "settings").stat().st_mode & 0o777 == 0o600


OLD_COLUMNS = "remote_ip, language, country, referer, domain, searchterms, resource, platform, browser, version, dt"
OLD_ROWS = [
    (3091752665, "en-us", "US", "", "", "", "/blog/2009/07/07/corporate-social-networking/", -1, 34, "", 1610943705),
    (16909060, "de-at", "AT", "http://www.google.com/search?q=it's", "www.google.com", "it's \\ so", "/a?b=c%23d", 1, 4, "3.5", 1247000000),
    (None, "", "", "/relative", "", "", "/", 46, 45, "2.1", 1247000001),
    (1, "fil-ph", "", "", "", "local", "/(a),(b);\n'", 20, 9, "6.0", 1247000002),
]


def as_sql(value):
    if value is None:
        return "NULL"
    quoted = str(value).replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return str(value) if isinstance(value, int) else f"'{quoted}'"


def sql_dump(rows):
    tuples = ",".join("(" + ",".join(map(as_sql, row)) + ")" for row in rows)
    return ("-- MySQL dump\nCREATE TABLE `wp_slim_stats` (\n  `remote_ip` int\n);\n"
            f"INSERT INTO `wp_slim_stats` VALUES {tuples};\nUNLOCK TABLES;\n").encode()


def csv_dump(rows):
    def cell(value):
        return "NULL" if value is None else str(value) if isinstance(value, int) else '"' + value.replace('"', '""') + '"'
    return "\n".join([OLD_COLUMNS.replace(" ", ""), *[",".join(map(cell, row)) for row in rows]]).encode() + b"\n"


@pytest.mark.parametrize("dump", [sql_dump, csv_dump, lambda rows: gzip.compress(sql_dump(rows))],
                         ids=["sql", "csv", "sql.gz"])
def test_an_old_tables_rows_come_back_as_they_were(logs, dump):
    log = logs.put("dump", dump(OLD_ROWS))
    assert "4 stored, 0 rejected" in logs.run("--from", "slimstat", "--site", "old.example", log)[0]
    logs.run("--from", "slimstat", log)
    expected = sorted(OLD_ROWS, key=lambda row: row[-1])
    assert logs.sql(f"select {OLD_COLUMNS} from slim_stats order by dt") == expected
    assert logs.sql("select distinct site, status from slim_stats") == [("old.example", 200)]


def test_an_old_row_stays_the_page_that_it_was(logs):
    rows = [(*OLD_ROWS[0][:6], resource, *OLD_ROWS[0][7:]) for resource in ("/blog/feed/", "/a.zip", "/page")]
    logs.run("--from", "slimstat", logs.put("dump", sql_dump(rows)))
    said = subprocess.run([logs.command, "rebuild", "--derive", "--store", f"sqlite:{logs.store}"], env=logs.env, capture_output=True, text=True, check=True).stdout
    assert "3 hits are from before what decides a kind was kept: their kinds stay" in said
    assert logs.sql("select kind, pageview from hits") == [("page", 1)] * 3


def test_an_old_rows_country_wins_and_gets_no_city_of_another(logs):
    mmdb.write(logs.dir / "city.mmdb", {"1.2.3.4/32": {"country_code": "AT", "city": "Imst"},
                                        "184.72.102.217/32": {"country_code": "JP", "city": "Tokyo"}})
    logs.run("--from", "slimstat", logs.put("dump", sql_dump(OLD_ROWS)))
    assert logs.sql("select country, city from hits where country <> '' order by country") == [("AT", "Imst"), ("US", "")]


def test_a_statement_of_a_dump_is_stored_whole_or_not_at_all(logs):
    """The first one has more rows than are stored at once."""
    rows = [(n, "en", "AT", "", "", "", f"/?n={n}", 1, 4, "3", 1_247_000_000 + n) for n in range(1, 46_001)]
    whole = sql_dump(rows[:41_000]) + sql_dump(rows[41_000:])
    log = logs.put("dump.sql", whole[:-100_000])
    assert "in the middle of a statement" in logs.run("--from", "slimstat", log, exit_code=2)[1]
    assert logs.numbers() == once(1, 41_000)
    log.write_bytes(whole)
    logs.run("--from", "slimstat", log)
    assert logs.numbers() == once(1, 46_000)
