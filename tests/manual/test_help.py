"""The manual as the dashboard serves it, and the description of its API against what the API answers."""
import json
import re
from html.parser import HTMLParser

import jsonschema
import pages
import pytest
import tables
from test_handler import SECURITY

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"


@pytest.fixture(scope="module")
def visited(make_shared_server):
    server = make_shared_server(config='<Location "/shut">\nSetHandler slimstats\nRequire all denied\n</Location>')
    server.expect("AH01630: client denied", "SlimStatsHosts")
    server.start()
    for path in ("/", "/?utm_source=x&utm_medium=y", "/none"):
        server.get(path, {"User-Agent": BROWSER, "Accept-Language": "en", "Referer": "https://www.google.com/?q=x"})
    server.wait_stored(3)
    return server


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.to, self.ids, self.tags = [], set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.add(tag)
        self.ids |= {found["id"]} if "id" in found else set()
        self.to += [found["href"]] if tag == "a" else []


def help_page(server, path):
    status, headers, body = server.get("/stats/help/" + path)
    assert status == 200, path
    return dict(headers), body.decode()


def test_help_has_the_headers_and_the_look_of_the_page(visited):
    for path in ("", "start", "states"):
        headers, text = help_page(visited, path)
        assert {name: headers.get(name) for name in SECURITY} == SECURITY
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        style = re.search(r'href="\.\./(assets/[0-9a-f]+/style\.css)"', text)[1]
        assert visited.get("/stats/" + style)[0] == 200
        assert not Links(text).tags & {"script", "style", "img", "iframe", "form"} and not re.search(r"\s(on\w+|style)=", text)
    assert b'<base href="./help/">' in visited.get("/stats/help")[2]
    for path in ("none", "start/", "start.md", "help/start", "../help/start/x"):
        assert visited.get("/stats/help/" + path)[0] == 404, path


def test_help_is_shut_where_the_page_is(visited):
    for path in ("/shut/help/", "/shut/help/start", "/shut/help/openapi.json"):
        assert visited.get(path)[0] == 403
    assert visited.get("/stats/help/start", {"Host": "rebind.attacker.invalid"})[0] == 403


def test_each_page_is_served_and_its_links_lead_somewhere(visited):
    served = {name: Links(help_page(visited, name)[1]) for name in pages.names()}
    for name, links in served.items():
        assert not any(to.endswith(".md") or ".md#" in to for to in links.to), name
        for to in links.to:
            page, _, part = to.partition("#")
            if to.startswith("http") or to in ("../", "./", "openapi.json"):
                continue
            assert page in served and (not part or part in served[page].ids), f"{name}: {to}"
    assert set(pages.names()) - {"help"} <= set(served["help"].to)


def test_what_the_page_links_to_is_there(visited):
    """Cards and states of the dashboard."""
    text = "".join((pages.ROOT / f"mod_src/dashboard/{name}.js").read_text() for name in ("panels", "health", "timeline", "app", "head", "figures"))
    named = set(re.findall(r'(?:help: |helpLink\((?:isWell \? )?)"([a-z#-]+)"', text))
    named |= set(re.findall(r'"([a-z-]+#[a-z-]+)"', text))
    assert len(named) > 10
    for to in named:
        page, _, part = to.partition("#")
        links = Links(help_page(visited, page)[1])
        assert not part or part in links.ids, to
    states = Links(help_page(visited, "states")[1]).ids
    assert {name for name, _ in tables.states()} - {"ok"} <= states


def test_metrics_that_pages_name_are_there(visited):
    told = visited.get("/stats/metrics")[2].decode() + visited.get("/stats/metrics", {"Accept": "application/openmetrics-text;version=1.0.0"})[2].decode()
    families = set(re.findall(r"^# HELP (\w+)", told, re.M)) | set(re.findall(r"^(slimstats_\w+)", told, re.M))
    named = {name for page in pages.names() for name in re.findall(r"`(slimstats_[a-z_]+)`", pages.text_of(page))}
    assert len(named) > 5 and named <= families


# --- the API's description ---

@pytest.fixture(scope="module")
def described(visited):
    status, headers, body = visited.get("/stats/help/openapi.json")
    assert status == 200 and dict(headers)["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(body)


def resolved(described, schema):
    return {**schema, "components": described["components"]}


def test_each_report_answers_as_described(visited, described):
    of_reports = {path: item for path, item in described["paths"].items() if "operationId" in item["get"]}
    assert len(of_reports) == len(tables.reports()) > 30
    for path, item in of_reports.items():
        schema = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        status, _, body = visited.get(f"/stats{path}?since=all&robots=on&limit=5")
        assert status == 200, body
        answer = json.loads(body)
        jsonschema.Draft202012Validator(resolved(described, schema)).validate(answer)
        named = item["get"]["description"].removeprefix("columns: ").split(", ")
        assert [column["name"] for column in answer["columns"]] == named, path
    wrong = {**answer, "rows": [["x"] * (len(named) + 1)]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(resolved(described, schema)).validate(wrong)


@pytest.mark.parametrize("path, asked", [
    ("/api/{report}.csv", "/api/pages.csv?since=7d"), ("/api/ledger", "/api/ledger"), ("/api/several", "/api/several?since=7d&report=pages&report=sources"),
    ("/api/status", "/api/status"), ("/report.html", "/report.html?since=7d"), ("/metrics", "/metrics")])
def test_what_is_no_report_answers_as_described(visited, described, path, asked):
    (kind, content), = described["paths"][path]["get"]["responses"]["200"]["content"].items()
    status, headers, body = visited.get("/stats" + asked)
    assert status == 200 and dict(headers)["Content-Type"].startswith(kind)
    if kind == "application/json":
        jsonschema.Draft202012Validator(resolved(described, content["schema"])).validate(json.loads(body))


def test_nothing_is_described_that_is_not_there(visited, described):
    for path in described["paths"]:
        words = "?report=pages" if path == "/api/several" else ""
        assert visited.get("/stats" + path.replace("{report}", "pages") + words)[0] == 200, path


def test_each_parameter_is_known_and_no_other_is(visited, described):
    good = {"since": "7d", "until": "today", "tz": "UTC", "where": "country=DE", "search": "x", "by": "day", "week": "sunday", "limit": "3", "offset": "0",
            "sort": "-pageviews", "robots": "on", "compare": "previous", "period": "previous", "exact": "on", "course": "on", "segment": "known"}
    visited.cli("segment", "add", "known", "page~/", check=0)
    assert set(described["components"]["parameters"]) == set(good)
    for name, value in good.items():
        status, _, body = visited.get(f"/stats/api/pages?{name}={value}")
        assert status == 200, body
        enum = described["components"]["parameters"][name]["schema"].get("enum", [])
        for each in enum:
            assert visited.get(f"/stats/api/pages?{name}={each}")[0] == 200, (name, each)
    status, _, body = visited.get("/stats/api/pages?nothing=1")
    failure = described["components"]["schemas"]["failure"]
    assert status == 400 and jsonschema.Draft202012Validator(failure).is_valid(json.loads(body))
