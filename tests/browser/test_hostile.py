"""Whatever visitors send, the page shows as text: no script runs, nothing is asked of others."""
import json
from urllib.parse import quote

import pytest

PAYLOADS = [
    "<script>window.__ss=1</script>", "<img src=x onerror=window.__ss=1>", "\"><svg onload=window.__ss=1>", "'-window.__ss=1-'",
    "javascript:window.__ss=1", "<iframe srcdoc='<script>parent.__ss=1</script>'>", "</script><script>window.__ss=1</script>",
    "{{constructor.constructor('window.__ss=1')()}}", "<a href=//evil.invalid>x</a>", "<style>*{background:url(//evil.invalid/x)}</style>",
    "&lt;img src=x onerror=window.__ss=1&gt;", "<math><mtext><img src=x onerror=window.__ss=1>", "${window.__ss=1}", "__proto__", "constructor",
]
PEOPLE = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture(scope="module")
def attacked(build):
    from slimhttpd import Server
    server = Server(build, "attacked", settings="SlimStatsSearchParam q", config="<Location /stats>\nSlimStats Off\n</Location>")
    server.start()
    count = 0
    for n, payload in enumerate(PAYLOADS):
        path = quote(payload, safe="<>\"'()=;:&${}[]|^`/")
        for target, headers in (
                (f"/p{n}/{path}".replace(" ", "%20"), {"User-Agent": PEOPLE}),
                (f"/?q={quote(payload)}&utm_source={quote(payload)}&utm_campaign={quote(payload)}", {"User-Agent": PEOPLE + str(n)}),
                ("/", {"User-Agent": PEOPLE, "Referer": f"https://evil{n}.invalid/{payload.replace(' ', '%20')}"}),
                ("/", {"User-Agent": PEOPLE, "Referer": f"https://www.google.com/search?q={quote(payload)}"}),
                ("/", {"User-Agent": PEOPLE, "Accept-Language": payload}),
                ("/", {"User-Agent": payload})):
            lines = "".join(f"{k}: {v}\r\n" for k, v in headers.items())
            status = server.raw(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n".encode())
            count += not status.startswith(b"HTTP/1.1 400")
    server.wait_stored(count)
    yield server
    server.stop()
    server.clean()


TABS = {"pages": ["pages", "entries", "exits", "notfound", "downloads"], "sources": ["sources", "channels", "referers", "searchterms", "campaigns"],
        "places": ["countries", "languages"], "clients": ["browsers", "platforms", "robots", "addresses"],
        "server": ["status", "kinds", "errors", "slow", "sites"], "latest": ["visits", "recent"]}


def assert_harmless(page, server):
    assert page.js("return window.__ss") is None
    assert page.logs() == []
    assert [u for u in page.requests() if f"127.0.0.1:{server.port}" not in u and not u.startswith(("about:", "data:", "chrome:"))] == []
    assert page.js("return document.querySelectorAll('iframe, img, object, embed, math, base, form, style').length") == 0
    assert page.js("return document.querySelectorAll('script').length") == 1


@pytest.mark.parametrize("round", range(5))
def test_no_payload_does_anything_on_any_panel(page, attacked, round):
    tabs = "".join(f"&tab={panel}:{names[round % len(names)]}" for panel, names in TABS.items())
    page.open(f"http://127.0.0.1:{attacked.port}/stats/?since=today&robots=on{tabs}")
    for _ in range(2):
        page.js("document.querySelectorAll('.foot button:not([hidden])').forEach((b) => b.click())")
        page.settle()
    assert_harmless(page, attacked)


@pytest.mark.parametrize("panel, report, column", [("sources", "referers", 0), ("sources", "searchterms", 0), ("sources", "campaigns", 0),
                                                   ("pages", "notfound", 0), ("clients", "robots", 0), ("places", "languages", 0)])
def test_the_text_shown_is_the_text_sent(page, attacked, panel, report, column):
    page.open(f"http://127.0.0.1:{attacked.port}/stats/?since=today&robots=on&tab={panel}:{report}")
    page.js("document.querySelectorAll('.foot button:not([hidden])').forEach((b) => b.click())")
    page.settle()
    answer = json.loads(attacked.get(f"/stats/api/{report}?since=today&robots=on&limit=30")[2])
    sent = [row[column] for row in answer["rows"]]
    shown = page.values(panel)
    assert len(sent) == len(shown) > 0
    for have, want in zip(shown, sent):
        assert want in have or want == "", (have, want)
    if report in ("searchterms", "campaigns"):
        assert set(PAYLOADS) <= set(shown)
    assert_harmless(page, attacked)


@pytest.mark.parametrize("payload", PAYLOADS[:6] + PAYLOADS[-2:])
def test_a_payload_in_the_address_is_only_a_filter(page, attacked, payload):
    page.open(f"http://127.0.0.1:{attacked.port}/stats/?since=today&where={quote('searchterms=' + payload)}&tab={quote('sources:' + payload)}"
              f"&figure={quote(payload)}&view={quote(payload)}")
    assert page.text(".chip bdi") == [payload]
    assert_harmless(page, attacked)


def test_a_report_as_a_file_shows_text_only(page, attacked):
    report = attacked.dir / "report.html"
    made = attacked.cli("report", "--format", "html", "--since", "today", "--robots", "--limit", "50", "-o", str(report))
    assert made.returncode == 0, made.stderr
    page.driver.get(f"file://{report}")
    assert page.js("return window.__ss") is None
    assert page.logs() == []
    assert [u for u in page.requests() if not u.startswith(("file://", "about:", "data:", "chrome:"))] == []
    assert page.js("return document.querySelectorAll('script, iframe, img, object, a, form, math, svg').length") == 0
    shown = set(page.text("td bdi"))
    assert set(PAYLOADS) <= shown
