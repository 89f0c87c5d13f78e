"""What Chromium asks for before it is wanted, and what is counted of it: what a person looked at.

Each visit is a list of steps; a step is what a person does, and the requests that Chromium was seen to send for it, as
"path purpose destination". They are waited for, and for the next second: what comes within one has no order."""
import json
import time
from collections import Counter

import pytest
from selenium.webdriver import ActionChains

from slimhttpd import wait_for

pytestmark = pytest.mark.xdist_group("browser")  # two files for one start of Chromium

CONFIG = """
LogFormat "%{Host}i %U%q %{Sec-Purpose}i %{Sec-Fetch-Dest}i" ahead
CustomLog LOGS/ahead ahead
VirtualDocumentRoot WWW/%1
Header set Cache-Control max-age=600 "expr=%{HTTP_HOST} =~ /^kept/"
"""
PICTURE = b"\x89PNG\r\n\x1a\n"
PAGES = "abcd"


def rules(action, eagerness, *pages):
    """Speculation rules for some pages, or for all that are linked to."""
    what = {"source": "list", "urls": [f"/{page}.html" for page in pages]} if pages else {"source": "document", "where": {"href_matches": "/*"}}
    return f'<script type="speculationrules">{json.dumps({action: [what | {"eagerness": eagerness}]})}</script>'


def write(site, heads):
    """Pages a to d, which link to each other, each with a picture of its own; heads: what else some of them have."""
    site.mkdir()
    for page in PAGES:
        links = "".join(f"<p><a href=/{other}.html>to {other}</a>" for other in PAGES)
        (site / f"{page}.html").write_text(f"<!DOCTYPE html><title>{page}</title><link rel=icon href=data:,>{heads.get(page, '')}"
                                                 f"<body><p><img src=/{page}.png>{links}")
        (site / f"{page}.png").write_bytes(PICTURE)
    (site / "seen.png").write_bytes(PICTURE)
    (site / "frame.html").write_text("<!DOCTYPE html><img src=/inner.png>")
    (site / "inner.png").write_bytes(PICTURE)


class Visit:
    def __init__(self, server, browser, host):
        self.server, self.browser, self.host, self.wanted = server, browser, f"{host}:{server.port}", Counter()
        self.second = 0  # in which the last step ended

    def asked(self):
        log = self.server.logs / "ahead"
        lines = log.read_text().splitlines() if log.exists() else []
        return Counter(rest for host, _, rest in (line.partition(" ") for line in lines) if host == self.host)

    def step(self, doing, requests):
        what, _, page = doing.partition(" ")
        wait_for(lambda: int(time.time()) > self.second, 2, "the next second")
        if what == "open":
            self.browser.js("location.href = arguments[0]", f"http://{self.host}/{page}.html")
        elif what == "touch":
            ActionChains(self.browser.driver).move_to_element(self.link(page)).perform()
        elif what == "press":
            ActionChains(self.browser.driver).click_and_hold(self.link(page)).perform()
        elif what in ("release", "leave"):
            ActionChains(self.browser.driver).release(None if what == "release" else self.link(page)).perform()
        elif what == "click":
            self.browser.press("a", f"to {page}")
        else:
            self.browser.js(f"history.{what}()")
        self.wanted.update(requests)
        try:
            self.browser.wait(lambda: what in ("touch", "press", "leave") or self.is_shown(page), f"{page} is shown")
            wait_for(lambda: not self.wanted - self.asked(), 15, doing)
        except AssertionError as error:
            raise AssertionError(f"{error}\nnot asked for: {self.wanted - self.asked()}\nbesides: {self.asked() - self.wanted}") from None
        self.second = int(time.time())

    def link(self, page):
        return self.browser.js("return document.querySelector(arguments[0])", f"a[href='/{page}.html']")

    def is_shown(self, page):
        return self.browser.js("return document.readyState === 'complete' && !document.prerendering && document.title") == page


def numbers(server, host):
    """What reports say once the recorder has all that httpd has logged: page views by page, visits, exits."""
    def idle():
        ledger = server.ledger()
        return set(ledger["waiting"].values()) == {0} and ledger["seen"] == len((server.logs / "access_log").read_text().splitlines())
    wait_for(idle, 15, "the recorder is idle")

    def rows(report, columns):
        text = server.cli("report", report, "--format", "tsv", "--exact", "--robots", "--where", f"site={host}", check=0).stdout
        names, *lines = [line.split("\t") for line in text.splitlines()]
        return [tuple(line[names.index(c)] for c in columns.split()) for line in lines]
    views = {page[1]: int(count) for page, count in rows("pages", "page pageviews") if count != "0"}  # else fetched in vain
    assert sum(views.values()) == sum(int(count) for (count,) in rows("kinds", "pageviews"))
    ((total, visits),) = rows("overview", "pageviews visits")
    assert int(total) == sum(views.values())
    return views, int(visits), [page[1] for (page,) in rows("exits", "page")]


OPEN = "open a", ["/a.html - document", "/a.png - image"]
ONCE_SHOWN = "<script>document.addEventListener('prerenderingchange', () => { new Image().src = '/seen.png'; });</script>"
WITHIN = "<iframe src=/frame.html></iframe><script>fetch('/d.html');</script>"
IN_B = ["/b.png prefetch;prerender image", "/frame.html prefetch;prerender iframe", "/inner.png prefetch;prerender image",
        "/d.html prefetch;prerender empty"]
BY_LINK = "<link rel=prefetch href=/b.html><link rel=prefetch href=/c.html>"
ALL = rules("prefetch", "immediate")
ALL_ASKED = [f"/{page}.html prefetch document" for page in PAGES]

# Name: what pages have, the steps, what was looked at how often, the exit.
VISITS = {
    "fetched when it is clicked": (
        dict.fromkeys(PAGES, rules("prefetch", "conservative")),
        [OPEN, ("click b", ["/b.html prefetch document", "/b.png - image"]), ("click c", ["/c.html prefetch document", "/c.png - image"])],
        {"a": 1, "b": 1, "c": 1}, "c"),
    "fetched when it is touched, and not opened": (
        dict.fromkeys(PAGES, rules("prefetch", "moderate")),
        [OPEN, ("touch b", ["/b.html prefetch document"]), ("click c", ["/c.html prefetch document", "/c.png - image"])],
        {"a": 1, "c": 1}, "c"),
    "fetched at once": (
        {"a": rules("prefetch", "immediate", "b", "c", "d")},
        [OPEN, ("click b", ["/b.html prefetch document", "/c.html prefetch document", "/d.html prefetch document", "/b.png - image"])],
        {"a": 1, "b": 1}, "b"),
    "all are fetched by all, each by itself too": (
        dict.fromkeys(PAGES, ALL),
        [(OPEN[0], OPEN[1] + ALL_ASKED), ("click b", ["/b.png - image", *ALL_ASKED]), ("click c", ["/c.png - image", *ALL_ASKED])],
        {"a": 1, "b": 1, "c": 1}, "c"),
    "rendered at once, and never opened": (
        {"a": rules("prerender", "immediate", "b"), "b": WITHIN},
        [(OPEN[0], OPEN[1] + ["/b.html prefetch;prerender document"] + IN_B), ("click c", ["/c.html - document", "/c.png - image"])],
        {"a": 1, "c": 1}, "c"),
    "rendered at once, and opened": (
        {"a": rules("prerender", "immediate", "b"), "b": WITHIN + ONCE_SHOWN},
        [(OPEN[0], OPEN[1] + ["/b.html prefetch;prerender document"] + IN_B), ("click b", ["/seen.png - image"])],
        {"a": 1, "b": 1}, "b"),
    # Nothing is asked for when b is opened: the next click says that it was.
    "rendered at once, opened, and left by a link": (
        {"a": rules("prerender", "immediate", "b")},
        [(OPEN[0], OPEN[1] + ["/b.html prefetch;prerender document", "/b.png prefetch;prerender image"]), ("click b", []),
         ("click c", ["/c.html - document", "/c.png - image"])],
        {"a": 1, "b": 1, "c": 1}, "c"),
    # Chromium renders it when the button goes down, and shows it when it goes up.
    "rendered when it is clicked": (
        dict.fromkeys(PAGES, rules("prerender", "conservative") + ONCE_SHOWN),
        [OPEN, ("press b", ["/b.html prefetch;prerender document", "/b.png prefetch;prerender image"]), ("release b", ["/seen.png - image"]),
         ("press c", ["/c.html prefetch;prerender document", "/c.png prefetch;prerender image"]), ("release c", ["/seen.png - image"])],
        {"a": 1, "b": 1, "c": 1}, "c"),
    "rendered when it is clicked, and not opened": (
        {"a": rules("prerender", "conservative", "b")},
        [OPEN, ("press b", ["/b.html prefetch;prerender document", "/b.png prefetch;prerender image"]), ("leave c", []),
         ("click d", ["/d.html - document", "/d.png - image"])],
        {"a": 1, "d": 1}, "d"),
    "fetched by a link element": (
        {"a": BY_LINK, "b": BY_LINK},
        [(OPEN[0], OPEN[1] + ["/b.html prefetch empty", "/c.html prefetch empty"]), ("click b", ["/b.html - document", "/b.png - image"]),
         ("click d", ["/d.html - document", "/d.png - image"])],
        {"a": 1, "b": 1, "d": 1}, "d"),
    "fetched by a link element, opened from the cache": (
        {"a": BY_LINK, "b": BY_LINK},
        [(OPEN[0], OPEN[1] + ["/b.html prefetch empty", "/c.html prefetch empty"]), ("click b", ["/b.png - image"]),
         ("click d", ["/d.html - document", "/d.png - image"])],
        {"a": 1, "b": 1, "d": 1}, "d"),
    "back and forward": (
        {},
        [OPEN, ("click b", ["/b.html - document", "/b.png - image"]), ("back a", []), ("forward b", [])],
        {"a": 1, "b": 1}, "b"),
}


@pytest.fixture(scope="module")
def site(make_shared_server):
    """A server with a site for each visit: the first part of the host's name is its folder."""
    server = make_shared_server(modules=["headers", "vhost_alias"], settings="SlimStatsSite %{HTTP_HOST}")
    server.write_config(config=CONFIG.replace("LOGS", str(server.logs)).replace("WWW", str(server.www)))
    server.start()
    return server


@pytest.fixture
def tab(chromium):
    """One of its own, that is closed: what is rendered ahead is in another than that in which it is shown."""
    first = chromium.driver.current_window_handle
    chromium.driver.switch_to.new_window("tab")
    yield chromium
    chromium.driver.close()
    chromium.driver.switch_to.window(first)


# Each way of speculation rules has one that runs each time.
TWINS = ("rendered when it is clicked", "fetched when it is touched, and not opened", "rendered at once, and never opened",
         "fetched by a link element, opened from the cache")


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.thorough) if name in TWINS else name for name in VISITS])
def test_what_was_looked_at_counts(site, tab, name):
    heads, steps, views, exit_page = VISITS[name]
    folder = f"{'kept' if 'cache' in name else 'asked'}{[*VISITS].index(name)}"
    write(site.www / folder, heads)
    visit = Visit(site, tab, f"{folder}.localhost")
    for doing, requests in steps:
        visit.step(doing, requests)
    assert numbers(site, f"{folder}.localhost") == (views, 1, [exit_page])
