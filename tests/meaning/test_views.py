"""The views hits, visits and daily say what the reports say."""
import sqlite3
from contextlib import closing

import pytest

from cases import SITE, Question, Store
from test_meaning import CASES


def sql(store, text):
    with closing(sqlite3.connect(f"file:{store.path}?mode=ro", uri=True)) as db:
        return [tuple(str(value) for value in row) for row in db.execute(text)]


def report(store, name, columns, *options):
    question = Question(f"report {name} {' '.join(options)}")
    question.columns = columns.split()
    return store.ask(question)


@pytest.fixture(params=CASES)
def store(request, build, tmp_path):
    return Store(build, tmp_path, CASES[request.param])


# In any order.
SAME = [
    ("overview", "hits pageviews errors bytes",
     "select count(*), coalesce(sum(pageview), 0), coalesce(sum(status >= 400), 0), coalesce(sum(bytes), 0) from hits where robot = 'none'"),
    ("overview", "visits visitors new_visitors",
     "select count(*), count(distinct visitor), coalesce(sum(new_visitor), 0) from visits where robot = 'none'"),
    ("overview", "unshown", "select count(*) from hits where robot = 'none' and kind = 'prefetch' and not pageview"),
    ("pages", "page pageviews unshown bytes site",
     "select page, sum(pageview), sum(not pageview), coalesce(sum(bytes) filter (where pageview), 0), site"
     " from hits where robot = 'none' and (pageview or kind = 'prefetch') group by page, site"),
    ("files", "page kind hits bytes errors time_us site",
     "select page, kind, count(*), sum(bytes), sum(status >= 400), sum(duration_us), site from hits where robot = 'none' group by page, kind, site"),
    ("kinds", "kind hits pageviews bytes",
     "select kind, count(*), sum(pageview), sum(bytes) from hits where robot = 'none' group by kind"),
    ("status", "status hits bytes", "select status, count(*), sum(bytes) from hits where robot = 'none' group by status"),
    ("errors", "page status hits site",
     "select page, status, count(*), site from hits where robot = 'none' and status >= 400 group by page, status, site"),
    ("downloads", "page hits site", "select page, count(*), site from hits where robot = 'none' and download group by page, site"),
    ("addresses", "ip hits pageviews", "select ip, count(*), sum(pageview) from hits where robot = 'none' group by ip"),
    ("recent", "time site ip method resource status bytes referer country browser platform robot",
     "select time, site, ip, method, resource, status, bytes, referer, country, browser, platform, robot from hits"),
    ("sources", "source channel visits pageviews",
     "select source, channel, count(*), sum(pageviews) from visits where robot = 'none' group by source, channel"),
    ("channels", "channel visits pageviews",
     "select channel, count(*), sum(pageviews) from visits where robot = 'none' group by channel"),
    ("campaigns", "campaign visits",
     "select campaign, count(*) from visits where robot = 'none' and campaign <> '' group by campaign"),
    ("entries", "page visits pageviews duration site",
     "select entry, count(*), sum(pageviews), coalesce(cast(round(sum(duration) * 1.0 / nullif(sum(not bounce), 0)) as integer), 0), site"
     " from visits where robot = 'none' group by entry, site"),
    ("exits", "page visits pageviews site",
     "select exit, count(*), sum(pageviews), site from visits where robot = 'none' group by exit, site"),
    ("visits", "time site source channel pageviews hits duration country browser platform robot",
     "select began, site, source, channel, pageviews, hits, duration, country, browser, platform, robot"
     " from visits where robot = 'none'"),
    ("sites", "site visits pageviews hits bytes errors",
     "select site, sum(visits), sum(pageviews), sum(hits), sum(bytes), sum(errors) from daily group by site"),
    ("overview", "unshown", "select coalesce(sum(unshown), 0) from daily"),
    ("visits", "visit marks", "select visit, coalesce(marks, '') from visits where robot = 'none'"),
]


def test_views_agree_with_reports(store):
    for name, columns, text in SAME:
        rows = report(store, name, columns)
        if name == "campaigns":  # the view has no medium, term and content
            sums = {}
            for campaign, visits in rows:
                sums[campaign] = sums.get(campaign, 0) + int(visits)
            rows = [(campaign, str(visits)) for campaign, visits in sums.items() if campaign]
        assert sorted(sql(store, text)) == sorted(rows), name


def test_the_rows_are_readable(build, tmp_path):
    store = Store(build, tmp_path, CASES["views"])
    hits = sql(store, "select time, ip, method, resource, page, kind, referer, domain, source, channel, searchterms,"
                      " country, browser, version, platform, robot from hits order by hit limit 2")
    assert hits == [
        ("2024-05-06T10:00:00Z", "192.0.2.1", "GET", "/a?utm_source=s&x=1", "/a?x=1", "page",
         "https://www.bing.com/search?q=red+shoes", "www.bing.com", "s", "campaign", "red shoes", "AT", "Firefox", "115", "Linux", "none"),
        ("2024-05-06T10:01:00Z", "192.0.2.1", "GET", "/b", "/b", "page",
         "http://www.example.org/a", "www.example.org", "", "internal", "", "AT", "Firefox", "115", "Linux", "none")]
    visits = sql(store, "select began, ended, site, entry, exit, pageviews, hits, duration, bounce, source, channel,"
                        " country, browser, length(visitor) from visits where robot = 'none' order by visit")
    assert visits == [
        ("2024-05-06T10:00:00Z", "2024-05-06T10:02:00Z", "www.example.org", "/a?x=1", "/b", "2", "3", "120", "0", "s", "campaign", "AT", "Firefox", "16"),
        ("2024-05-06T23:59:00Z", "2024-05-06T23:59:00Z", "www.example.org", "/a", "/a", "1", "2", "0", "1", "other.example", "website", "", "Chrome", "16")]
    daily = sql(store, "select day, hits, pageviews, visits, bounces, bytes, errors from daily where site = 'www.example.org' order by day")
    assert daily == [("2024-05-06", "4", "3", "2", "1", "9000", "0"), ("2024-05-07", "2", "0", "0", "0", "100", "2")]


def test_a_store_that_is_older_gets_the_views_and_keeps_its_rows(build, tmp_path):
    store = Store(build, tmp_path, CASES["views"])
    with closing(sqlite3.connect(store.path)) as db:
        db.executescript("drop view hits; drop view visits; drop view daily; drop view slim_stats; create view slim_stats as select 1; drop table server; alter table agent drop column operator; drop table operator; drop table purpose; drop table assistant; drop index hit_of_ai; drop index hit_leak; drop index hit_false; drop table note; drop index agent_of_names; alter table agent drop column hints; drop index resource_of_names; alter table resource drop column address_page; drop index hit_posted; drop table place; drop table network; drop table mark; drop table tls; drop table session; drop table stale_day; drop table past_visitor; drop table import_account; drop table page_title; alter table import drop column number; drop index visit_by_time; drop index visit_long; drop index hit_of_visit; alter table rollup drop column unshown; drop index referer_of_names; alter table referer drop column page;"
                         + "".join(f"alter table {table} drop column {column};" for table, columns in
                                   [("hit", "place network marks tls campaign shown evidence server"), ("visit", "place network marks assets opened closed counted acts")] for column in columns.split())
                         + "delete from rollup where dimension > 20; delete from robot where id = 8; pragma user_version = 3")
    store.run("import", "--state", tmp_path / "state", "--format", CASES["views"].format, tmp_path / f"{SITE}.0")
    assert sql(store, "select count(*) from hits") == [("7",)]
    assert sql(store, "select sum(visits) from daily") == [("2",)]
    assert sql(store, "select count(*), count(marks) from visits") == [("3", "0")]
