"""Rates beyond rows: in totals, in comparisons, in every format, and in the views (rate.txt works them out)."""
import json
import re

import pytest

from cases import Store
from test_meaning import CASES
from test_views import sql

BOTH = ("--since", "2024-05-06", "--until", "2024-05-07")
SECOND = ("--since", "2024-05-07", "--until", "2024-05-07")


@pytest.fixture(scope="module")
def store(build, tmp_path_factory):
    return Store(build, tmp_path_factory.mktemp("rate"), CASES["rate"])


def answer(store, name, *options):
    return json.loads(store.run("report", name, "--format", "json", *options))


def test_every_report_with_visits_and_a_rate_has_it_in_its_total(store):
    seen = 0
    for line in store.run("reports").splitlines():
        name = line.split()[0]
        told = answer(store, name, *BOTH, "--limit", "1")
        columns = {column["name"]: column["type"] for column in told["columns"]}
        expected = {"bounce_rate": 71.4, "duration": 26, "duration_all": 7, "pages_per_visit": 1.43}
        for column in set(expected) & set(columns):
            if name == "visits" or told["totals"]["visits"] == 0:  # single visits; no campaigns
                continue
            assert told["totals"]["visits"] == 14 and told["totals"][column] == expected[column], name
            seen += 1
    assert seen > 15


def test_totals_are_shown_in_each_format(store):
    table = store.run("report", "entries", *BOTH).splitlines()
    assert table[-1].split() == ["total", "14", "20", "71.4", "%", "26", "s"]
    course = store.run("report", "timeline", *BOTH).splitlines()
    assert course[-1].split()[-5:] == ["71.4", "%", "26", "s", "1.43"]
    html = store.run("report", "entries", "--format", "html", *BOTH)
    foot = html.split("<tfoot>")[1].split("</tfoot>")[0]
    assert foot.startswith('<tr><th scope="row">total</th>') and re.search(r'>71\.4 %</td><td class="number[^"]*">26 s</td>', foot)
    assert "total" not in store.run("report", "entries", "--format", "csv", *BOTH)


def test_the_period_before_has_its_rates(store):
    told = answer(store, "overview", *SECOND, "--compare", "previous")
    [before] = told["previous"]["rows"]
    assert [before[column] for column in ("visits", "bounce_rate", "duration", "duration_all", "pages_per_visit")] == [6, 50.0, 30, 15, 1.5]
    totals = answer(store, "channels", *SECOND, "--compare", "previous")["totals"]
    assert [totals["bounce_rate"], totals["previous"]["bounce_rate"]] == [87.5, 50.0]
    course = answer(store, "timeline", *SECOND, "--compare", "previous")
    assert course["previous"]["rows"][0]["duration"] == 30 and course["totals"]["previous"]["duration"] == 30


def test_nothing_of_nothing_is_nothing(store):
    told = answer(store, "overview", "--since", "2024-05-08", "--until", "2024-05-08")
    row = dict(zip([column["name"] for column in told["columns"]], told["rows"][0]))
    assert [row[column] for column in ("bounce_rate", "duration", "duration_all", "pages_per_visit")] == [0, 0, 0, 0]


def test_views_have_the_rates_of_reports(store):
    days = sql(store, "select day, visits, pageviews, bounce_rate, duration, duration_all, pages_per_visit from daily order by day")
    assert days == [("2024-05-06", "6", "9", "50.0", "30", "15", "1.5"), ("2024-05-07", "8", "11", "87.5", "12", "2", "1.38")]
