"""All of a store moves by a file: `slimstats export --format archive`, and `slimstats import` into another one."""
import json
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

import traffic
from kept_rows import assert_same_rows, kept_rows
from slimhttpd import poll, wait_for

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "meaning"))
import cases  # noqa: E402

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
ALWAYS = ("--since", "all", "--until", "2031-01-01")


class Place:
    """A directory with stores, and the command for them."""

    def __init__(self, build, path):
        self.command, self.dir, self.env = build.command, path, dict(build.environment) or None

    def store(self, name):
        (self.dir / name).mkdir(exist_ok=True)
        return self.dir / name / "stats.db"

    def run(self, store, *arguments, code=0, **options):
        done = subprocess.run([self.command, arguments[0], "--store", f"sqlite:{store}", *map(str, arguments[1:])],
                              env=self.env, capture_output=True, **options)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout.decode(), done.stderr.decode()

    def start(self, store, *arguments, **options):
        return subprocess.Popen([self.command, arguments[0], "--store", f"sqlite:{store}", *map(str, arguments[1:])],
                                env=self.env, **options)

    def archive(self, store, name="stats.archive", *arguments):
        self.run(store, "export", "-o", self.dir / name, "--force", *arguments)
        return self.dir / name

    def count(self, store):
        with closing(sqlite3.connect(store)) as db:
            return db.execute("select count(*) from hit").fetchone()[0]

    def fill(self, name, log, *arguments):
        (self.dir / f"{name}.log").write_text(log)
        self.run(self.store(name), "import", *arguments, self.dir / f"{name}.log")
        return self.store(name)


@pytest.fixture
def place(build, tmp_path):
    return Place(build, tmp_path)


def reports(place, store):
    """What all reports say; of those that show a hit's number, without it."""
    text = place.run(store, "report", "--format", "html", *ALWAYS)[0]
    exact = place.run(store, "report", "visits", "--format", "tsv", "--limit", "1000", *ALWAYS)[0]
    text, exact = (re.sub(r"visit=[0-9]+|\b[0-9]{14,}\b", "N", t) for t in (text, exact))
    return re.sub(r'"?made.*?</', "", text), sorted(exact.splitlines())


def assert_moved(place, one, other):
    assert_same_rows(one, other)
    assert reports(place, one) == reports(place, other)
    assert "all is well" in place.run(other, "check")[0]


def log_of(count, first=0, agent=FIREFOX):
    return "".join(f'192.0.2.{n % 200} - - [10/Nov/2026:{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} +0000] '
                   f'"GET /p{n % 50}?n={n} HTTP/1.1" 200 {n} "-" "{agent}"\n' for n in range(first, first + count))


def test_all_cases_of_the_meaning_move(place):
    """Each log of tests/meaning under a site of its own."""
    one, other = place.store("one"), place.store("other")
    for path in sorted((TESTS / "meaning").glob("*.txt")):
        case = cases.Case(path)
        if not any("timeout" in line for line in case.settings):
            log, state = place.dir / path.stem, place.dir / f"state-{path.stem}"
            log.write_text("".join(f"{line}\n" for line in case.log))
            state.mkdir()
            (state / "settings").write_text("".join(f"{line}\n" for line in case.settings))
            place.run(one, "import", "--state", state, "--site", path.stem, "--format", case.format, log)
    archive = place.archive(one)
    said, _ = place.run(other, "import", archive)
    count = place.count(one)
    assert f"{count} lines: {count} stored, 0 rejected, 0 known before" in said and count > 300
    assert_moved(place, one, other)
    again = place.archive(other, "again.archive").read_bytes().splitlines()
    hits = [line for line in archive.read_bytes().splitlines() if line.startswith(b"hit")]
    assert [line for line in again if line.startswith(b"hit")] == hits


APPLICATION = """
function handle(r)
    local asked = r:parseargs()
    r.content_type = asked.type or "text/html"
    r.headers_out["SlimStats-Page"] = asked.page
    r.headers_out["SlimStats-Title"] = asked.title
    r.headers_out["Content-Disposition"] = asked.disposition
    r.status = tonumber(asked.status or "200")
    r:puts("<p>page")
    return apache2.OK
end
"""
CONFIG = """LuaMapHandler "^/app" {script} handle
RemoteIPHeader X-Forwarded-For
RemoteIPInternalProxy 127.0.0.1
SlimStatsPageHeader On
<VirtualHost 127.0.0.1:*>
ServerName open.example
</VirtualHost>
<VirtualHost 127.0.0.1:*>
ServerName masked.example
SlimStatsAddress masked
</VirtualHost>
<VirtualHost 127.0.0.1:*>
ServerName none.example
SlimStatsAddress none
</VirtualHost>
"""
REQUESTS = [
    ("/app", {}), ("/app?page=/named&title=A+title", {}), ("/app?a=b&utm_source=news&utm_medium=mail&utm_campaign=spring", {}),
    ("/app/ahead", {"Sec-Purpose": "prefetch"}), ("/app/never", {"Sec-Purpose": "prefetch"}),
    ("/app/ahead.png?type=image/png", {"Referer": "http://{host}/app/ahead", "Sec-Fetch-Dest": "image"}),
    ("/app/paper.pdf?type=application/pdf", {}), ("/app/paper.pdf?type=application/pdf", {"Range": "bytes=0-9"}),
    ("/app?disposition=attachment&type=application/zip", {}), ("/app?type=application/json", {"Accept": "application/json"}),
    ("/missing", {"Referer": "http://{host}/app"}), ("/robots.txt", {}), ("/wp-login.php", {}), ("/app?s=some+words", {}),
    ("/app/found", {"Referer": "https://www.google.com/search?q=words+of+people"}), ("/app?status=500", {}),
    ("/app/%01%09%0a%5c", {"Referer": "https://x.example/\\tab\\\\"}), ("/app", {"User-Agent": "own to the house"}),
    ("/app", {"User-Agent": "\x80\xff \t\\ bytes"}), ("/app", {"User-Agent": ""}),
    ("/app", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}),
    ("/app", {"Sec-CH-UA": '"Brave";v="131", "Chromium";v="131"', "Sec-CH-UA-Platform": '"Windows"', "DNT": "1",
              "Sec-GPC": "1", "Accept-Language": "de-at,de;q=0.5"}),
]


@pytest.fixture
def busy(make_server):
    """A server that has recorded hits of all sorts, those of open.example with keys of the day."""
    server = make_server(modules=["lua", "headers", "remoteip"],
                         settings="SlimStatsVisitorKey daily\nSlimStatsSearchParam s\nSlimStatsOwn agent=own*")
    script = server.dir / "app.lua"
    script.write_text(APPLICATION)
    script.chmod(0o644)
    server.write_config(config=CONFIG.replace("{script}", str(script)))
    server.start()
    sent = 0
    for host in ("open.example", "masked.example", "none.example"):
        for who in ("192.0.2.7", "2001:db8::7", "192.0.2.70"):
            for path, headers in REQUESTS:
                headers = {name: value.replace("{host}", host) for name, value in headers.items()}
                server.get(path, {"User-Agent": FIREFOX, "Host": host, "X-Forwarded-For": who} | headers)
                sent += 1
            server.get("/app/posted", {"User-Agent": FIREFOX, "Host": host, "X-Forwarded-For": who}, method="POST", body="x")
            sent += 1
    for _, path, headers in traffic.visitors(40, seed=11):
        server.get(path, headers | {"Host": "open.example"})
        sent += 1
    server.wait_stored(sent)
    log = server.dir / "old.log"
    log.write_text(log_of(500) + log_of(20, 400, "late, and of others"))
    server.cli("import", "--site", "open.example", str(log), check=0)
    return server


def test_what_a_server_has_recorded_moves(busy, place):
    """Recorded and imported, live; a purged day leaves its totals, and who had come."""
    server, other = busy, place.store("other")
    day = time.strftime("%Y-%m-%d", time.gmtime(1794268800 + 86400))
    server.cli("purge", "--before", day, check=0)
    log = server.dir / "newer.log"
    log.write_text(log_of(50).replace("10/Nov", "12/Nov"))
    server.cli("import", "--site", "open.example", str(log), check=0)
    kept = kept_rows(server.store)
    assert kept["past"] and kept["titles"] and len({hit[1] for hit in kept["hits"]}) > 20
    done = server.cli("export", "--format", "archive", check=0)
    assert "not in it: the ledger and the account of imports\n" in done.stderr
    (place.dir / "stats.archive").write_bytes(done.stdout.encode())
    said, _ = place.run(other, "import", place.dir / "stats.archive")
    assert f"{len(kept['hits'])} stored, 0 rejected" in said
    assert_same_rows(server.store, other)
    assert reports(place, server.store) == reports(place, other)
    assert len([line for line in done.stdout.splitlines() if line.startswith("total\t")]) > 300
    for arguments in ([], ["--again"]):
        assert ": 0 stored" in re.sub("[0-9]+ lines", "", place.run(other, "import", *arguments, place.dir / "stats.archive")[0])
    place.run(other, "rebuild")
    assert reports(place, server.store) == reports(place, other)
    assert "all is well" in place.run(other, "check")[0]
    assert "0 stored" in place.run(other, "import", "--site", "open.example", log)[0], "the log is known there"
    assert "0 stored" in server.cli("import", str(place.dir / "stats.archive"), check=0).stdout, "all is here"
    assert "all is well" in server.cli("check", check=0).stdout


def test_an_archive_that_is_read_often_is_stored_once(place):
    one, other = place.fill("one", log_of(300) + log_of(2, 7) + log_of(2, 7)), place.store("other")
    archive = place.archive(one)
    lines = archive.read_bytes().splitlines(keepends=True)
    hits = [line for line in lines if line.startswith(b"hit")]
    head = [line for line in lines if line.startswith(b"#")][:-1]
    half = place.dir / "half"
    half.write_bytes(b"".join(head + hits[150:200] + [b"#end\t50\n"]))
    assert "50 stored" in place.run(other, "import", half)[0]
    assert "254 stored, 0 rejected, 50 known" in place.run(other, "import", archive)[0]
    for arguments in ((archive,), ("--again", archive), ("--again", half), (half,)):
        assert ": 0 stored" in re.sub("[0-9]+ lines", "", place.run(other, "import", *arguments)[0])
    compressed = subprocess.run(["gzip", "-k", archive], check=True) and archive.with_suffix(".archive.gz")
    assert "0 stored" in place.run(other, "import", compressed)[0]
    assert_moved(place, one, other)
    twice = log_of(1, 300)
    place.fill("one", log_of(300) + log_of(2, 7) + log_of(2, 7) + twice)
    assert "1 stored" in place.run(other, "import", place.archive(one), code=0)[0]
    assert_moved(place, one, other)


def test_an_import_of_an_archive_that_was_killed_goes_on(place):
    one, other = place.fill("one", log_of(8000)), place.store("other")
    lines = place.archive(one).read_bytes().splitlines(keepends=True)
    killed = 0
    for at in (1000, 4000):
        reading = place.start(other, "import", "-", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = place.count(other) if other.exists() else 0

        def has_stored(reading=reading, before=before, rows=iter(range(at, len(lines), 256))):
            n = next(rows)
            reading.stdin.write(b"".join(lines[n:n + 256]))
            reading.stdin.flush()
            return other.exists() and hits_of(other) > before
        reading.stdin.write(b"".join(lines[:at]))
        assert poll(has_stored, 30)
        reading.kill()
        reading.wait()
        killed += 1
        assert before < hits_of(other) < 8000
    place.run(other, "import", place.dir / "stats.archive")
    assert killed == 2
    assert_moved(place, one, other)


def hits_of(store):
    try:
        with closing(sqlite3.connect(store)) as db:
            return db.execute("select count(*) from hit").fetchone()[0]
    except sqlite3.OperationalError:  # it is being made
        return 0


def test_a_part_of_a_store_moves(place):
    one, other = place.fill("one", log_of(300)), place.store("other")
    archive = place.archive(one, "some.archive", "--where", "page~/p7?", "--until", "2026-11-10T00:02")
    assert not [line for line in archive.read_text().splitlines() if line.startswith("log")]
    assert "3 stored" in place.run(other, "import", archive)[0]
    assert "297 stored, 0 rejected, 3 known" in place.run(other, "import", place.archive(one))[0]
    assert_moved(place, one, other)
    late = place.run(place.store("late"), "import", "--since", "2026-11-10T00:04", archive.parent / "stats.archive")[0]
    assert "60 stored, 0 rejected" in late and "240 excluded (period)" in late


def test_what_is_wrong_with_an_archive_is_said(place):
    one, other = place.fill("one", log_of(20)), place.store("other")
    lines = place.archive(one).read_text().splitlines(keepends=True)
    cut = place.dir / "cut.archive"
    cut.write_text("".join(lines[:-3]))
    assert "its last line is missing" in place.run(other, "import", cut, code=2)[1]
    assert place.count(other) == 18
    whole = place.dir / "whole.archive"
    bad = [lines[-2].replace("\t200\t", wrong) for wrong in ("\t200\t1\t", "\t-1\t", "\t", "\t99999999999999999999\t")]
    whole.write_text("".join([*lines[:-1], *bad, lines[-2].replace("hit", "hat", 1), lines[-1]]))
    said, err = place.run(other, "import", "--rejects", place.dir / "rejects", whole, code=1)
    assert "2 stored, 5 rejected, 28 known" in said
    for reason in ("too many cells", "too few cells", "an impossible number", "a sort that is not known"):
        assert reason in err
    assert len((place.dir / "rejects").read_text().splitlines()) == 5
    nothing = place.dir / "nothing.archive"
    nothing.write_text(lines[0] + "#end\t0\n")
    assert "name no columns of hits" in place.run(other, "import", nothing, code=2)[1]
    assert_moved(place, one, other)


def test_hits_of_an_archive_are_of_the_account_of_imports(place):
    one, other = place.fill("one", log_of(60)), place.store("other")
    place.run(other, "import", place.archive(one))
    place.run(other, "erase", "--ip", "192.0.2.7")
    assert "all is well" in place.run(other, "check")[0]
    account = json.loads(place.run(other, "status", "--json", code=1)[0])["imports"]
    assert account["stored"] == 59 and account["excluded"]["erased"] == 1


def test_a_log_with_hits_that_came_by_an_archive_is_not_stored_again(make_server, place):
    """The server had recorded them, and another store has them now."""
    form = r'%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"'
    server = make_server(config=f'LogFormat "{form}" own\nCustomLog logs/own_log own\n')
    server.start()
    for n in range(10):
        server.get(f"/?n={n}", {"User-Agent": FIREFOX})
    server.wait_stored(10)
    archive, other = place.dir / "stats.archive", place.store("other")
    archive.write_text(server.cli("export", "--format", "archive", check=0).stdout)
    place.run(other, "import", archive)
    site = server.sql("select distinct site from hits")[0][0]
    wait_for(lambda: (server.logs / "own_log").read_text().count("\n") == 10, what="the log")
    said = place.run(other, "import", "--site", site, "--format", form.replace(r"\"", '"'), server.logs / "own_log")[0]
    assert "0 stored, 0 rejected, 0 known before, 10 recorded already" in said


@pytest.mark.thorough
def test_a_million_hits_move(place):
    log = place.dir / "traffic.log"
    with log.open("wb") as out:
        subprocess.run([sys.executable, TESTS / "bench" / "traffic_log.py", "1000000", "30", "10"], stdout=out, check=True)
    one, other = place.store("one"), place.store("other")
    place.run(one, "import", log)
    log.unlink()
    assert "1000000 stored, 0 rejected" in place.run(other, "import", place.archive(one))[0]
    assert_moved(place, one, other)
