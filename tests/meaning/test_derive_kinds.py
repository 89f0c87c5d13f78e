"""Kinds named anew after lists changed: all reports are then those of a store that had the lists from the start."""
import sqlite3
from contextlib import closing

import pytest

from cases import SITE, SHORT_FORMAT, Case, Question, Store
from test_meaning import CASES

ALL = ("--since", "all", "--until", "2030-01-01", "--limit", "1000", "--format", "tsv", "--robots")
# Pages become downloads, answers to programs, feeds and other things, and pictures become pages.
PATHS = "api\t/c\ndownload\t/d\nfeed\t/e*\npage\t*.css\n"
NAMES = "download\tpng\npage\tjs pdf\n"
REPORTS = ("overview timeline pages entries exits downloads files kinds localsearch searchterms sources browsers countries "
           "referers robots marks status errors").split()
# Each is a site of one store, but for the one whose log names its sites.
CHOSEN = {CASES[name]: SITE if name == "file" else f"{name.replace('_', '-')}.example.org" for name in
          ("file", "act", "entry_exit", "hit_without_visit", "kind", "prefetch", "search", "visit_midnight")}


def store_of(build, directory, case, lists):
    (directory / "state").mkdir(parents=True)
    put(directory, lists)
    return Store(build, directory, case)


def store_of_all(build, directory, lists):
    first, *others = CHOSEN
    store = store_of(build, directory, first, lists)
    settings = [line.replace(SITE, CHOSEN[case]) for case in others for line in case.settings]
    put(directory, {"settings": "".join(f"{line}\n" for line in settings)})
    for case in others:
        store.add(case, CHOSEN[case], case.log)
    return store


def put(directory, lists):
    for name, text in lists.items():
        (directory / "state" / name).write_text(text)


def derive(store):
    said = store.run("rebuild", "--derive", "--state", store.dir / "state")
    store.run("check")
    return said


def reports(store):
    found = {(name, *more): store.run("report", name, *ALL, *more) for name in REPORTS
             for more in {(), ("--exact",) if name in ("overview", "pages") else ()}}
    visits = Question("report visits --robots --limit 1000")
    visits.columns = ["time", "ip", "pageviews", "hits", "duration", "path"]
    return found | {"visits": sorted(store.ask(visits))}


def kinds_of_sites(store):
    return {site: store.run("report", "kinds", *ALL, "--where", f"site={site}") for site in CHOSEN.values()}


def test_hits_become_what_the_lists_of_today_say(build, tmp_path):
    lists = {"paths.tsv": PATHS, "names.tsv": NAMES}
    fresh = store_of_all(build, tmp_path / "fresh", lists)
    store = store_of_all(build, tmp_path / "old", {})
    before, kinds_before = reports(store), kinds_of_sites(store)
    put(store.dir, lists)
    derive(store)
    after, kinds_after = reports(store), kinds_of_sites(store)
    wanted = reports(fresh)
    assert {report: rows for report, rows in after.items() if rows != wanted[report]} == {}
    assert kinds_after == kinds_of_sites(fresh)
    assert [site for site, rows in kinds_after.items() if rows == kinds_before[site]] == []
    for path in lists:
        (store.dir / "state" / path).unlink()
    derive(store)
    assert reports(store) == before  # and back


class Log:
    format, countries = SHORT_FORMAT, {}

    def __init__(self, settings=()):
        self.settings = list(settings)
        self.log = [Case.with_agent(line) for line in (
            "2024-05-06 10:00:00 192.0.2.1 GET /a 200 10 - firefox",
            "2024-05-06 10:00:30 192.0.2.1 GET /pack.xyz 200 10 - firefox",
            "2024-05-06 10:01:00 192.0.2.1 GET /search/red 200 10 - firefox",
            "2024-05-06 10:02:00 192.0.2.2 GET /pack.xyz 200 10 - firefox")]


def kinds(store):
    with closing(sqlite3.connect(store.path)) as db:
        return db.execute("select resource, kind, pageview, download from hits order by hit").fetchall()


def test_an_extension_becomes_a_download(build, tmp_path):
    store = store_of(build, tmp_path / "s", Log(), {})
    assert [row[1:] for row in kinds(store) if row[0] == "/pack.xyz"] == [("other", 0, 0)] * 2
    put(store.dir, {"names.tsv": "download\txyz\n"})
    assert "4 hits looked at, 2 of them named anew" in derive(store)
    assert [row[1:] for row in kinds(store) if row[0] == "/pack.xyz"] == [("download", 0, 1)] * 2
    assert "4 hits looked at, 0 of them named anew" in derive(store)


def test_a_directive_names_stored_hits_too(build, tmp_path):
    fresh = store_of(build, tmp_path / "fresh", Log([f"site-kind {SITE}\tapi /search/*", f"site-kind {SITE}\tdownload .xyz"]), {})
    store = store_of(build, tmp_path / "s", Log(), {})
    assert "red" in store.run("report", "localsearch", *ALL)
    (store.dir / "state" / "settings").write_text((fresh.dir / "state" / "settings").read_text())
    derive(store)
    assert ("/search/red", "api", 0, 0) in kinds(store) and "red" not in store.run("report", "localsearch", *ALL)
    assert reports(store) == reports(fresh)


def test_of_older_hits_the_kind_stays_and_they_are_counted(build, tmp_path):
    store = store_of(build, tmp_path / "s", Log(), {})
    with closing(sqlite3.connect(store.path)) as db:
        with db:
            db.execute("update hit set evidence = 0 where id = (select max(id) from hit)")
    put(store.dir, {"names.tsv": "download\txyz\n"})
    said = derive(store)
    assert "4 hits looked at, 1 of them named anew" in said
    assert "1 hits are from before what decides a kind was kept: their kinds stay" in said
    assert [row[1] for row in kinds(store)] == ["page", "download", "page", "other"]


def test_lists_that_cannot_be_read_leave_all_kinds(build, tmp_path):
    store = store_of(build, tmp_path / "s", Log(), {})
    put(store.dir, {"names.tsv": "download\txyz\nnonsense\txyz\n"})
    assert "0 of them named anew" in derive(store)
