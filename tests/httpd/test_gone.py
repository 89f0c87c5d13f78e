"""What is erased or purged is gone: from ring, journal, store and its log, free pages, and backups made afterwards."""
import contextlib
import sqlite3
import time

import pytest

from slimhttpd import PATIENCE, poll, wait_for

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 zqAgent/7",
          "Referer": "https://zqreferer.example/zqpath?q=zqwords", "Accept-Language": "zq-ZQ", "X-Forwarded-For": "203.0.113.77"}
OTHER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "X-Forwarded-For": "198.51.100.9"}
PATHS = ["/?page=zqpage&utm_source=zqsource&utm_medium=zqmedium&utm_campaign=zqcampaign&utm_term=jane.zqterm@example.org&utm_content=zqcontent",
         "/zqmissing?zqkey=zqvalue", "/?s=zqsearch", "/zqfile.zip"]


def left(server, word):
    """The files that hold a word; a recorder at work takes files away meanwhile."""
    found = []
    for path in [*server.run.glob("slimstats*"), *server.state.rglob("*"), server.logs / "error_log"]:
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            if word in path.read_bytes().lower():
                found.append(path.name)
    return found


def visited(make_server, **options):
    server = make_server(config="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n",
                         settings="SlimStatsSearchParam s\nSlimStatsSite %{HTTP_HOST}", **options)
    server.start()
    for n in range(3):
        server.get(f"/?n={n}", OTHER)
        for path in PATHS:
            server.get(path, PERSON | {"Host": "zqhost.example"})
    server.wait_stored(3 + 3 * len(PATHS))
    assert left(server, b"zq")
    return server


def test_nothing_is_left_of_an_erased_person(make_server, tmp_path):
    server = visited(make_server)
    said = server.cli("erase", "--ip", "203.0.113.77", check=0).stdout
    assert "removed 12 hits" in said and "texts that no other hit uses" in said
    server.get("/?n=9", OTHER)  # what goes on writes over the rest of journal and log
    server.wait_stored(4)
    poll(lambda: not left(server, b"zq"), 30)
    assert left(server, b"zq") == []
    server.stop()
    assert left(server, b"zq") == []
    copy = tmp_path / "copy.db"
    server.cli("backup", str(copy), check=0)
    assert b"zq" not in copy.read_bytes().lower() and b"firefox" in copy.read_bytes().lower()
    assert "all is well" in server.cli("check", check=0).stdout


@pytest.mark.thorough
def test_who_reads_while_a_person_is_erased_delays_it_only(make_server):
    """The log of the store is needed by the reader, and goes when he has gone."""
    server = visited(make_server)
    with contextlib.closing(sqlite3.connect(server.store, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from hit").fetchone()
        server.cli("erase", "--ip", "203.0.113.77", check=0)
        assert "stats.db-wal" in left(server, b"zq")
    server.get("/?n=9", OTHER)
    poll(lambda: not left(server, b"zq"), 30)
    assert left(server, b"zq") == []


def test_purged_hits_leave_what_totals_are_by(make_server):
    server = visited(make_server)
    server.stop()
    server.cli("purge", "--before", time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * 86400)), check=0)
    server.start()
    wait_for(lambda: not left(server, b"utm_term"), 30, "the addresses asked for are gone")
    assert left(server, b"zqmissing") == ["stats.db"]
    assert "all is well" in server.cli("check", check=0).stdout
