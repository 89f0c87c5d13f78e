"""Notes on the course of time: by people, by the recorder, by commands; who sees them, and what outlives what."""
import json
import os
import sqlite3
import time
from contextlib import closing

import pytest

from slimhttpd import wait_for
from test_archive import FIREFOX, Place, log_of
from test_own_lists import put
from test_sites import ask, in_vhosts

ALL = ("--since", "2020-01-01", "--until", "2038-01-01", "--limit", "1000")
HOSTILE = "<img src=x onerror=alert(1)>\u202e\x1b[2J=1+1"


@pytest.fixture
def place(build, tmp_path):
    return Place(build, tmp_path)


def rows(answer):
    return [dict(zip((column["name"] for column in answer["columns"]), row)) for row in answer["rows"]]


def notes(server, *arguments):
    return rows(server.report("notes", *ALL, *arguments))


def kinds(server):
    return {(row["kind"], row["text"]): row for row in notes(server)}


def test_people_keep_list_and_delete_notes(place):
    store = place.fill("one", log_of(3))
    place.run(store, "note", "v2.3", "--kind", "release", "--site", "Shop.Example", "--at", "2026-11-10T10:20")
    place.run(store, "note", "v2.3", "--kind", "release", "--site", "shop.example", "--at", "2026-11-10T10:20")
    place.run(store, "note", "a fair", "--at", "2026-11-10", "--until", "2026-11-12")
    found = rows(json.loads(place.run(store, "report", "notes", "--format", "json", *ALL)[0]))
    assert [(row["time"], row["until"], row["kind"], row["site"], row["text"], row["times"]) for row in found if row["kind"] != "import"] == [
        (1794306000, 1794306000, "release", "shop.example", "v2.3", 1), (1794268800, 1794441600, "note", "", "a fair", 1)]
    assert "a fair" in place.run(store, "note", "--list")[0] and "a fair" not in place.run(store, "note", "--list", "--kind", "release")[0]
    assert "a fair" in place.run(store, "note", "--list", "--site", "other.example")[0]
    assert "v2.3" not in place.run(store, "note", "--list", "--site", "other.example")[0]
    [fair] = [row["note"] for row in found if row["text"] == "a fair"]
    place.run(store, "note", "--delete", fair)
    assert "a fair" not in place.run(store, "note", "--list")[0]
    assert "no note" in place.run(store, "note", "--delete", fair, code=1)[1]


def test_what_no_note_can_be_is_refused(place):
    store = place.fill("one", log_of(1))
    place.run(store, "note", "é" * 128)
    for arguments in (["é" * 128 + "x"], [""], [b"\xff\xfe"], ["a", "--kind", "restart"], ["a", "--kind", "x"], ["a", "--at", "soon"], ["a", "b"], [],
                      ["a", "--until", "2020-01-01"], ["a", "--site", "x" * 256], ["--delete", "0"], ["--delete", "1x"], ["a", "--list"]):
        said = place.run(store, "note", *map(os.fsdecode, arguments), code=2)[1]
        assert "slimstats: note: " in said, (arguments, said)
    assert len(rows(json.loads(place.run(store, "report", "notes", "--format", "json", "--search", "=note", *ALL)[0]))) == 1


def test_text_of_anybody_is_shown_as_text(place):
    store = place.fill("one", log_of(1))
    place.run(store, "note", HOSTILE, "--at", "2026-11-10")
    for name, shown in (("notes", "notes"), ("timeline", "timeline")):
        table, page = (place.run(store, "report", name, "--format", form, *ALL)[0] for form in ("table", "html"))
        assert "\x1b" not in table and "\u202e" not in table and "\\x1b[2J" in table, shown
        assert "<img" not in page and "&lt;img src=x" in page and "\x1b" not in page
    csv = place.run(store, "report", "notes", "--format", "csv", *ALL)[0]
    assert "\x1b" not in csv and "\u202e" not in csv
    said = place.run(store, "report", "timeline", "--format", "json", *ALL)[0]
    assert "<img" not in said and [note["text"] for note in json.loads(said)["notes"] if note["kind"] == "note"] == [HOSTILE]


def test_commands_note_what_they_did_and_to_how_many(place):
    store = place.fill("one", log_of(20))
    place.run(store, "import", place.dir / "one.log")
    place.run(store, "exclude", "path=/p3*")
    place.run(store, "erase", "--ip", "192.0.2.4")
    place.run(store, "erase", "--ip", "192.0.2.4", "--dry-run")
    place.run(store, "erase", "--ip", "192.0.2.5")
    place.run(store, "purge", "--before", "2026-11-11")
    found = {row["kind"]: row for row in rows(json.loads(place.run(store, "report", "notes", "--format", "json", *ALL)[0]))}
    assert {kind: (row["hits"], row["times"], row["text"]) for kind, row in found.items()} == {
        "import": (20, 1, ""), "exclude": (1, 1, ""), "erase": (2, 2, ""), "purge": (17, 1, "")}
    with closing(sqlite3.connect(store)) as db:
        assert "192.0.2" not in str(db.execute("select * from note").fetchall())


def test_archives_bring_them_once_and_backups_have_them(place):
    one, other = place.fill("one", log_of(5)), place.store("other")
    place.run(one, "note", HOSTILE, "--site", "a.example", "--at", "2026-11-10T10:20", "--until", "2026-11-10T11:00")
    archive = place.archive(one)
    for _ in range(2):
        place.run(other, "import", archive)
    with closing(sqlite3.connect(one)) as a, closing(sqlite3.connect(other)) as b:
        kept = "select kind, at, until, site, text, times, hits from note order by 1, 2, 5"
        assert a.execute(kept).fetchall() == b.execute(kept).fetchall() != []
    place.run(one, "backup", place.dir / "copy.db")
    assert "img src" in place.run(place.dir / "copy.db", "note", "--list")[0]
    text = archive.read_text().replace("\tnote\t", "\tnonsense\t").replace("x onerror", "y onerror")
    (place.dir / "bad.archive").write_text(text)
    assert "a note that is none" in place.run(other, "import", place.dir / "bad.archive", code=1)[1]


def test_the_recorder_notes_starts_directives_and_lists(server):
    wait_for(server.store.exists)
    wait_for(lambda: ("restart", "") in kinds(server))
    assert server.ledger() is not None and len(kinds(server)) == 1
    server.write_config(settings="SlimStatsRetain 500\nSlimStatsQuery drop")
    server.graceful()
    wait_for(lambda: ("config", "SlimStatsQuery, SlimStatsRetain") in kinds(server), 30)
    found = kinds(server)
    assert len(found) == 2 and found["restart", ""]["times"] == 2 and found["restart", ""]["until"] >= found["restart", ""]["time"]
    put(server, "sources.tsv", "Intranet\twebsite\t.intra.example\n")
    wait_for(lambda: ("rules", "sources") in kinds(server), 30)
    server.expect("killed by signal 9", "the recorder")
    server.kill_recorder()
    server.get("/")
    server.wait_stored(1, 30)
    assert kinds(server)["restart", ""]["times"] == 2, "a recorder that was killed is no start of httpd"
    shown = server.get("/stats/api/timeline?since=today")[2]
    assert {note["kind"] for note in json.loads(shown)["notes"]} == {"restart", "config", "rules"}


def test_an_outage_is_noted_with_what_waited(server):
    server.get("/")
    server.wait_stored(1)
    server.expect("store-", "well again")
    server.write_sql("create trigger denied before insert on hit begin select raise(abort, 'no'); end")
    began = int(time.time())
    for n in range(5):
        server.get(f"/?n={n}")
    wait_for(lambda: server.state_word() != "ok", 30)
    state = server.state_word()
    server.write_sql("drop trigger denied")
    server.wait_stored(6, 30)
    wait_for(lambda: ("outage", state) in kinds(server), 30)
    note = kinds(server)["outage", state]
    assert note["hits"] == 5 and began - 1 <= note["time"] <= note["until"] and note["times"] == 1


def test_owners_of_sites_see_their_notes_and_no_counts(make_server):
    server = make_server()
    in_vhosts(server)
    server.start()
    server.get("/", {"Host": "a.example", "User-Agent": FIREFOX})
    server.wait_stored(1)
    for site, text in (("a.example", "mine"), ("b.example", "theirs"), (None, "everybody's")):
        server.cli("note", text, *(["--site", site] if site else []), check=0)
    log = server.dir / "old.log"
    log.write_text(log_of(4))
    server.cli("import", "--site", "b.example", str(log), check=0)
    for words in ("", "&where=site%3Db.example", "&where=site!%3Da.example", "&where=site~b", "&where=country%3DAT"):
        for report in ("notes", "timeline"):
            status, body = ask(server, f"/api/{report}?since=7d{words}")
            assert status == 200 and "theirs" not in body, body
            hits = [note["hits"] for note in (rows(json.loads(body)) if report == "notes" else json.loads(body)["notes"])]
            assert not any(hits), body
    assert "theirs" not in ask(server, "/api/notes?search=theirs")[1]
    status, body = ask(server, "/api/notes?since=7d")
    assert {row["text"] for row in rows(json.loads(body))} >= {"mine", "everybody's"}
    assert {row["text"] for row in notes(server, "--where", "site=b.example")} >= {"theirs", "everybody's"}
    assert "mine" not in {row["text"] for row in notes(server, "--where", "site=b.example")}
    assert [row["hits"] for row in notes(server) if row["kind"] == "import"] == [4]
