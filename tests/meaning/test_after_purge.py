"""Numbers of days whose hits are gone: what the sums by the hour know stays right in any zone."""
import random
from datetime import date, timedelta

import pytest

from cases import SITE, Case, Question, ServedStore, Store
from test_by_definition import Log as AnyLog

FIGURES = "visits visitors pageviews hits bytes errors bounce_rate"
ZONES = ["Asia/Singapore", "America/New_York", "UTC", "Europe/Berlin"]


class Log(AnyLog):
    """Two evenings in Europe: a day of Singapore is from 16:00 to 16:00 UTC."""

    def __init__(self):
        self.log = [Case.with_agent(line) for line in (
            "2023-11-15 10:00:00 192.0.2.1 GET /a 200 10 - firefox",
            "2023-11-15 17:00:00 192.0.2.1 GET /b 200 10 - firefox",
            "2023-11-16 18:00:00 192.0.2.1 GET /c 200 10 - firefox")]


def ask(store, report, columns, day, zone, *more):
    question = Question(f"report {report} --since {day} --until {day} --tz {zone}")
    question.columns = columns.split()
    return store.ask(question, *more)


def purge(store, before):
    store.run("purge", "--before", before)


def test_a_day_of_another_zone_has_the_hits_of_its_hours(build, tmp_path):
    store = Store(build, tmp_path, Log())
    for _ in range(2):
        for report in ("overview", "timeline", "sites"):
            assert ask(store, report, "pageviews hits", "2023-11-16", "Asia/Singapore") == [("1", "1")], report
        purge(store, "2023-12-01")


def test_a_day_that_half_its_rows_are_left_of_is_whole(build, tmp_path):
    store = Store(build, tmp_path, Log())
    purge(store, "2023-11-16")
    assert ask(store, "overview", "hits", "2023-11-16", "Asia/Singapore") == [("1",)]
    assert ask(store, "overview", "hits", "2023-11-17", "Asia/Singapore") == [("1",)]


def test_hours_that_no_zone_of_whole_hours_cuts_are_near_enough(build, tmp_path):
    """An hour of UTC counts for the local one in which it begins; the answer says that it is rounded."""
    store = Store(build, tmp_path, Log())
    before = [ask(store, report, "hits", "2023-11-15", "Asia/Kolkata") for report in ("overview", "timeline")]
    purge(store, "2023-12-01")
    assert [ask(store, report, "hits", "2023-11-15", "Asia/Kolkata") for report in ("overview", "timeline")] == before == [[("2",)]] * 2
    assert "counted by whole" in store.run("report", "timeline", "--since", "2023-11-15", "--until", "2023-11-15", "--tz", "Asia/Kolkata")


@pytest.mark.parametrize("seed", [1, 2])
def test_every_local_day_is_as_it_was(server, seed):
    store = ServedStore(server, AnyLog(random.Random(seed)))
    days = [date(2024, 5, 5) + timedelta(n) for n in range(6)]

    def all_days():
        return [ask(store, report, FIGURES, day, zone) for report in ("overview", "timeline", "sites") for day in days for zone in ZONES]

    before, rows = all_days(), server.count()
    for until in ("2024-05-07", "2024-05-08T12:00", "2024-05-20"):
        purge(store, until)
        assert server.count() < rows and all_days() == before, until
        rows = server.count()
    assert rows == 0


def test_who_comes_again_is_not_new(build, tmp_path):
    store = Store(build, tmp_path, Log())
    purge(store, "2023-11-16T12:00")
    (tmp_path / "more").write_text(Case.with_agent("2023-11-17 10:00:00 192.0.2.1 GET /a 200 10 - firefox") + "\n"
                                   + Case.with_agent("2023-11-17 10:00:00 192.0.2.2 GET /a 200 10 - firefox") + "\n")
    store.run("import", "--state", tmp_path / "state", "--site", SITE, "--format", Log.format, tmp_path / "more")
    question = Question("report overview")
    question.columns = ["visits", "new_visitors"]
    assert store.ask(question) == [("5", "2")]
