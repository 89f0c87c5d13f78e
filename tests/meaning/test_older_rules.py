"""Days that older rules counted, whose rows are gone: whoever reads their numbers is told so."""
import json
import sqlite3
from contextlib import closing

import pytest

from cases import Store
from test_meaning import CASES

OLD = ("--since", "2024-05-01", "--until", "2024-05-09")
LATE = ("--since", "2024-05-08", "--until", "2024-05-09")
NOTE = "days before 2024-05-08"  # a session that began on the 6th, and lost hits, went on on the 7th


def make_old(store):
    """As if an older version had made and purged it."""
    with closing(sqlite3.connect(store.path)) as db:
        db.executescript("delete from store where key in ('rules', 'older_rules_until'); update session set rules = 1")


@pytest.fixture
def store(build, tmp_path):
    store = Store(build, tmp_path, CASES["views"])
    store.run("purge", "--before", "2024-05-07")
    make_old(store)
    store.run("rebuild")
    return store


@pytest.mark.parametrize("as_format", ["table", "html"])
def test_reports_say_so(store, as_format):
    for report in ("overview", "pages", "timeline"):
        assert f"{NOTE}T00:00:00Z were counted by older rules" in store.run("report", report, *OLD, "--format", as_format)
        assert NOTE not in store.run("report", report, *LATE, "--format", as_format)


def test_programs_are_told(store):
    asked = [json.loads(store.run("report", "pages", *when, "--format", "json")) for when in (OLD, LATE)]
    assert [answer.get("older_rules_until") for answer in asked] == ["2024-05-08T00:00:00Z", None]
    before = json.loads(store.run("report", "pages", *LATE, "--compare", "previous", "--format", "json"))
    assert before["older_rules_until"] == "2024-05-08T00:00:00Z"  # the period before is of such days


def test_check_says_so(store):
    said = store.run("check")
    assert f"{NOTE} were counted by older rules" in said and "all is well" in said


def test_a_store_of_todays_rules_says_nothing(build, tmp_path):
    store = Store(build, tmp_path, CASES["views"])
    store.run("purge", "--before", "2024-05-07")
    assert "older rules" not in store.run("check") + store.run("report", "pages", *OLD)
