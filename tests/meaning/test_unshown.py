"""Prefetches that were never shown: where people see them, and in stores and on days that are older."""
import re
import sqlite3
from contextlib import closing

import pytest

from cases import Question, Store
from test_meaning import CASES


@pytest.fixture
def store(build, tmp_path):
    return Store(build, tmp_path, CASES["prefetch"])


def ask(store, report, columns, *options):
    question = Question(" ".join(["report", report, *options]))
    question.columns = columns.split()
    return store.ask(question)


def figures(store):
    """By days: what of them is left when their hits are gone."""
    days = [("--since", "2024-05-06", "--until", day) for day in ("2024-05-06", "2024-05-07")]
    return [(ask(store, "overview", "pageviews unshown hits", *day), ask(store, "pages", "page pageviews unshown bytes", *day)) for day in days]


def names(store, report, as_format, *options):
    """The columns of a report's table."""
    lines = store.run("report", report, "--since", "all", "--format", as_format, *options).splitlines()
    return next(line for line in lines if re.search("pageviews|Page views</", line))


@pytest.mark.parametrize("report", ["overview", "pages"])
def test_people_see_the_column_where_there_is_any(store, report):
    nobody = ("--where", "ip=192.0.2.2")
    assert "unshown" in names(store, report, "table") and "unshown" not in names(store, report, "table", *nobody)
    assert ">Never shown<" in names(store, report, "html") and "Never shown" not in names(store, report, "html", *nobody)
    for as_format in ("csv", "json"):
        assert "unshown" in names(store, report, as_format) and "unshown" in names(store, report, as_format, *nobody)
    assert "unshown" in names(store, report, "table", "--limit", "1")  # others have some


def test_a_day_whose_hits_are_gone_keeps_them(store):
    before = figures(store)
    assert before[0][0] == [("12", "5", "21")]
    store.run("purge", "--before", "2024-06-01")
    assert figures(store) == before
    store.run("check")


@pytest.mark.parametrize("purged", [False, True])
def test_a_store_that_is_older_gets_them(store, tmp_path, purged):
    before = figures(store), store.run("report", "pages", "--since", "2024-05-06T00:02", "--until", "2024-05-06T00:05")
    if purged:
        store.run("purge", "--before", "2024-06-01")
    with closing(sqlite3.connect(store.path)) as db:
        db.executescript("drop view hits; create view hits as select 1; drop view slim_stats; create view slim_stats as select 1; alter table hit drop column server; drop table server; delete from rollup where dimension > 23; alter table agent drop column operator; drop table operator; drop table purpose; drop table assistant; drop index hit_of_ai; drop index hit_leak; drop index hit_false; drop table note; drop view daily; create view daily as select 1; drop index agent_of_names; alter table agent drop column hints; drop index resource_of_names; alter table resource drop column address_page; drop index hit_posted; delete from mark where id = 1024; delete from rollup where dimension = 3 and hits = 0; alter table rollup drop column unshown; delete from robot where id = 8; pragma user_version = 14")
    (tmp_path / "late").write_text(CASES["prefetch"].log[0].replace("2024-05-06", "2024-07-06") + "\n")
    store.run("import", "--state", tmp_path / "state", "--site", "www.example.org", "--format", CASES["prefetch"].format, tmp_path / "late")
    store.run("check")
    assert figures(store) == before[0]
    if not purged:
        assert store.run("report", "pages", "--since", "2024-05-06T00:02", "--until", "2024-05-06T00:05") == before[1]


def test_rebuilding_makes_the_same_numbers(store):
    before = figures(store)
    with closing(sqlite3.connect(store.path)) as db:
        with db:
            db.execute("update rollup set unshown = 7 where unshown > 0")
    assert figures(store) != before
    store.run("rebuild")
    assert figures(store) == before
