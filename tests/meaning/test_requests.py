"""What the words mean for real requests: what a log does not say, or what httpd makes of a request."""
import pytest

from cases import AGENTS

REMOTEIP = "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n"
BROWSER = {"User-Agent": AGENTS["firefox"]}


def visit(server, path, status, method="GET", address=None, **headers):
    """One request, which must be answered with this status; returns the answer's headers."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if address:
        headers["X-Forwarded-For"] = address
    answered, fields, _ = server.get(path, BROWSER | headers, method=method)
    assert answered == status
    return dict(fields)


def answer(server, report, columns, *options):
    """The rows of a report in some columns, the same from rollups and from rows."""
    def rows(*more):
        text = server.cli("report", report, "--format", "tsv", *options, *more, check=0).stdout
        names, *lines = [line.split("\t") for line in text.splitlines()]
        return [tuple(line[names.index(c)] for c in columns.split()) for line in lines]
    found = rows()
    assert found == rows("--exact")
    return found


def start(make_server, files=(), **options):
    server = make_server(**options)
    for name, text in dict(files).items():
        (server.www / name).write_text(text)
    server.start()
    return server


def test_a_redirect_and_what_it_leads_to_are_two_hits(make_server):
    server = start(make_server, {"new.html": "<p>new"}, config="Redirect permanent /old /new.html")
    assert visit(server, "/old?x=1", 301)["Location"].endswith("/new.html?x=1")
    visit(server, "/new.html?x=1", 200)
    server.wait_stored(2)
    assert answer(server, "overview", "hits pageviews visits") == [("2", "1", "1")]
    assert answer(server, "recent", "resource status", "--sort", "+status") == [("/new.html?x=1", "200"), ("/old?x=1", "301")]
    assert answer(server, "pages", "page pageviews") == [("/new.html?x=1", "1")]


@pytest.mark.fault("F87")
def test_what_httpd_redirects_by_itself_is_one_hit_as_the_access_log_has_it(make_server):
    """The URI is that of the first request, status and bytes are those of the last."""
    server = start(make_server, {"sorry.html": "<p>sorry " + 100 * "x"},
                   config="DirectoryIndex nothing.html index.html\nErrorDocument 404 /sorry.html\nFallbackResource disabled")
    visit(server, "/?q=1", 200)
    visit(server, "/missing", 404)
    server.wait_stored(2)
    assert answer(server, "overview", "hits pageviews errors visits bounce_rate") == [("2", "1", "1", "1", "100.0")]
    assert answer(server, "pages", "page pageviews") == [("/?q=1", "1")]
    assert answer(server, "errors", "page status hits") == [("/missing", "404", "1")]
    logged = [line.split(" ") for line in (server.logs / "access_log").read_text().splitlines()]
    assert answer(server, "recent", "status bytes resource", "--sort", "+status") \
        == sorted((line[0], line[1], line[4]) for line in logged)


def test_ranges_of_one_download_count_once(make_server):
    """206 from byte 0 is the download's beginning, if it has more than the two bytes by which players see
    whether ranges are served; the ranges behind it are its rest, or that of an earlier one. Once more is no
    other download of the visit, and a HEAD is none."""
    server = start(make_server, {"paper.pdf": 30 * "p"})
    for ranges in ("bytes=0-1", "bytes=0-0", "bytes=0-9", "bytes=10-19", "bytes=20-"):
        visit(server, "/paper.pdf", 206, Range=ranges)
    visit(server, "/paper.pdf", 206, Range="bytes=20-")
    visit(server, "/paper.pdf", 200)
    visit(server, "/paper.pdf", 416, Range="bytes=99-")
    visit(server, "/paper.pdf", 200, method="HEAD")
    server.wait_stored(9)
    assert answer(server, "kinds", "kind hits") == [("download", "8"), ("page", "1")]  # the error's text
    assert answer(server, "downloads", "page hits") == [("/paper.pdf", "1")]
    assert answer(server, "overview", "hits pageviews errors visits") == [("9", "0", "1", "0")]


def test_a_page_from_the_browsers_cache_is_a_page_view_and_a_head_is_none(make_server):
    """304 is, and of what comes in parts the first."""
    server = start(make_server)
    tag = visit(server, "/index.html", 200)["ETag"]
    visit(server, "/index.html", 304, If_None_Match=tag)
    visit(server, "/index.html", 200, method="HEAD")
    visit(server, "/index.html", 206, Range="bytes=0-3")
    visit(server, "/index.html", 206, Range="bytes=4-")
    server.wait_stored(5)
    assert answer(server, "overview", "hits pageviews visits bounce_rate") == [("5", "3", "1", "0.0")]


def test_what_is_only_fetched_ahead_is_no_page_view(make_server):
    server = start(make_server)
    for header in ({"Sec_Purpose": "prefetch"}, {"Sec_Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X_Moz": "prefetch"}):
        visit(server, "/index.html", 200, Sec_Fetch_Dest="document", Sec_Fetch_Mode="navigate", **header)
    visit(server, "/index.html", 200, Sec_Fetch_Dest="document", Sec_Fetch_Mode="navigate")
    server.wait_stored(5)
    assert answer(server, "kinds", "kind hits pageviews") == [("prefetch", "4", "0"), ("page", "1", "1")]
    assert answer(server, "overview", "hits pageviews visits") == [("5", "1", "1")]


def test_who_asks_not_to_be_tracked_is_counted_and_is_nobody(make_server):
    """Hits and page views are there; no address is kept, so there is no visitor and no visit, and of the
    referer its query is gone, with the words in it."""
    server = start(make_server, config=REMOTEIP, settings="SlimStatsRespect dnt gpc")
    search = "https://www.bing.com/search?q=secret"
    visit(server, "/index.html?n=1", 200, address="203.0.113.1", Referer=search)
    visit(server, "/index.html?n=2", 200, address="203.0.113.2", Referer=search, DNT="1")
    visit(server, "/index.html?n=3", 200, address="203.0.113.3", Referer=search, Sec_GPC="1")
    visit(server, "/index.html?n=4", 200, address="203.0.113.4", DNT="0")
    server.wait_stored(4)
    assert answer(server, "overview", "hits pageviews visitors visits") == [("4", "4", "2", "2")]
    assert answer(server, "addresses", "ip hits") == [("", "2"), ("203.0.113.1", "1"), ("203.0.113.4", "1")]
    assert answer(server, "searchterms", "searchterms pageviews") == [("secret", "1")]
    assert answer(server, "referers", "referer pageviews") == [("https://www.bing.com/search", "2"), (search, "1")]


def test_of_masked_addresses_a_network_is_one_visitor(make_server):
    """/24 and /48; a country is that of the network, and another browser is another visitor."""
    server = start(make_server, config=REMOTEIP, settings="SlimStatsAddress masked")
    for address in ("203.0.113.1", "203.0.113.99", "203.0.114.1", "2001:db8:1:2::3", "2001:db8:1:9::9", "2001:db8:2::3"):
        visit(server, "/index.html", 200, address=address)
    visit(server, "/index.html", 200, address="203.0.113.5", User_Agent=AGENTS["chrome"])
    server.wait_stored(7)
    assert answer(server, "overview", "hits pageviews visitors visits") == [("7", "7", "5", "5")]
    assert answer(server, "addresses", "ip hits") == [("203.0.113.0", "3"), ("2001:db8:1::", "2"), ("2001:db8:2::", "1"),
                                                      ("203.0.114.0", "1")]


def test_without_addresses_there_are_hits_and_no_visitors(make_server):
    server = start(make_server, config=REMOTEIP, settings="SlimStatsAddress none")
    for address in ("203.0.113.1", "203.0.113.99"):
        visit(server, "/index.html", 200, address=address)
    server.wait_stored(2)
    assert answer(server, "overview", "hits pageviews visitors visits") == [("2", "2", "0", "0")]
