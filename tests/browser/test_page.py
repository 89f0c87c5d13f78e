"""What people do on the dashboard's page, in a real Chromium against a real httpd."""
import base64
import datetime
import json
import os
import re
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from slimhttpd import now, wait_for

DASHBOARD = Path(__file__).resolve().parents[2] / "mod_src/dashboard"
PICTURES = Path(__file__).resolve().parents[2] / "build" / "screenshots"
def twin(*values):
    """Of a case that runs each time: this one runs in the long check."""
    return pytest.param(*values, marks=pytest.mark.thorough)


AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def address(server, query=""):
    return f"http://127.0.0.1:{server.port}/stats/{query}"


def assert_content(page, server):
    """No complaint in the browser's log, no request to another origin. Returns what was asked for."""
    assert page.logs() == []
    asked = page.requests()
    foreign = [u for u in asked if not u.startswith((f"http://127.0.0.1:{server.port}/", "data:", "about:", "chrome:"))]
    assert foreign == []
    return asked


def answer(server, name, words=""):
    return json.loads(server.get(f"/stats/api/{name}?{words}")[2])


def number(text):
    return int(re.sub(r"[^0-9]", "", text))


# --- what it shows ---

def test_it_shows_what_the_reports_say(page, visited):
    page.open(address(visited, "?since=28d"))
    told = answer(visited, "overview", "since=28d")
    overview = dict(zip([c["name"] for c in told["columns"]], told["rows"][0]))
    assert number(page.figure("Visitors")) == overview["visitors"]
    assert number(page.figure("Visits")) == overview["visits"]
    assert number(page.figure("Page views")) == overview["pageviews"]
    assert page.figure("Bounce rate") == f"{overview['bounce_rate']:.1f} %"
    assert page.values("pages") == [row[0] for row in answer(visited, "pages", "since=28d")["rows"]]
    assert len(page.text(".figures .change")) == 6 and all(re.match(r"[+−]\d", c) for c in page.text(".figures .change"))
    for panel in ("pages", "sources", "places", "clients", "server"):
        assert page.values(panel), panel
    assert len(page.text(".week td[class^=level]")) == 168
    assert len(page.text(".visits > li")) == 7
    assert page.js("return document.querySelectorAll('.world .known').length") > 20
    assert page.text(".hint") == []
    opens = page.js("return [...document.querySelectorAll('[data-panel=pages] a.open')].map((n) => [n.href, n.rel])")
    assert opens == [[f"http://127.0.0.1:{visited.port}{name}", "noopener noreferrer"] for name in page.values("pages")]
    links = page.js("return [...document.querySelectorAll('[data-panel=pages] .links a')].map((n) => n.getAttribute('href'))")
    assert len(links) == 2 and all("limit=1000" in link for link in links), links
    course = answer(visited, "pages", "since=28d&course=on")["course"]
    said = page.js("return [...document.querySelectorAll('[data-panel=pages] .sparkline')].map((n) => n.getAttribute('aria-label'))")
    assert len(said) == len(course["rows"]) == 10 and len(course["rows"][0]) == 29
    for text, numbers in zip(said, course["rows"]):
        assert re.match(rf"by day: {numbers[0]} on \w+ \d+, most {max(numbers)} on \w+ \d+, {numbers[-1]} on \w+ \d+$", text), text
    asked = [url for url in assert_content(page, visited) if "/api/pages?" in url]
    assert sum("course=on" in url for url in asked) == 1 and len(asked) == 2, asked  # and one that compares
    for words in ([], ["--robots"], ["--tz", "Asia/Kolkata"], ["--since", "36h"], ["--since", "all", "--sort", "visitors"], ["--where", "country=DE"]):
        shown = visited.report("pages", "--course", *words)
        assert [row[2] for row in shown["rows"]] == [sum(numbers) for numbers in shown["course"]["rows"]], words


def test_tables_end_in_their_totals_with_rates(page, visited):
    page.open(address(visited, "?since=28d&tab=pages:entries"))
    totals = answer(visited, "entries", "since=28d")["totals"]
    assert totals["rows"] > 1 and totals["visits"] > 0
    name, visits, bounces, duration, share, change = page.text("[data-panel=pages] tfoot tr > *")
    assert name == "Total" and number(visits) == totals["visits"] and share == ""
    assert bounces == f"{totals['bounce_rate']:.1f} %"
    minutes, seconds = divmod(totals["duration"], 60)
    assert duration == (f"{minutes}:{seconds:02}" if minutes else f"{seconds} s")
    most, first = [number(cells[1]) for cells in table_of(page, "pages")], table_of(page, "pages")[0]
    assert first[-2] == f"{(most[0] * 2000 + totals['visits']) // (totals['visits'] * 2) / 10:.1f} %"
    told = answer(visited, "entries", "since=28d&compare=previous")
    visits = [c["name"] for c in told["columns"]].index("visits")
    assert change == change_text(told["totals"]["previous"]["visits"], totals["visits"])
    assert first[-1] == change_text(told["previous"]["rows"][0]["visits"], told["rows"][0][visits])
    page.click(".switch", "Compare")
    assert page.js("return getComputedStyle(document.querySelector('[data-panel=pages] td.change')).display") == "none"


def change_text(before, now):
    percent = (now - before) * 100 / before
    size = abs(percent)
    shown = ">999" if size >= 1000 else str(int(size * 10 + 0.5) / 10) if size < 10 else str(int(size + 0.5))
    return f"{'−' if percent < 0 else '+'}{shown} %"


def test_nothing_shifts_while_it_loads(page, visited):
    page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
        window.shifted = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((e) => { window.shifted += e.value; }))
          .observe({type: 'layout-shift', buffered: true});"""})
    page.open(address(visited, "?since=28d"))
    assert page.js("return window.shifted") < 0.05


@pytest.mark.thorough
def test_it_works_where_the_slash_is_taken_away(page, visited):
    """The same page, without the slash at the end of its address."""
    page.open(address(visited)[:-1] + "?since=28d")
    figures = page.text(".figures")
    assert page.values("pages") and page.js("return document.querySelectorAll('.world .known').length") > 20
    page.js("document.querySelector('.skip').click()")
    assert page.js("return document.activeElement.id") == "main"
    assert page.driver.current_url == address(visited)[:-1] + "?since=28d"
    assert page.driver.execute_script("return document.querySelector('.links a').href").startswith(address(visited, "api/"))
    assert_content(page, visited)
    page.open(address(visited, "?since=28d"))
    assert page.text(".figures") == figures


def test_tables_stand_behind_the_charts(page, visited):
    page.open(address(visited, "?since=28d"))
    rows = page.text(".behind tbody tr")
    assert len(rows) == 29
    assert page.js("return document.querySelector('.chart').getAttribute('aria-label')").startswith("Visitors by day, 29 values")
    page.click(".timeline .link", "Table")
    assert page.js("return document.querySelector('.behind').offsetHeight") > 100


def test_it_says_which_days_and_whose(page, visited):
    page.open(address(visited, "?since=28d"))
    days = answer(visited, "overview", "since=28d")
    first = time.strptime(days["from"][:10], "%Y-%m-%d")
    assert page.text(".legend .now") == [f"{time.strftime('%b', first)} {first.tm_mday} – today"]
    assert page.js("return document.title") == "localhost, 28 days – slimstats"
    page.click(".segments button", "Yesterday")
    assert "today" not in page.text(".legend .now")[0] and page.js("return document.title") == "localhost, Yesterday – slimstats"


def test_what_a_finger_or_a_key_reaches_is_large_and_seen(page, visited):
    page.open(address(visited, "?since=28d&where=country!%3DUS"))
    for width in (1440, 360):
        page.size(width)
        small = page.js("""return [...document.querySelectorAll('a, button, select, input:not([type=checkbox]), label.switch')].filter((n) =>
            n.offsetParent && !n.closest('.unseen, .skip')).map((n) => [n.getBoundingClientRect(), n.tagName, n.className, n.textContent]).filter(([r]) =>
            r.width < 23.9 || r.height < 23.9).map(([r, ...rest]) => [r.width, r.height, ...rest])""")
        assert not small, small
    page.size(1440, 500)
    page.js("document.querySelector('#foot a').focus()")
    for _ in range(25):  # backwards, so that what is reached next stands above
        focused(page).send_keys(Keys.SHIFT + Keys.TAB)
        top, head = page.js("""const r = document.activeElement.getBoundingClientRect(), h = document.querySelector('header');
            return [r.top, h.contains(document.activeElement) ? -1 : h.getBoundingClientRect().bottom]""")
        assert top >= head - 1


def test_an_address_that_cannot_be_asked_is_told_once(page, visited):
    for query, said in (("?since=soon", 'since "soon" cannot be used'), ("?where=contry%3DDE", "did you mean country?"),
                        ("?since=7d&tz=Mars/Base", 'tz "Mars/Base" cannot be used')):
        page.open(address(visited, query))
        [told] = page.text("#notice")
        assert said in told and "tries again" not in told
        assert not any(said in text for text in page.text(".panel")), page.text(".panel")
        assert page.js("return document.querySelector('#board').offsetParent === null")  # nothing can be in it
        page.requests()
        page.js("document.dispatchEvent(new Event('visibilitychange'))")  # as when it is looked at again
        page.settle()
        assert not any("/api/" in url and "/api/status" not in url for url in page.requests())
        page.click("#notice button", "Show the last 7 days")
        assert page.query == "" and page.text("#notice") == [""] and page.figure("Visits") != "–"


def test_nothing_is_compared_with_a_time_before_the_first_visit(page, visited):
    page.open(address(visited, "?since=40d"))
    before = answer(visited, "overview", "since=40d&compare=previous")["previous"]["rows"][0]
    assert before["visits"] == 0
    assert [text.strip() for text in page.text(".figures .change")] == [""] * 6


# --- filters, and the address ---

def test_a_click_filters_a_second_one_leaves_out(page, visited):
    page.open(address(visited, "?since=28d"))
    page.click("[data-panel=clients] .value", "Firefox")
    assert "where=browser=Firefox" in page.query
    assert number(page.figure("Visits")) == answer(visited, "overview", "since=28d&where=browser=Firefox")["rows"][0][0]
    assert page.values("clients") == ["Firefox"]
    page.click("[data-panel=clients] .value", "Firefox")
    assert "where=browser!=Firefox" in page.query
    assert "Firefox" not in page.values("clients")
    assert number(page.figure("Visits")) == answer(visited, "overview", "since=28d&where=browser!=Firefox")["rows"][0][0]
    page.click("[data-panel=places] .value", "Germany")
    assert len(page.text(".chip")) == 2
    page.click(".chip .remove")
    assert page.text(".chip bdi") == ["Germany"]
    page.back()
    assert len(page.text(".chip")) == 2
    page.refresh()
    assert len(page.text(".chip")) == 2 and "Firefox" not in page.values("clients")
    for _ in range(3):
        page.back()
    assert page.text(".chip") == [] and "Firefox" in page.values("clients")


@pytest.mark.parametrize("panel, tab, value", [
    ("pages", "Pages", "/notes/"), ("sources", "Sources", "Google"), ("places", "Countries", "Austria"), ("server", "Status", "404"),
    *(twin(*one) for one in (
        ("pages", "Entries", "/"), ("pages", "Exits", "/"), ("pages", "Not found", "/wp-login.php"), ("pages", "Downloads", "/files/bread.pdf"),
        ("sources", "Channels", "search"), ("sources", "Referers", "https://blog.example.org/links/"), ("sources", "Search terms", "rye bread recipe"),
        ("sources", "Campaigns", "autumn"), ("clients", "Systems", "Windows"), ("server", "Kinds", "asset"), ("server", "Sites", "localhost"),
        ("server", "Files", "/notes/")))])
def test_each_value_filters_all(page, visited, panel, tab, value):
    page.open(address(visited, f"?since=28d&tab={panel}:{tab.lower().replace(' ', '')}"))
    assert page.text(f"[data-panel={panel}] [aria-selected=true]") == [tab]
    page.click(f"[data-panel={panel}] th .parts > .value", value)
    assert page.text(".chip bdi") == [value]
    assert page.values(panel)[0] == value
    assert page.js("return document.querySelector('#notice').textContent") == ""
    assert page.logs() == []


def test_several_values_are_one_filter(page, visited):
    page.open(address(visited, "?since=28d&where=country%3DDE"))
    page.click(".chip .value")
    page.driver.switch_to.active_element.send_keys("FR", Keys.ESCAPE)
    assert page.text(".chip bdi") == ["Germany"] and "where=country=DE" in page.query
    page.click(".chip .value")
    page.driver.switch_to.active_element.send_keys("DE, austria", Keys.ENTER)
    page.settle()
    assert "where=country=DE,AT" in page.query
    assert page.text(".chip bdi") == ["Germany, Austria"] and sorted(page.values("places")) == ["Austria", "Germany"]
    each = [answer(visited, "overview", f"since=28d&where=country={code}")["rows"][0][0] for code in ("DE", "AT")]
    assert number(page.figure("Visits")) == sum(each) and all(each)
    page.click(".chip .operator")
    assert "where=country!=DE,AT" in page.query and not {"Austria", "Germany"} & set(page.values("places"))


# --- ranges ---

def test_ranges(page, visited):
    page.open(address(visited, "?since=28d"))
    for name, since, by in (("Today", "today", "hour"), ("Yesterday", "yesterday", "hour"), ("7 days", "7d", "day"), ("90 days", "90d", "day"),
                            ("Week", "week", "day"), ("Month", "month", "day"), ("Year", "year", "week"), ("All", "all", "day")):
        page.click(".segments button", name)
        assert_range(page, visited, name, since, by)


def assert_range(page, visited, name, since, by):
    until = "&until=yesterday" if name == "Yesterday" else ""
    until += "&week=sunday"  # as in the United States, whose browser it is
    assert number(page.figure("Visits")) == answer(visited, "overview", f"since={since}{until}")["rows"][0][0]
    assert page.text(".timeline .segments [aria-pressed=true]") == [by]
    assert page.text("header [aria-pressed=true]") == [name]
    timeline = answer(visited, "timeline", f"since={since}{until}&by={by}")
    chosen = sum(number(t) for t in page.text(".behind tbody td:nth-of-type(1)"))
    at = [c["name"] for c in timeline["columns"]].index("visitors")
    assert chosen == sum(row[at] for row in timeline["rows"])


def test_dates_from_and_to(page, visited):
    page.open(address(visited))
    page.click(".segments button", "From – to")
    page.js("const [a, b] = document.querySelectorAll('input[type=date]'); a.value = arguments[0]; b.value = arguments[1]",
            *(answer(visited, "overview", f"since={d}")["from"][:10] for d in ("9d", "5d")))
    page.click(".between button", "Show")
    assert re.match(r"\?since=\d{4}-\d\d-\d\d&until=\d{4}-\d\d-\d\d$", page.query)
    assert len(page.text(".behind tbody tr")) == 5
    page.js("for (const one of document.querySelectorAll('input[type=date]')) one.value = '2001-02-03'")
    page.click(".between button", "Show")
    days = [row[0] for row in answer(visited, "timeline", "since=all&by=day&robots=on")["rows"]]
    told = page.text("#notice")[0]
    assert re.match(r"Nothing in this period; [\d,]+ hits from ", told), told
    for day in (days[0], days[-1]):
        assert f"{datetime.date.fromisoformat(day):%b} {int(day[8:])}, {day[:4]}" in told
    page.click("#notice button")
    assert page.query == "?since=all" and page.text("#notice") == [""]


def test_a_span_of_the_chart_becomes_the_period(page, visited):
    page.open(address(visited, "?since=28d&until=yesterday"))
    days = [row[0] for row in answer(visited, "timeline", "since=28d&until=yesterday&by=day")["rows"]]
    box, left, right = page.js("const box = document.querySelector('.chart').getBoundingClientRect(); return box"), 54, 12

    def place(i, count):
        """Beside the middle of the chart, from where the driver counts."""
        return round(left + i * (box["width"] - left - right) / (count - 1) - box["width"] / 2)

    def drag(*places):
        mouse = ActionChains(page.driver, duration=0)
        chart = page.driver.find_element("css selector", ".chart")
        mouse.move_to_element_with_offset(chart, places[0], 0).click_and_hold()
        for at in places[1:]:
            mouse.move_to_element_with_offset(chart, at, 0)
        mouse.release().perform()
        page.settle()
    drag(place(9, 28), place(12, 28), place(6, 28))
    assert page.query == f"?since={days[6]}&until={days[9]}"
    assert len(page.text(".behind tbody tr")) == 4
    drag(place(2, 4), place(2, 4))
    assert page.query == f"?since={days[8]}&until={days[8]}"
    assert page.text(".timeline .segments [aria-pressed=true]") == ["hour"]
    page.js("document.querySelector('.chart').focus()")
    chart = page.driver.switch_to.active_element
    chart.send_keys(*[Keys.ARROW_RIGHT] * 4, Keys.ENTER)
    assert page.query == f"?since={days[8]}&until={days[8]}"  # one hour alone has no course
    chart.send_keys(*[Keys.SHIFT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.SHIFT])
    assert "03:00 – " in page.text(".tip span")[0] and page.js("return !!document.querySelector('.chart .span')")
    chart.send_keys(Keys.ENTER)
    page.settle()
    assert page.query == f"?since={days[8]}T03:00&until={days[8]}T06:00"
    assert len(page.text(".behind tbody tr")) == 3 and "03:00 – " in page.text(".legend .now")[0]
    page.back()
    page.js("document.querySelector('.chart').focus()")
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT, Keys.SHIFT + Keys.ARROW_RIGHT, Keys.NULL, Keys.ESCAPE, Keys.ENTER)
    assert page.js("return document.querySelector('.tip').hidden") and page.query == f"?since={days[8]}&until={days[8]}"


def test_compare_and_robots(page, visited):
    page.open(address(visited))
    people = number(page.figure("Page views"))
    assert page.js("return !!document.querySelector('.line.before')")
    page.click(".switch", "Compare")
    assert "compare=off" in page.query and not page.js("return !!document.querySelector('.line.before')")
    page.click(".switch", "Robots")
    assert number(page.figure("Page views")) > people


WORDS = r"(?:\b_|withinWords)\(\s*\"((?:[^\"\\]|\\.)*)\""


def test_each_word_of_the_page_is_in_the_german_table_and_no_other():
    modules = [path for path in DASHBOARD.glob("*.js") if path.name not in ("german.js", "words.js", "world.js")]
    used = {word for path in modules for word in re.findall(WORDS, path.read_text())}
    table = dict(re.findall(r'^  "((?:[^"\\]|\\.)*)":\s+"((?:[^"\\]|\\.)*)",$', (DASHBOARD / "german.js").read_text(), re.M))
    assert len(used) > 200 and used == set(table)
    for english, german in table.items():
        assert sorted(re.findall(r"\{\d\}", english)) == sorted(re.findall(r"\{\d\}", german)), english


DAY_CHOICE = "const s = document.querySelectorAll('header select.zone')[1];"


def test_it_speaks_the_readers_language_and_keeps_his_zone(page, visited):
    page.open(address(visited, "?since=28d&lang=de&tz=Europe/Berlin&where=country!%3DUS"))
    told = answer(visited, "overview", "since=28d&tz=Europe/Berlin&where=country!%3DUS")
    overview = dict(zip([c["name"] for c in told["columns"]], told["rows"][0]))
    assert page.js("return document.documentElement.lang") == "de" and page.text(".figure .name")[:4] == ["Besucher", "Besuche", "Seitenaufrufe", "Absprungrate"]
    assert page.figure("Absprungrate") == f"{overview['bounce_rate']:.1f} %".replace(".", ",")
    assert page.text(".chip .dimension") == ["Land"] and page.text(".chip .operator") == ["ist nicht"]
    assert page.text(".week tbody th") == ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]
    assert page.js(f"{DAY_CHOICE} return [s.value, s.length, s.selectedOptions[0].textContent]") == ["monday", 4, "Woche ab Mo"]
    page.js(f"{DAY_CHOICE} s.value = 'sunday'; s.dispatchEvent(new Event('change'))")
    page.settle()
    page.click(".timeline .segments button", "Woche")
    assert "week=sunday" in page.query and page.text(".week tbody th") == ["So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"]
    weeks = answer(visited, "timeline", "since=28d&tz=Europe/Berlin&where=country!%3DUS&by=week&week=sunday")
    assert [number(t) for t in page.text(".behind tbody td:nth-of-type(1)")] == [row[1] for row in weeks["rows"]]
    assert all(f"Woche ab So" in t for t in page.text(".behind tbody th")[1:])
    zones = "const s = document.querySelector('header select.zone');"
    assert page.js(f"{zones} return [s.value, s.length]") == ["Europe/Berlin", 2]
    page.js(f"{zones} s.focus(); s.value = 'Asia/Tokyo'; s.dispatchEvent(new Event('change'))")
    page.settle()
    assert "tz=Asia/Tokyo" in page.query and "lang=de" in page.query
    assert page.js(f"{zones} return s.value") == "Asia/Tokyo"
    assert number(page.figure("Besuche")) == answer(visited, "overview", "since=28d&tz=Asia/Tokyo&where=country!%3DUS")["rows"][0][0]
    script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {
        "source": "Object.defineProperty(navigator, 'languages', {value: ['en_US@posix', 'de-AT', 'en-GB']})"})
    page.open(address(visited, "?since=28d&tz=Asia/Tokyo"))
    page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    assert page.text(".figure .name")[0] == "Besucher" and page.logs() == []
    page.click("footer a", "English")
    assert page.figure("Visits") and "lang=en" in page.query and "tz=Asia/Tokyo" in page.query
    assert_content(page, visited)


@pytest.mark.thorough
def test_another_figure_is_drawn(page, visited):
    page.open(address(visited))
    page.click(".figure:nth-child(3)")
    assert page.text(".timeline h2") == ["Page views"] and "figure=pageviews" in page.query
    page.click(".timeline .segments button", "hour")
    assert len(page.text(".behind tbody tr")) > 24 * 7


# --- panels ---

def test_paging_sorting_searching_and_the_same_as_csv(page, visited):
    page.open(address(visited, "?since=28d"))
    first = page.values("pages")
    assert len(first) == 10
    page.click("[data-panel=pages] .foot button", "more")
    rows = page.values("pages")
    assert len(rows) == len(answer(visited, "pages", "since=28d&limit=100")["rows"]) > 10 and rows[:10] == first
    page.click("[data-panel=pages] thead button", "Visitors")
    assert page.js("return document.querySelector('[data-panel=pages] [aria-sort]').textContent") == "Visitors"
    link = page.js("return document.querySelector('[data-panel=pages] .links a').getAttribute('href')")
    exported = visited.get("/stats/" + link)[2].decode().splitlines()
    assert [line.split(",")[0] for line in exported[1:]] == page.values("pages")
    page.js("const i = document.querySelector('[data-panel=pages] input'); i.value = 'notes'; i.dispatchEvent(new Event('change'))")
    page.settle()
    assert page.values("pages") and all("notes" in value for value in page.values("pages"))


def test_a_tab_is_in_the_address(page, visited):
    page.open(address(visited))
    page.click("[data-panel=clients] [role=tab]", "Robots")
    assert "tab=clients:classes" in page.query and "search" in page.values("clients")
    page.refresh()
    assert "search" in page.values("clients")


# --- rows below rows ---

def folds(page):
    return dict(page.js("return [...document.querySelectorAll('[data-panel=clients] .fold')].map((b) => [b.getAttribute('aria-label'), b.ariaExpanded])"))


@pytest.mark.parametrize("tab, value, report, where, what", [
    ("Browsers", "Firefox", "browsers", "browser=Firefox", "versions"), ("Systems", "iOS", "platforms", "platform=iOS", "versions"),
    ("Robots", "search", "robots", "robot=search", "robots")])
def test_a_row_unfolds_what_stands_below_it(page, visited, tab, value, report, where, what):
    page.open(address(visited, f"?since=28d&tab=clients:{report}"))  # the address of what stands below
    assert page.text("[data-panel=clients] [aria-selected=true]") == [tab]
    closed = table_of(page, "clients")
    label = f"{what} of {value}"
    page.js("[...document.querySelectorAll('.fold')].find((b) => b.ariaLabel === arguments[0]).focus()", label)
    focused(page).send_keys(Keys.ENTER)
    page.settle()
    assert [name for name, open in folds(page).items() if open == "true"] == [label]
    told = answer(visited, report, f"since=28d&where={where}")
    columns = [c["name"] for c in told["columns"]]
    main, name = (columns.index("hits"), 0) if tab == "Robots" else (columns.index("visits"), 1)
    below = page.js("return [...document.querySelectorAll('.below')].map((r) => [...r.children].map((c) => c.innerText.trim()))")
    assert [(row[0], number(row[1])) for row in below] == [(row[name], row[main]) for row in told["rows"]] and below
    at = next(i for i, row in enumerate(closed) if row[0] == value)
    assert sum(number(row[1]) for row in below) == number(closed[at][1])
    assert [row for row in table_of(page, "clients") if row not in closed] == [[row[0], *row[1:]] for row in below]
    focused(page).send_keys(Keys.SPACE)
    page.settle()
    assert table_of(page, "clients") == closed and set(folds(page).values()) == {"false"}


def test_steps_lead_from_a_page_to_the_next_one(page, visited):
    start = answer(visited, "pages", "since=28d")["rows"][0][0]
    page.open(address(visited, f"?since=28d&where=page%3D{start}"))
    page.click("[data-panel=pages] [role=tab]", "Next")
    told = answer(visited, "next", f"since=28d&where=page%3D{start}")
    names = {"(exit)": "visit ended"}
    assert "tab=pages:next" in page.query and page.values("pages") == [names.get(row[1], row[1]) for row in told["rows"]]
    assert [number(text) for text in page.text("[data-panel=pages] tbody td:nth-of-type(1)")] == [row[2] for row in told["rows"]]
    following = next(row[1] for row in told["rows"] if row[1].startswith("/"))
    page.click("[data-panel=pages] tbody button.value", following)
    assert f"where=page={following}&" in page.query and page.query.count("where=") == 1
    page.click("[data-panel=pages] [role=tab]", "Previous")
    back = {row[1]: row[2] for row in answer(visited, "previous", f"since=28d&where=page%3D{following}")["rows"]}
    assert back[start] == next(row[2] for row in told["rows"] if row[1] == following)
    page.click("[data-panel=pages] [role=tab]", "Pages")
    page.click(".chip .remove")
    assert "Next" not in page.text("[data-panel=pages] [role=tab]")


def test_a_source_without_a_name_is_filtered_by_its_channel(page, visited):
    page.open(address(visited, "?since=28d"))
    page.click("[data-panel=sources] .value", "direct")
    assert "where=channel=direct" in page.query
    assert page.values("sources") == ["direct"]


@pytest.mark.thorough
def test_a_version_filters_together_with_its_browser(page, visited):
    page.open(address(visited, "?since=28d"))
    page.js("document.querySelector('[aria-label=\"versions of Chrome\"]').click()")
    page.settle()
    page.click("[data-panel=clients] .below .value", "142")
    assert "where=browser=Chrome&where=version=142" in page.query
    page.click("[data-panel=clients] .below .value", "142")
    assert "where=browser=Chrome&where=version!=142" in page.query


def test_a_search_finds_by_any_name_of_a_row(page, visited):
    page.open(address(visited, "?since=28d"))
    search(page, "sources", "direct")
    assert page.values("sources") == ["direct"]
    search(page, "clients", "145")
    assert [row[0] for row in table_of(page, "clients")] == ["Firefox145"]
    csv = page.js("return document.querySelector('[data-panel=clients] .links a').getAttribute('href')")
    assert visited.get("/stats/" + csv)[2].decode().splitlines()[1].startswith("Firefox,145,")
    page.click("[data-panel=clients] [role=tab]", "Robots")
    search(page, "clients", "google")
    assert [row[0] for row in table_of(page, "clients")] == ["Googlebotsearch"]


@pytest.mark.thorough
def test_places_are_found_by_the_name_of_their_country(page, visited):
    page.open(address(visited, "?since=28d"))
    for tab, found in (("Regions", ["Tyrol"]), ("Cities", ["Imst"])):
        page.click("[data-panel=places] [role=tab]", tab)
        search(page, "places", "austria")
        assert page.values("places") == found
        search(page, "places", "gibraltar")
        assert page.values("places") == [], page.text("[data-panel=places]")
        search(page, "places", "")
    page.click("[data-panel=clients] [role=tab]", "Addresses")
    search(page, "clients", "gibraltar")
    assert page.values("clients") == ["203.0.113.7"]


# --- what only some servers know ---

@pytest.mark.thorough
def test_regions_cities_and_networks_are_there_when_there_are_any(page, visited):
    page.open(address(visited, "?since=28d"))
    assert page.text("[data-panel=places] [role=tab]") == ["Countries", "Regions", "Cities", "Networks", "Languages"]
    for tab, value, dimension in (("Regions", "Tyrol", "region"), ("Cities", "Imst", "city"), ("Networks", "Example Net", "network")):
        page.click("[data-panel=places] [role=tab]", tab)
        page.click("[data-panel=places] .value", value)
        assert page.text(".chip") == [f"{dimension}is{value}"] and page.values("places") == [value]
        page.click(".chip .remove")
    assert "Example NetAS64496" in page.text("[data-panel=places] tbody th")


@pytest.mark.thorough
def test_marks_are_told_and_explained(page, visited):
    page.open(address(visited, "?since=28d&tab=clients:marks"))
    assert page.text("[data-panel=clients] tbody th") == ["probeprobed for a well-known vulnerability"]
    page.click("[data-panel=clients] .value", "probe")
    assert set(page.text(".mark")) == {"probe"}
    assert page.js("return document.querySelector('.mark').title") == "mark: probed for a well-known vulnerability"
    page.click(".mark")
    assert "where=mark!=probe" in page.query and page.text(".mark") == []


def test_keys_alone_reach_everything(page, visited):
    page.open(address(visited))
    page.js("""window.reached = []; document.addEventListener('focusin', (event) => window.reached.push(
        event.target.textContent.trim() || event.target.getAttribute('aria-label') || event.target.type))""")
    focused(page).send_keys(Keys.TAB * 60)
    seen = page.js("return window.reached")
    for name in ("Skip to the figures", "7 days", "Table", "/"):
        assert name in seen, (name, seen)
    assert any(s.startswith("Visitors") for s in seen) and any("light" in s or "system" in s for s in seen)
    page.js("document.querySelector('.chart').focus()")
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert page.js("return document.querySelector('.tip').hidden") is False
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.settle()
    assert re.search(r"since=\d{4}-", page.query)
    page.js("document.querySelector('[data-panel=pages] [aria-selected=true]').focus()")
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    page.settle()
    assert page.text("[data-panel=pages] [aria-selected=true]") == ["Entries"]


# --- how it looks ---

@pytest.mark.parametrize("width", [360, twin(768), 1440, twin(2560)])
def test_it_fits_and_can_be_read(page, visited, width):
    page.size(width)
    page.open(address(visited, "?since=28d&where=country!%3DUS"))
    page.js("document.querySelector('button.fold').click()")
    page.settle()
    for scheme in ("light", "dark"):
        page.scheme(scheme)
        assert page.js("return document.documentElement.scrollWidth") <= width
        assert page.js("return matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
        contrasts = page.js(CONTRAST)
        assert len(contrasts) > 100
        poor = [c for c in contrasts if c[0] < 4.5]
        assert poor == []
        page.picture(PICTURES / f"{scheme}-{width}.png")


# Contrast of each text with the nearest background (WCAG 2, 1.4.3); colours are asked of a canvas.
CONTRAST = """
const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data]; };
const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const out = [];
for (const node of document.querySelectorAll('main *, header *, footer *')) {
  const text = [...node.childNodes].filter((n) => n.nodeType === 3 && n.data.trim()).map((n) => n.data).join('');
  if (!text || node.closest('.unseen, svg, option') || !node.offsetParent) continue;
  let under = node;
  while (under && rgba(getComputedStyle(under).backgroundColor)[3] < 255) under = under.parentElement;
  const back = light(rgba(getComputedStyle(under || document.body).backgroundColor)), fore = light(rgba(getComputedStyle(node).color));
  out.push([(Math.max(back, fore) + 0.05) / (Math.min(back, fore) + 0.05), text.slice(0, 40), node.className]);
}
return out;
"""


@pytest.mark.thorough
def test_the_switch_of_colours_is_kept(page, visited):
    page.open(address(visited))
    ground = lambda: page.js("return getComputedStyle(document.body).backgroundColor")
    light = ground()
    page.click("header .square")
    page.click("header .square")
    dark = ground()
    assert dark != light
    page.refresh()
    assert ground() == dark
    page.click("header .square")
    assert ground() == light


# --- the state of panels is in the address ---

def table_of(page, panel):
    return page.js("return [...document.querySelectorAll(`[data-panel=${arguments[0]}] tbody tr`)].map((r) => [...r.children].map((c) => c.textContent))", panel)


@pytest.mark.thorough
def test_sort_rows_and_search_are_in_the_address(page, visited):
    page.open(address(visited, "?since=28d"))
    first = table_of(page, "pages")
    page.click("[data-panel=pages] thead button", "Visitors")
    assert "sort=pages:-visitors" in page.query
    by_visitors = table_of(page, "pages")
    page.click("[data-panel=pages] thead button", "Visitors")
    assert "sort=pages:+visitors" in page.query
    page.click("[data-panel=pages] .foot button", "more")
    assert "rows=pages:30" in page.query
    every = table_of(page, "pages")
    counts = [number(row[2]) for row in every]
    assert len(every) == 15 and counts == sorted(counts)
    search(page, "pages", "NOTES")
    assert "search=pages:NOTES" in page.query
    found = table_of(page, "pages")
    assert found and all("notes" in row[0] for row in found)
    links = page.js("return [...document.querySelectorAll('[data-panel=pages] .links a')].map((a) => a.getAttribute('href'))")
    assert all("search=NOTES" in link and "sort=%2Bvisitors" in link for link in links)
    page.refresh()
    assert table_of(page, "pages") == found and page.js("return document.querySelector('[data-panel=pages] input').value") == "NOTES"
    for shown in (every, None, by_visitors, first):
        page.back()
        assert shown is None or table_of(page, "pages") == shown
    assert page.query == "?since=28d"


def type_into(page, panel, text):
    page.js("const i = document.querySelector(`[data-panel=${arguments[0]}] input`); i.value = arguments[1]; i.dispatchEvent(new Event('change'))", panel, text)


def search(page, panel, text):
    type_into(page, panel, text)
    page.settle()


@pytest.mark.thorough
def test_another_tab_begins_anew(page, visited):
    page.open(address(visited, "?since=28d&sort=pages:-visitors&search=pages:notes&rows=pages:30"))
    page.click("[data-panel=pages] [role=tab]", "Entries")
    assert page.query == "?since=28d&tab=pages:entries"


@pytest.mark.thorough
def test_places_are_searched_by_their_names(page, visited):
    page.open(address(visited, "?since=28d"))
    search(page, "places", "land")
    assert {"Netherlands", "Switzerland", "Finland", "Poland", "New Zealand"} >= set(page.values("places")) >= {"Netherlands", "Switzerland"}
    csv = page.js("return document.querySelector('[data-panel=places] .links a').getAttribute('href')")
    codes = [line.split(",")[0] for line in visited.get("/stats/" + csv)[2].decode().splitlines()[1:]]
    assert len(codes) == len(page.values("places")) and "NL" in codes and "DE" not in codes
    found = page.values("places")
    page.refresh()
    assert page.values("places") == found
    search(page, "places", "no such land")
    assert page.text("[data-panel=places] .empty") == ["nothing with this in its name"]


def test_latest_visits_are_searched_by_page(page, visited):
    """A visit fits by all that it took; of maps there is a page and nothing else, and its name stands among the steps."""
    page.open(address(visited, "?since=28d"))
    shown = "return [...document.querySelectorAll('.visits > li .steps')].map((n) => n.textContent)"
    assert not all("maps" in path for path in page.js(shown))
    search(page, "latest", "maps")
    paths = page.js(shown)
    assert paths and all("maps" in path for path in paths)


# --- figures, the map ---

@pytest.mark.thorough
def test_every_figure_can_be_drawn(page, visited):
    page.open(address(visited, "?since=28d"))
    for name, column in (("Visit duration", "duration"), ("Pages per visit", "pages_per_visit"), ("Bounce rate", "bounce_rate"), ("Bytes sent", "bytes")):
        assert_drawn(page, visited, name, column)


def assert_drawn(page, visited, name, column):
    page.js("const s = document.querySelector('select.title'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))", column)
    page.settle()
    assert f"figure={column}" in page.query and page.text(".timeline h2") == [name]
    told = answer(visited, "timeline", "since=28d&by=day")
    at = [c["name"] for c in told["columns"]].index(column)
    cells = page.text(".behind tbody td:nth-of-type(1)")
    assert len(cells) == len(told["rows"])
    if column == "pages_per_visit":
        visits = [c["name"] for c in told["columns"]].index("visits")
        assert cells == [f"{row[at]:.2f}" if row[visits] else "–" for row in told["rows"]]
    assert page.js("return document.querySelector('.line').getAttribute('d').length") > 20


def test_filtered_figures_are_those_of_the_overview(page, visited):
    page.open(address(visited, "?since=28d&where=source%3DGoogle&where=browser!%3DFirefox"))
    told = answer(visited, "overview", "since=28d&where=source%3DGoogle&where=browser!%3DFirefox")
    overview = dict(zip([c["name"] for c in told["columns"]], told["rows"][0]))
    for name, column in (("Visitors", "visitors"), ("Visits", "visits"), ("Page views", "pageviews"), ("Errors", "errors")):
        assert number(page.figure(name)) == overview[column]
    assert page.figure("Bounce rate") == f"{overview['bounce_rate']:.1f} %"
    minutes, seconds = divmod(overview["duration"], 60)
    assert page.figure("Visit duration") == f"{minutes}:{seconds:02d}"
    before = answer(visited, "overview", "since=28d&where=source%3DGoogle&where=browser!%3DFirefox&compare=previous")["previous"]["rows"][0]
    titles = page.js("return [...document.querySelectorAll('.change')].map((n) => n.title)")
    assert titles[1:3] == [f"before: {before['visits']:,}", f"before: {before['pageviews']:,}"] and before["visits"] > 0


@pytest.mark.thorough
def test_small_territories_are_on_the_map(page, visited):
    page.open(address(visited, "?since=28d"))
    small = page.js("return [...document.querySelectorAll('.world circle.known')].map((n) => n.getAttribute('aria-label'))")
    assert "Gibraltar: 1 visit" in small
    page.js("document.querySelector(\".world [aria-label^='Gibraltar']\").dispatchEvent(new Event('click'))")
    page.settle()
    assert page.text(".chip bdi") == ["Gibraltar"] and page.figure("Visits") == "1"


# --- by keys alone ---

def focused(page):
    return page.driver.switch_to.active_element


def test_keys_filter_by_rows_chips_and_map(page, visited):
    page.open(address(visited, "?since=28d"))
    page.js("document.querySelector('[data-panel=clients] tbody .value').focus()")
    focused(page).send_keys(Keys.ENTER)
    page.settle()
    assert page.text(".chip bdi") == ["Chrome"]
    page.js("document.querySelector('.chip .operator').focus()")
    focused(page).send_keys(Keys.SPACE)
    page.settle()
    assert "where=browser!=Chrome" in page.query
    page.js("document.querySelector('.chip .remove').focus()")
    focused(page).send_keys(Keys.ENTER)
    page.settle()
    assert page.text(".chip") == []
    tabbable = page.js("return [...document.querySelectorAll('.world [tabindex=\"0\"]')].map((n) => n.getAttribute('aria-label'))")
    assert len(tabbable) == 1 and tabbable[0].startswith("Germany: ")
    page.js("document.querySelector('.world [tabindex=\"0\"]').focus()")
    focused(page).send_keys(Keys.ARROW_RIGHT)
    second = page.js("return document.activeElement.getAttribute('aria-label')")
    assert second.startswith("United States: ")
    focused(page).send_keys(Keys.ENTER)
    page.settle()
    assert page.text(".chip bdi") == ["United States"]


# --- preferences, paper ---

def test_motion_is_reduced_when_asked(page, visited):
    media = lambda value: page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": value}]})
    page.open(address(visited))
    animation = "const d = document.querySelector('.live'); d.classList.add('on'); return getComputedStyle(d.querySelector('.dot')).animationName"
    media("no-preference")
    assert page.js(animation) == "breathe"
    media("reduce")
    assert page.js(animation) == "none"
    assert page.js("const b = document.querySelector('.body'); b.setAttribute('aria-busy', 'true'); return getComputedStyle(b).transitionDuration") == "0s"


def test_it_can_be_printed(page, visited):
    page.scheme("dark")
    page.open(address(visited, "?since=28d"))
    made = page.driver.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})
    assert len(base64.b64decode(made["data"])) > 20000
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    page.size(794, 1123)
    try:
        seen = page.js("return [...document.querySelectorAll('.links, .foot input, .switch, footer, header .square')].filter((n) => n.offsetParent).length")
        assert seen == 0
        assert page.js("return document.documentElement.scrollWidth") <= 794
        assert page.js("""return [...document.querySelectorAll('[data-panel=pages] tbody th')].filter((n) => n.querySelector('.sparkline').getBoundingClientRect().width > 50
            && n.querySelector('.value').scrollWidth <= n.querySelector('.value').clientWidth + 1).length""") == 10
        assert page.js("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        page.picture(PICTURES / "print.png")
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


# --- while time goes on ---

ASKED = "return performance.getEntriesByType('resource').map((p) => new URL(p.name)).filter((u) => u.pathname.includes('/api/')).map((u) => u.pathname.split('/api/')[1])"

def test_a_new_visit_shows_up_by_itself(page, make_server):
    server = make_server()
    server.start()
    server.get("/", {"User-Agent": AGENT})
    server.wait_stored(1)
    script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
        const real = window.setInterval, now = performance.now.bind(performance); // clocks that are twenty times as fast
        window.setInterval = (act, ms) => real(act, ms / 20);
        performance.now = () => now() * 20;
        performance.setResourceTimingBufferSize(100000); // else it forgets what comes after the first 250"""})
    page.open(address(server))
    page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    page.js("""window.shifted = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((e) => { window.shifted += e.value; })).observe({type: 'layout-shift'});""")
    page.js("window.kept = document.querySelector('.figure'); window.row = document.querySelector('[data-panel=pages] tbody tr')")
    panels = f"{ASKED}.filter((path) => path === 'pages').length"
    page.wait(lambda: page.js(panels) >= 3, "two rounds of the panels", 25)
    assert page.js("return window.kept.isConnected && window.row.isConnected")  # what is the same stays
    server.get("/", {"User-Agent": AGENT + " another"})
    server.wait_stored(2)
    page.wait(lambda: page.figure("Visits") == "2" and len(page.text(".visits > li")) == 2, "the second visit", 25)
    page.wait(lambda: page.text(".live")[0] == "2 now", "both of them are there")
    assert page.text(".timeline .segments [aria-pressed=true]") == ["hour"]  # one day would be a point
    assert page.text("[data-panel=places] [role=tab]") == ["Countries", "Languages"]  # no file of cities, none of networks
    assert page.text("[data-panel=places] .hint code") == ["tor-geoipdb", "slimstats country build"]  # nor one of countries
    assert page.js("return window.kept.isConnected")
    assert page.js("return window.shifted") < 0.01


@pytest.mark.parametrize("takes_ms, rounds", [twin(0, 1), (1000, 2), (10000, 6), twin(100000, 6)])
def test_what_takes_long_is_asked_less_often(page, visited, takes_ms, rounds):
    """It is asked in every so-many-th round, by a clock that goes on by ten seconds a round and by what answers take."""
    script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": f"""
        const real = window.fetch;
        let now = 1000;
        window.asked = 0;
        performance.now = () => now;
        window.setInterval = (act, ms) => {{ window.round = () => {{ now += ms; act(); }}; }};
        window.fetch = async (url, options) => {{
          const answer = await real(url, options);
          if (url.startsWith('api/timeline')) {{
            window.asked++;
            now += {takes_ms};
          }}
          return answer;
        }};"""})
    try:
        page.open(address(visited, "?since=today&compare=off&where=language!=de"))
        asked = []
        for _ in range(14):
            before = page.js("return window.asked")
            page.js("window.round()")
            page.settle()
            asked.append(page.js("return window.asked") - before)
        assert asked == [n % rounds == 0 for n in range(14)]
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


# The next answer of a report is kept back until it is let go.
HOLD = """
const [report] = arguments, real = window.fetch;
window.fetch = async (url, options) => {
  const answer = await real(url, options);
  if (url.startsWith(`api/${report}?`)) {
    window.fetch = real;
    await new Promise((letGo) => { window.letGo = letGo; });
  }
  return answer;
};"""
BY_VISITORS = ("[data-panel=pages] thead button", "Visitors")
BY_HITS = ("[data-panel=clients] thead button", "Hits")


@pytest.mark.parametrize("query, report, older, newer, shown", [
    ("", "pages", lambda page: page.press(*BY_VISITORS), lambda page: page.press(*BY_VISITORS), "[data-panel=pages] tbody tr"),
    ("", "pages", lambda page: type_into(page, "pages", "notes"), lambda page: type_into(page, "pages", "recipes"), "[data-panel=pages] tbody tr"),
    ("", "visits", lambda page: page.js("document.dispatchEvent(new Event('visibilitychange'))"),  # all is asked afresh
     lambda page: type_into(page, "latest", "maps"), ".visits > li"),
    ("", "timeline", lambda page: page.press(".timeline .segments button", "hour"),
     lambda page: page.press(".timeline .segments button", "week"), ".behind tbody tr"),
    ("&tab=clients:robots", "robots", lambda page: page.js("document.querySelector('[aria-label=\"robots of search\"]').click()"),
     lambda page: (page.press(*BY_HITS), page.only_awaits(1), page.press(*BY_HITS)), "[data-panel=clients] tbody tr"),
], ids=["sort", "search", "refresh", "timeline", "below"])
def test_an_answer_that_comes_late_replaces_nothing_newer(page, visited, query, report, older, newer, shown):
    page.open(address(visited, f"?since=28d{query}"))
    page.js(HOLD, report)
    older(page)
    page.wait(lambda: page.js("return Boolean(window.letGo)"), "the older answer")
    newer(page)
    page.only_awaits(1)
    page.js("window.letGo()")
    page.settle()
    rows = page.text(shown)
    if "robots" in query:  # what is unfolded is not in the address
        for _ in range(2):
            page.js("document.querySelector('[aria-label=\"robots of search\"]').click()")
            page.settle()
    else:
        page.refresh()
    assert rows == page.text(shown) and rows


def test_a_busy_server_is_asked_again(page, visited):

    script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
        const real = window.fetch;
        window.refused = 0;
        window.fetch = (url, options) => (url.startsWith('api/pages') && window.refused++ < 2
          ? Promise.resolve(new Response('{"error":"busy"}', {status: 503, headers: {'Retry-After': '1'}})) : real(url, options));"""})
    try:
        page.open(address(visited, "?since=28d"))
        assert page.js("return window.refused") == 4 and len(page.values("pages")) == 10
        assert page.text("#notice") == [""]
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_what_is_counted_is_counted_in_whole_numbers(page, visited):
    page.open(address(visited))
    found = page.js("""return import(document.querySelector('script[type=module]').src).then(({ticks}) =>
        Array.from({length: 3000}, (_, n) => [n + 1, ticks(n + 1, 'count')]))""")
    for most, marks in found:
        assert all(mark == int(mark) for mark in marks) and marks[-1] >= most and 2 <= len(marks) <= 6, (most, marks)


@pytest.mark.parametrize("refused", [False, True])
def test_panels_that_read_the_same_hits_ask_together(page, visited, refused):
    script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
        const real = window.fetch;
        window.fetch = (url, options) => (url.startsWith('api/several')
          ? Promise.resolve(new Response('{"error":"the report takes too long: ask for less"}', {status: 503})) : real(url, options));"""}) if refused else None
    try:
        page.open(address(visited, "?since=28d&where=language!=de&sort=pages:-visitors"))
        asked = page.js(ASKED)
        alone = {"pages", "sources", "countries", "families", "hours"}
        assert ("several" in asked) != refused and alone.isdisjoint(asked) != refused, asked
        words = ["--since", "28d", "--where", "language!=de"]
        for panel, report, more in [("pages", "pages", ["--sort", "-visitors"]), ("sources", "sources", []), ("clients", "families", []), ("server", "status", [])]:
            expected = [str(row[0]) for row in visited.report(report, *words, *more)["rows"]]
            assert [name.split(" ")[0] for name in page.values(panel)] == [(name or "direct").split(" ")[0] for name in expected], panel
        assert page.text("#notice") == [""]
    finally:
        if script:
            page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


# --- states ---

def test_an_empty_store_says_how_to_begin(page, make_server):
    server = make_server()
    server.start()
    wait_for(lambda: server.get("/stats/api/overview")[0] == 200)
    page.open(address(server))
    assert page.text("#notice h2") == ["No visits yet"], page.text("#notice")
    assert page.figure("Visits") == "0" and page.figure("Bounce rate") == "–" and page.figure("Visit duration") == "–"
    page.picture(PICTURES / "empty.png")
    server.get("/", {"User-Agent": AGENT})
    server.wait_stored(1)
    page.refresh()
    assert page.text("#notice h2") == [] and page.figure("Visits") == "1"
    empty = page.js("""return [...document.querySelectorAll('#board .panel')].map((n) => [n.dataset.panel,
        n.querySelector('.foot').getBoundingClientRect().top - n.querySelector('.body').lastElementChild.getBoundingClientRect().bottom])""")
    assert len(empty) == 7 and all(height < 40 for _, height in empty), empty  # a card is as high as what it has
    assert_content(page, server)


def test_a_denied_store_is_told_in_a_bar_and_the_ledger(page, make_server):
    server = make_server()
    server.start()
    server.get("/", {"User-Agent": AGENT})
    server.wait_stored(1)
    server.write_sql("create trigger no before insert on hit begin select raise(abort, 'INSERT command denied'); end")
    server.expect("store-denied", "cannot commit|denied")
    server.get("/again", {"User-Agent": AGENT})
    wait_for(lambda: server.state_word() == "store-denied")
    page.open(address(server))
    bar = page.text("#health")[0]
    assert bar.startswith("store-denied since ") and "1 hit is waiting in the journal." in bar and "nothing is lost" in bar and "trigger" in bar
    assert page.figure("Visits") == "1"
    assert page.js("return document.querySelector('#health .ask').getAttribute('href')") == "help/states#store-denied"
    cards = page.js("return [...document.querySelectorAll('#board .card')].map((card) => card.querySelector('.ask').getAttribute('href'))")
    assert len(cards) == 8 and all(to.startswith("help/") for to in cards)
    page.picture(PICTURES / "degraded.png")
    page.click("#health button", "Ledger")
    rows = page.text("#ledger tbody tr")
    assert {"stored1", "waiting0in the ring", "waiting1in the journal"} < set(rows)
    parts = [number(row) for row in rows]
    assert parts[0] == sum(parts[1:]) and rows[0].startswith("seen")
    page.picture(PICTURES / "ledger.png")
    server.write_sql("drop trigger no")
    server.wait_stored(2)
    wait_for(lambda: server.state_word() == "ok")
    page.refresh()
    assert page.text("#health") == [""]
    assert_content(page, server)


def test_the_page_stays_up_without_a_store(page, make_server):
    server = make_server()
    server.start()
    wait_for(server.store.exists)
    server.stop()
    for path in server.state.glob("stats.db*"):
        path.unlink()
    (server.state / "stats.db").mkdir()
    server.expect("store-corrupt", "store-io")
    server.start()
    page.open(address(server))
    assert page.text("#notice strong") == ["The statistics are not available now"]
    text = page.js("return document.body.textContent")
    assert str(server.dir) not in text and "SQLite" not in text
    page.picture(PICTURES / "away.png")
    (server.state / "stats.db").rmdir()


def test_without_script_it_links_the_reports(page, visited):
    page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.driver.get(address(visited))
        root = page.driver.execute_cdp_cmd("DOM.getDocument", {})["root"]["nodeId"]
        links = page.driver.execute_cdp_cmd("DOM.querySelectorAll", {"nodeId": root, "selector": "noscript a[href^=api]"})["nodeIds"]
        boxes = [page.driver.execute_cdp_cmd("DOM.getBoxModel", {"nodeId": link})["model"] for link in links]
        page.picture(PICTURES / "without-script.png")
    finally:
        page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert len(boxes) > 50 and all(box["width"] > 10 and box["height"] > 10 for box in boxes)


@pytest.mark.thorough
def test_two_sites_can_be_told_apart(page, make_server):
    server = make_server()
    server.write_config(config="".join(f"<VirtualHost *:{server.port}>\nServerName {name}.test\n</VirtualHost>\n" for name in "ab"))
    server.start()
    for host, count in (("a.test", 1), ("b.test", 2)):
        for n in range(count):
            server.get("/", {"Host": host, "User-Agent": AGENT + str(n)})
    server.wait_stored(3)
    page.open(address(server))
    assert page.text("header [aria-label=Site] option") == ["All sites", "a.test", "b.test"] and page.figure("Visits") == "3"
    links = page.js("return [...document.querySelectorAll('[data-panel=pages] .open')].map((a) => [a.href, a.rel, a.target])")
    assert sorted(links) == [[f"http://{name}.test/", "noopener noreferrer", "_blank"] for name in "ab"]
    page.js("const s = document.querySelector('header select'); s.value = 'b.test'; s.dispatchEvent(new Event('change'))")
    page.settle()
    assert "where=site=b.test" in page.query and page.figure("Visits") == "2"
    assert "Servers" not in page.text("[data-panel=server] [role=tab]")
    log = server.dir / "other.log"
    log.write_text(f'192.0.2.7 - - [{time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now() - 60))}] "GET / HTTP/1.1" 200 9 "-" "{AGENT}"\n')
    server.cli("import", "--server", "web2", "--site", "b.test", str(log), check=0)
    page.open(address(server))
    page.click("[data-panel=server] [role=tab]", "Servers")
    page.click("[data-panel=server] .value", "web2")
    assert page.text(".chip") == ["serverisweb2"] and page.figure("Visits") == "1"


@pytest.mark.thorough
def test_a_front_end_that_is_silent_is_told(page, make_server):
    server = make_server(settings="SlimStatsServer web1")
    server.start()
    server.get("/", {"User-Agent": AGENT})
    server.wait_stored(1)
    server.write_sql(f"insert into recorder values (x'00', 'web3', 'ok', {now() - 725}, 0)")
    wait_for(lambda: len(server.status()["recorders"]) == 2, what="both recorders")
    page.open(address(server))
    assert "web3 has been silent for 12 minutes." in page.text(".bar-state p")[0]
    page.open(address(server, "?view=ledger"))
    assert page.text(".recorders tbody th") == ["web1", "web3"]


def test_refused_and_asked_for_a_password(page, make_server):
    server = make_server()
    password = server.dir / "passwd"
    hashed = subprocess.run(["openssl", "passwd", "-apr1", "secret"], capture_output=True, text=True).stdout.strip()
    password.write_text(f"admin:{hashed}\n")
    password.chmod(0o644)
    server.write_config(config=f"""
<Location /open>
    SetHandler slimstats
</Location>
<Location /guarded>
    SetHandler slimstats
    AuthType Basic
    AuthName statistics
    AuthUserFile {password}
    Require valid-user
</Location>""")
    server.expect("Require")
    server.start()
    wait_for(lambda: server.get("/stats/api/overview")[0] == 200)
    assert server.get("/open/")[0] == 403 and server.get("/guarded/")[0] == 401
    token = base64.b64encode(b"admin:secret").decode()
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Authorization": f"Basic {token}"}})
    try:
        page.open(f"http://127.0.0.1:{server.port}/guarded/")
        assert page.figure("Visits") == "0"
    finally:
        page.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {}})


def test_a_report_as_a_file_has_the_numbers_of_the_page(page, visited):
    report = visited.dir / "report.html"
    made = visited.cli("report", "--format", "html", "--since", "28d", "--compare", "previous", "-o", str(report))
    assert made.returncode == 0, made.stderr
    page.open(address(visited, "?since=28d"))
    visits, pages = page.figure("Visits"), page.values("pages")
    page.driver.get(f"file://{report}")
    assert page.text("dl div:first-child dd")[0] == visits
    section = page.js("return [...document.querySelectorAll('section')].findIndex((s) => s.querySelector('h2').textContent === 'Pages') + 1")
    assert page.text(f"section:nth-of-type({section}) tbody td:first-child") == pages
    assert len(page.text("section")) > 15
    page.size(360)
    wide = page.js("return [...document.querySelectorAll('section')].filter((s) => s.scrollWidth > s.clientWidth).map((s) => s.querySelector('h2').textContent)")
    assert wide == []
    page.size(1440)
    page.picture(PICTURES / "report.png")


@pytest.mark.thorough
def test_titles_stand_beside_pages_as_text(page, make_server):
    server = make_server(modules=["headers"], config="SlimStatsPageHeader On\n<Location /index.html>\n"
                         "Header set SlimStats-Title \"<img src=x onerror=alert(1)> Home\"\n</Location>\n")
    server.start()
    (server.www / "other.html").write_text("<p>x")
    for count, target in enumerate(("/index.html", "/other.html"), 1):
        server.get(target, {"User-Agent": AGENT})
        server.wait_stored(count)
        second = now()
        wait_for(lambda: now() > second, what="the next second")
    titled = "/index.html<img src=x onerror=alert(1)> Home"
    for tab, rows in (("pages", {"/other.html", titled}), ("entries", {titled}), ("exits", {"/other.html"})):
        page.open(address(server, f"?tab=pages:{tab}"))
        assert {row[0].removesuffix("localhost") for row in table_of(page, "pages")} == rows
    assert_content(page, server)


@pytest.mark.thorough
def test_days_of_older_rules_are_told_beside_figures_and_course(page, make_server):
    server = make_server(config="<Location /stats>\nSlimStats Off\n</Location>")
    log, days = server.dir / "old.log", [now() - back * 86400 for back in (5, 1)]
    log.write_text("".join(time.strftime(f'192.0.2.1 - - [%d/%b/%Y:%H:%M:%S +0000] "GET / HTTP/1.1" 200 9 "-" "{AGENT}"\n', time.gmtime(day)) for day in days))
    server.start()
    server.cli("import", "--site", "localhost", str(log), check=0)
    server.stop()
    purged = time.strftime("%Y-%m-%d", time.gmtime(days[0] + 86400))
    server.cli("purge", "--before", purged, check=0)
    with closing(sqlite3.connect(server.state / "stats.db")) as db, db:
        db.executescript("delete from store where key in ('rules', 'older_rules_until'); update session set rules = 1")
    server.start()
    wait_for(lambda: "older_rules_until" in answer(server, "overview", "since=28d"), 10, "the recorder has looked at the store")
    page.open(address(server, "?since=28d"))
    told = f"days before {purged} by older rules"
    page.wait(lambda: page.text(".older") == [told] * 2, "figures and course say so")
    assert page.figure("Page views") == "2"
    assert told in page.text("[data-panel=pages] .note")[0]
    page.picture(PICTURES / "older-rules.png")
    page.size(360)
    page.picture(PICTURES / "older-rules-narrow.png")
    for query in ("?since=24h", "?since=28d&where=country!=AT"):
        page.open(address(server, query))
        page.wait(lambda: page.text(".older") == ["", ""] and page.js("return document.querySelector('.chart path') !== null"), "they say nothing")
    assert_content(page, server)


VIEW = """
<Location "/press">
    SetHandler slimstats
    SlimStatsView segment=press reports=timeline,pages
    Require local
</Location>
"""


def test_a_segment_is_chosen_and_a_view_has_its_panels_alone(page, make_server):
    server = make_server(config=VIEW)
    server.start()
    for n in range(3):
        server.get(f"/?n={n}", {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"})
    server.wait_stored(3)
    server.cli("segment", "add", "press", "page=/?n=1", check=0)
    goals = server.state / "goals.tsv"
    goals.write_text("second\t/[?]n=1\n")
    os.chown(goals, server.state.stat().st_uid, server.state.stat().st_gid)
    page.open(f"http://127.0.0.1:{server.port}/stats/")
    assert page.values("goals") == ["second"] and page.text("[data-panel=goals] tbody td.number")[:2] == ["1", "100.0 %"]
    page.click("[data-panel=goals] .tabs button", "Funnel")
    assert page.values("goals") == ["All visits", "second"] and page.text("[data-panel=goals] tbody tr:last-child td.number")[:3] == ["1", "100.0 %", "100.0 %"]
    page.click("[data-panel=goals] .tabs button", "Goals")
    assert page.values("pages") == ["/?n=0", "/?n=1", "/?n=2"]
    page.js("const choice = document.querySelector('select[aria-label=Segment]'); choice.value = 'press'; choice.dispatchEvent(new Event('change'))")
    page.settle()
    assert page.values("pages") == ["/?n=1"] and page.figure("Page views") == "1" and page.query == "?segment=press"
    page.refresh()
    assert page.values("pages") == ["/?n=1"] and page.js("return document.querySelector('select[aria-label=Segment]').value") == "press"
    page.open(f"http://127.0.0.1:{server.port}/press/?view=machines")
    assert page.values("pages") == ["/?n=1"] and page.js("return document.querySelectorAll('.panel').length") == 1
    assert page.js("return document.querySelectorAll('#figures, .live:not([hidden]), [role=tab]:not([aria-selected=true])').length") == 0
    assert page.js("return document.querySelector('.timeline').checkVisibility() && document.querySelector('[aria-label=View]').hidden")
    assert not page.logs()


def test_notes_are_marks_words_and_a_list(page, make_server):
    server = make_server()
    server.start()
    server.get("/", {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"})
    server.wait_stored(1)
    server.cli("note", "<b>bold</b>\u202e", "--kind", "release", check=0)
    page.open(f"http://127.0.0.1:{server.port}/stats/?since=7d&by=day")
    assert page.js("return document.querySelectorAll('.chart .noted').length") == 1
    assert page.js("return document.querySelector('.chart .noted').classList.contains('said')")
    assert page.text(".notes .said") == ["<b>bold</b>\\u{202e}"]
    page.click(".timeline .link", "Notes: 2")
    assert page.js("return document.querySelector('.timeline .told').classList.contains('unseen')") is False
    page.js("document.querySelector('.chart').focus()")
    page.js("document.querySelector('.chart').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft'}));"
            "for (let n = 0; n < 9; n++) document.querySelector('.chart').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}))")
    assert "<b>bold</b>" in page.text(".tip")[0] and "httpd started" in page.text(".tip")[0]
    page.click(".timeline .kinds button", "release")
    assert page.js("return document.querySelectorAll('.notes li').length") == 1
    assert page.js("return document.querySelector('.chart .noted').classList.contains('said')") is False


def test_prefetches_that_were_never_shown_stand_beside_page_views(page, make_server):
    server = make_server(config="<Location /stats>\nSlimStats Off\n</Location>")
    server.start()
    for name in ("read", "ahead"):
        (server.www / f"{name}.html").write_text("<p>x")
    server.get("/read.html", {"User-Agent": AGENT})
    server.wait_stored(1)
    page.open(address(server))
    heads = [["Views", "Visitors", "Share", "Change"], ["Views", "Visitors", "Unshown", "Share", "Change"]]
    assert page.text("[data-panel=pages] thead th")[1:] == heads[0] and page.text(".beside") == [""] * 6
    for name in ("read", "ahead", "ahead"):
        server.get(f"/{name}.html", {"User-Agent": AGENT, "Sec-Purpose": "prefetch"})
    server.wait_stored(4)
    page.open(address(server))
    assert page.text("[data-panel=pages] thead th")[1:] == heads[1]
    rows = [[name.removesuffix("localhost"), *numbers] for name, *numbers in table_of(page, "pages")]
    assert rows == [["/read.html", "1", "1", "1", "100.0 %", ""], ["/ahead.html", "0", "0", "2", "0.0 %", ""]]
    assert page.text(".beside") == ["", "", "3 unshown", "", "", ""] and page.figure("Page views") == "1"
    page.picture(PICTURES / "unshown.png")
    page.js("[...document.querySelectorAll('[data-panel=pages] thead button')][2].click()")
    page.settle()
    assert [row[0].removesuffix("localhost") for row in table_of(page, "pages")] == ["/ahead.html", "/read.html"]
    page.size(360)
    page.picture(PICTURES / "unshown-narrow.png")
    assert_content(page, server)


@pytest.mark.thorough
def test_a_page_of_some_sites_has_a_state_and_no_ledger(page, make_server):
    server = make_server(config='<Location "/stats">\nSlimStatsSites vhost\n</Location>')
    server.start()
    server.get("/", {"User-Agent": "curl/8"})
    server.wait_stored(1)
    page.open(f"http://127.0.0.1:{server.port}/stats/")
    page.wait(lambda: page.text("#foot button") == ["State"], "the footer's button")
    page.click("#foot button", "State")
    page.wait(lambda: page.text("#ledger dd"), "the state")
    assert page.text("#ledger h2") == ["State"] and not page.text("#ledger table")
    facts = dict(zip(page.text("#ledger dt"), page.text("#ledger dd")))
    assert facts["Hits of these sites"] == "1" and "Store" not in facts


def test_a_first_visit_asks_for_few_files(page, visited):
    page.open(address(visited))
    asked = [url.rsplit("/", 1)[1] for url in page.requests() if "/assets/" in url]
    assert sorted(name for name in asked if name != "icon.svg") == ["app.js", "style.css", "world.js"], asked
