"""Which front end answered: SlimStatsServer, for hits that are recorded and for logs that are imported."""
import json
import socket
import sqlite3
import subprocess
from contextlib import closing

import pytest

from test_archive import FIREFOX, Place, log_of

LINE = '192.0.2.7 - - [10/Nov/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 100 "-" "Firefox/115.0"\n'


@pytest.fixture
def place(build, tmp_path):
    return Place(build, tmp_path)


def servers(server, *arguments):
    answer = json.loads(server.cli("report", "servers", "--since", "all", "--format", "json", *arguments, check=0).stdout)
    names = [column["name"] for column in answer["columns"]]
    return {row[0]: dict(zip(names[1:], row[1:])) for row in answer["rows"]} if isinstance(answer["rows"][0], list) \
        else {row.pop("server"): row for row in answer["rows"]}


def test_hits_have_the_name_of_their_server(make_server):
    server = make_server(settings="SlimStatsServer Web1.example")
    server.start()
    for n in range(3):
        server.get(f"/?n={n}", {"User-Agent": FIREFOX})
    server.get("/missing", {"User-Agent": FIREFOX})
    server.wait_stored(4)
    assert server.sql("select distinct server from hits") == [("web1.example",)]
    log = server.dir / "other.log"
    log.write_text(LINE + LINE.replace("/a ", "/b "))
    server.cli("import", "--server", "WEB2", str(log), check=0)
    log.write_text(LINE.replace("10:00:00", "10:00:09"))
    server.cli("import", str(log), check=0)
    found = servers(server)
    assert {name: (row["hits"], row["pageviews"], row["errors"]) for name, row in found.items()} \
        == {"web1.example": (5, 4, 1), "web2": (2, 2, 0)}
    assert found == servers(server, "--exact")
    assert servers(server, "--where", "server=web2") == {"web2": found["web2"]}
    pages = server.cli("report", "pages", "--since", "all", "--where", "server!=web1.example", "--format", "tsv", check=0).stdout
    assert [line.split("\t")[0] for line in pages.splitlines()[1:]] == ["/a", "/b"]
    exported = [json.loads(line) for line in
                server.cli("export", "--columns", "all", "--format", "jsonl", check=0).stdout.splitlines()]
    assert sorted(row["server"] for row in exported) == ["web1.example"] * 5 + ["web2"] * 2
    assert "all is well" in server.cli("check", check=0).stdout


def test_without_a_name_it_is_the_hosts(make_server):
    server = make_server()
    server.start()
    server.get("/", {"User-Agent": FIREFOX})
    server.wait_stored(1)
    assert server.sql("select server from hits") == [(socket.gethostname().lower(),)]


@pytest.mark.parametrize("name", ["", "a b", "web/1", "w" * 65, "wéb"])
def test_what_is_no_name_is_refused(make_server, build, tmp_path, name):
    server = make_server(settings=f'SlimStatsServer "{name}"')
    told = server.httpd("-t", check=False)
    assert told.returncode != 0 and "letters, digits, dots, hyphens and underscores" in told.stderr
    done = subprocess.run([build.command, "import", "--store", f"sqlite:{tmp_path}/x.db", f"--server={name}", "/dev/null"],
                          env=dict(build.environment) or None, capture_output=True, text=True)
    assert done.returncode == 2 and "hyphens" in done.stderr


def test_archives_keep_servers_and_name_hits_that_have_none(place):
    one, two, both = (place.store(name) for name in ("one", "two", "both"))
    for store in (one, two):
        log = place.dir / "access.log"
        log.write_text(log_of(30))
        place.run(store, "import", *(["--server", "web2"] if store == two else []), log)
    for name in ("web1", "web3"):
        archive = place.archive(one if name == "web1" else two)
        assert "30 stored" in place.run(both, "import", "--server", name, archive)[0]
    with closing(sqlite3.connect(both)) as db:
        assert db.execute("select server, count(*) from hits group by 1 order by 1").fetchall() == [("web1", 30), ("web2", 30)]
    assert "0 stored" in place.run(both, "import", place.archive(both))[0]


def test_a_store_of_before_gets_them(place):
    store = place.fill("one", log_of(40))
    with closing(sqlite3.connect(store)) as db:
        before = db.execute("select bucket, site, robot, hits, pageviews, errors, bytes, duration, unshown from rollup"
                            " where dimension = 24 order by 1, 2, 3").fetchall()
        db.executescript("drop view hits; create view hits as select 1; drop view slim_stats; create view slim_stats as select 1;"
                         "alter table hit drop column server; drop table server; delete from rollup where dimension > 23; alter table agent drop column operator; drop table operator; drop table purpose; drop table assistant; drop index hit_of_ai; drop index hit_leak; drop index hit_false; drop table note;"
                         "pragma user_version = 19")
    (place.dir / "more.log").write_text(LINE)
    place.run(store, "import", "--server", "web1", place.dir / "more.log")
    place.run(store, "check")
    with closing(sqlite3.connect(store)) as db:
        assert db.execute("select server, count(*) from hits group by 1").fetchall() == [("", 40), ("web1", 1)]
        assert db.execute("select server, count(*) from slim_stats group by 1").fetchall() == [("", 40), ("web1", 1)]
        assert db.execute("select bucket, site, robot, hits, pageviews, errors, bytes, duration, unshown from rollup"
                          " where dimension = 24 and key = 0 order by 1, 2, 3").fetchall() == before
