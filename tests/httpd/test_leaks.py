"""What only scanners ask for, and what they got: live, in old stores, after the list changed."""
import json
import re
import sqlite3
from contextlib import closing

from slimhttpd import wait_for
from test_archive import FIREFOX


def leaks(server, *arguments):
    done = server.cli("report", "leaks", "--format", "json", *arguments)
    if done.returncode and "older version" in done.stderr:
        return {}
    answer = json.loads(done.stdout)
    return {row[0]: dict(zip((column["name"] for column in answer["columns"]), row)) for row in answer["rows"]}


def told(server):
    status = json.loads(server.cli("status", "--json").stdout)["leaks"]
    gauge = re.search(r"^slimstats_leaks (\d+)$", server.get("/stats/metrics")[2].decode(), re.M)
    assert int(gauge[1]) == status["open"] and status["level"] == ("error" if status["open"] else "ok")
    text = server.cli("status").stdout
    assert ("slimstats report leaks" in text) == (status["open"] > 0)
    return status["open"]


def site(server):
    pages = server.www
    (pages / ".env").write_text("KEY=secret" * 40)
    (pages / "backup.zip").write_bytes(b"x" * 5000)
    (pages / "wp-login.php").write_text("a page of a WordPress")


def test_leaks_are_told_until_they_are_refused(make_server):
    server = make_server()
    site(server)
    server.start()
    for path in ("/.env", "/backup.zip", "/wp-login.php", "/.git/config", "/"):
        server.get(path, {"User-Agent": "curl/8.5.0"})
    server.wait_stored(5)
    found = leaks(server)
    assert {path: row["open"] for path, row in found.items()} == {"/.env": 1, "/backup.zip": 1}
    assert told(server) == 2
    (server.www / ".env").unlink()
    server.get("/.env", {"User-Agent": FIREFOX})
    server.wait_stored(6)
    assert {path: row["open"] for path, row in leaks(server).items()} == {"/.env": 0, "/backup.zip": 1}
    assert told(server) == 1
    assert list(leaks(server, "--where", "resource=/backup.zip")) == ["/backup.zip"]
    server.cli("exclude", "path=/backup.zip", check=0)
    assert told(server) == 0 and list(leaks(server)) == ["/.env"]
    assert "all is well" in server.cli("check", check=0).stdout


def test_old_stores_and_edited_lists(make_server):
    server = make_server()
    site(server)
    server.start()
    for path in ("/.env", "/backup.zip", "/wp-login.php"):
        server.get(path, {"User-Agent": "curl/8.5.0"})
    server.wait_stored(3)
    server.stop()
    with closing(sqlite3.connect(server.store)) as db:
        db.executescript("drop index hit_leak; drop index hit_false; drop table note; update hit set marks = marks & ~2048; delete from store where key = 'leaks_found'; pragma user_version = 23")
    server.start()
    wait_for(lambda: set(leaks(server)) == {"/.env", "/backup.zip"})
    (server.state / "probes.tsv").write_text("refused\t/wp-login\\.php\tleak\n")
    wait_for(lambda: "/wp-login.php" in leaks(server))
    server.expect("is not leak")
    (server.state / "probes.tsv").write_text("refused\t/wp-login\\.php\tmore\n")
    assert "is not leak" in server.cli("lists").stderr
    (server.state / "probes.tsv").unlink()
    wait_for(lambda: set(leaks(server)) == {"/.env", "/backup.zip"})
    assert "all is well" in server.cli("check", check=0).stdout
