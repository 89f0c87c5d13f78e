"""Whatever visitors send, the page shows as text: no script runs, nothing is asked of others."""
import base64
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.xdist_group("browser")  # two files for one start of Chromium
PAYLOADS = [line for line in (Path(__file__).resolve().parents[1] / "data/hostile.txt").read_text().split("\n")[1:] if line]
PEOPLE = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def requests(n, payload):
    """A payload in each field that is captured: path, query, own search, campaign, referer, search at an engine, language, agent."""
    path, value = quote(payload, safe="<>\"'()=;:&${}[]|^`/@,!*+-\\"), quote(payload)
    tags = "&".join(f"utm_{name}={value}" for name in ("source", "medium", "campaign", "term", "content"))
    yield f"/p{n}/{path}", {"User-Agent": PEOPLE}
    yield f"/index.html?q={value}&{tags}", {"User-Agent": f"{PEOPLE} {n}"}
    yield "/index.html", {"User-Agent": PEOPLE, "Referer": f"https://evil{n}.invalid/{payload.replace(' ', '%20')}"}
    yield "/index.html", {"User-Agent": f"{PEOPLE} s{n}", "Referer": f"https://www.google.com/search?q={value}"}
    yield "/index.html", {"User-Agent": PEOPLE, "Accept-Language": payload}
    yield "/index.html", {"User-Agent": payload}
    yield "/index.html", {"User-Agent": PEOPLE, "X-Forwarded-For": payload}
    yield "/index.html", {"User-Agent": PEOPLE, "Host": payload}
    name = base64.b64encode(f"{payload}:".encode()).decode()
    yield "/index.html", {"User-Agent": PEOPLE, "Authorization": f"Basic {name}"}


@pytest.fixture(scope="module")
def attacked(build):
    from slimhttpd import Server
    server = Server(build, "attacked", settings="SlimStatsSearchParam q\nSlimStatsSite %{HTTP_HOST}", config="""
HttpProtocolOptions Unsafe
RemoteIPHeader X-Forwarded-For
<Location /stats>
SlimStats Off
</Location>""")
    with server.running():
        server.wait_stored(send_all(server))
        yield server


def send_all(server):
    """All payloads; returns how many requests httpd took."""
    count = 0
    for n, payload in enumerate(PAYLOADS):
        for target, headers in requests(n, payload):
            lines = "".join(f"{k}: {v}\r\n" for k, v in {"Host": "localhost", "Connection": "close", **headers}.items())
            status = server.raw(f"GET {target} HTTP/1.1\r\n{lines}\r\n".encode())
            count += not status.startswith(b"HTTP/1.1 400")
    assert count > 8 * len(PAYLOADS)
    return count


TABS = {"pages": ["pages", "entries", "exits", "notfound", "downloads"], "sources": ["sources", "channels", "referers", "searchterms", "campaigns"],
        "places": ["countries", "languages"], "clients": ["families", "systems", "classes", "marks", "addresses"],
        "server": ["status", "kinds", "errors", "slow", "sites"], "latest": ["visits", "recent"]}


def assert_harmless(page, server):
    assert page.js("return window.__ss") is None
    assert page.logs() == []
    assert [u for u in page.requests() if f"127.0.0.1:{server.port}" not in u and not u.startswith(("about:", "data:", "chrome:"))] == []
    assert page.js("return document.querySelectorAll('iframe, img, object, embed, math, base, form, style').length") == 0
    assert page.js("return document.querySelectorAll('script').length") == 1


def visible(text):
    """Controls and marks that turn text around are shown as such."""
    def escaped(found):
        code = f"{ord(found[0]):02x}"
        return f"\\u{{{code}}}" if len(code) > 2 else f"\\x{code}"
    return re.sub("[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", escaped, text)


NAMELESS = {"internal": "this site", "sources": "direct", "countries": "unknown", "families": "unknown", "systems": "unknown"}


def texts_of(server, report):
    answer = json.loads(server.get(f"/stats/api/{report}?since=2d&robots=on&limit=1000")[2])
    return [visible(str(row[0])) or NAMELESS.get(row[1] if report == "sources" else report, NAMELESS.get(report, "none")) for row in answer["rows"]]


@pytest.mark.fault("F81")
@pytest.mark.parametrize("round", range(5))
def test_every_panel_shows_the_text_stored_and_runs_nothing(page, attacked, round):
    shown = {panel: names[round % len(names)] for panel, names in TABS.items()}
    words = "".join(f"&tab={panel}:{report}&rows={panel}:1000" for panel, report in shown.items())
    page.open(f"http://127.0.0.1:{attacked.port}/stats/?since=2d&robots=on{words}")
    for panel, report in shown.items():
        if panel != "latest":
            texts = page.values(panel)
            if report == "languages":  # by their names, with the tag behind
                texts = [re.sub(r"^.* \((.*)\)$", r"\1", text) for text in texts]
            assert texts == texts_of(attacked, report), report
    assert len(page.text("[data-panel=latest] .visits > li")) > len(PAYLOADS)
    assert_harmless(page, attacked)


@pytest.mark.parametrize("panel, report", [("sources", "searchterms"), ("sources", "campaigns"), ("sources", "sources")])
def test_the_text_shown_is_the_text_sent(page, attacked, panel, report):
    page.open(f"http://127.0.0.1:{attacked.port}/stats/?since=2d&robots=on&tab={panel}:{report}&rows={panel}:1000")
    shown = set(page.values(panel))
    known = {"android-app://com.google.android.gm/1": "Gmail"} if report == "sources" else {}
    with_password = [p for p in PAYLOADS if re.search(r"://[^/]*@", p)]  # recorded nowhere
    missing = [p for p in PAYLOADS if p not in with_password and known.get(p, visible(re.sub(" +", " ", p).strip(" "))) not in shown]
    assert [p for p in missing if report != "searchterms" or "://" not in p] == []  # an address is no search


def test_hosts_and_addresses_are_shown_as_far_as_httpd_takes_them(page, attacked):
    """A made-up Host names a site; what is no address stays out of the addresses."""
    page.open(f"http://127.0.0.1:{attacked.port}/stats/?since=2d&robots=on&tab=server:sites&rows=server:1000&tab=clients:addresses")
    assert "<title>phpmyadmin 1" in page.values("server") and len(page.values("server")) > 50, page.values("server")
    assert page.values("clients") == ["127.0.0.1", "none"]  # mod_remoteip takes a path for a socket's address
    assert_harmless(page, attacked)


def test_text_cannot_become_markup(page, attacked):
    """Trusted Types: even a mistake of the page's own could not."""
    page.open(f"http://127.0.0.1:{attacked.port}/stats/?since=2d")
    assert page.js("try { document.body.innerHTML = '<p>'; return 'taken'; } catch (e) { return e.name; }") == "TypeError"
    assert page.js("try { document.createElement('script').src = 'x.js'; return 'taken'; } catch (e) { return e.name; }") == "TypeError"


@pytest.mark.parametrize("payload", PAYLOADS[::18] + ["__proto__", "constructor"])
def test_a_payload_in_the_address_is_only_a_filter(page, attacked, payload):
    page.open(f"http://127.0.0.1:{attacked.port}/stats/?since=2d&where={quote('searchterms=' + payload)}&tab={quote('sources:' + payload)}"
              f"&sort={quote('sources:' + payload)}&rows={quote('sources:' + payload)}&search={quote('pages:' + payload)}&tab={quote(payload + ':x')}"
              f"&figure={quote(payload)}&view={quote(payload)}")
    assert page.text(".chip bdi") == [visible(payload)]
    assert page.js("return document.querySelector('[data-panel=pages] input').value") == payload
    assert_harmless(page, attacked)


def test_a_report_as_a_file_shows_text_only(page, attacked):
    report = attacked.dir / "report.html"
    made = attacked.cli("report", "--format", "html", "--since", "2d", "--robots", "--limit", "1000", "-o", str(report))
    assert made.returncode == 0, made.stderr
    page.driver.get(f"file://{report}")
    assert page.js("return window.__ss") is None
    assert page.logs() == []
    assert [u for u in page.requests() if not u.startswith(("file://", "about:", "data:", "chrome:"))] == []
    assert page.js("return document.querySelectorAll('script, iframe, img, object, a, form, math, svg :not(rect, title)').length") == 0
    shown = set(page.text("td bdi"))
    assert "<img src=x onerror=window.__ss='1'>" in shown
