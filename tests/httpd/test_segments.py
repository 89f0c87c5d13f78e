"""Segments: filters with a name, in commands, API and status; and views of them that no address widens."""
import json
import re

import pytest

from test_archive import FIREFOX, Place
from test_own_lists import put

LOG = "".join(f'192.0.2.{n} - - [10/Nov/2026:10:0{n}:00 +0000] "GET {page} HTTP/1.1" 200 {100 + n} "{referer}" "{FIREFOX}"\n'
              for n, (page, referer) in enumerate([("/a", "https://www.google.com/"), ("/b", "https://www.google.com/"), ("/a", "https://other.example/"),
                                                   ("/secret", "-"), ("/a", "-")]))
ALL = ("--since", "2026-11-01", "--until", "2026-12-01")
SPAN = "since=2026-11-01&until=2026-12-01"
VIEW = """
<Location "/press">
    SetHandler slimstats
    SlimStatsView segment=press reports=overview,timeline,pages
    Require local
</Location>
<Location "/open">
    SetHandler slimstats
    SlimStatsView reports=addresses,visits,notes,timeline,goals filters=ip,country
    Require local
</Location>
<Location "/gone">
    SetHandler slimstats
    SlimStatsView segment=nobody reports=overview
    Require local
</Location>
<Location "/sites">
    SetHandler slimstats
    SlimStatsSites www.example.org
    Require local
</Location>
"""


def rows(answer):
    answer = json.loads(answer)
    return [dict(zip((column["name"] for column in answer["columns"]), row)) for row in answer["rows"]]


@pytest.fixture
def place(build, tmp_path):
    return Place(build, tmp_path)


def test_a_segment_is_its_filters(place):
    store = place.fill("one", LOG)
    place.run(store, "segment", "add", "found", "source=Google page=/a")
    place.run(store, "segment", "add", "quoted", 'source="Google" page~a')
    place.run(store, "segment", "add", "found", "source=Google")
    assert place.run(store, "segment", "list")[0] == 'found            source=Google\nquoted           source="Google" page~a\n'

    def ask(*words):
        return rows(place.run(store, "report", "pages", "--format", "json", "--sort", "page", *ALL, *words)[0])

    assert ask("--segment", "found") == ask("--where", "source=Google") and [row["page"] for row in ask("--segment", "found")] == ["/a", "/b"]
    assert [row["page"] for row in ask("--segment", "found", "--segment", "quoted")] == ["/a"]
    assert [row["page"] for row in ask("--segment", "found", "--where", "page=/b")] == ["/b"]
    assert len(place.run(store, "export", "--format", "jsonl", "--segment", "found")[0].splitlines()) == 2
    assert 'segment "fund" names no segment (did you mean found?)' in place.run(store, "report", "pages", "--segment", "fund", code=2)[1]
    place.run(store, "segment", "remove", "quoted")
    assert "quoted" not in place.run(store, "segment", "list")[0]
    place.run(store, "segment", "remove", "quoted", code=1)


def test_what_is_no_segment_is_refused(place):
    store = place.fill("one", LOG)
    for name, filters in (("a b", "page=/a"), ("", "page=/a"), ("x" * 65, "page=/a"), ("x", ""), ("x", "colour=red"), ("x", "country=xx"), ("x", "segment=x"),
                          ("x", 'source="Search'), ("x", "page=/a\nevil\tpage=/b"), ("x", "page"), ("x", " ".join(["page=/a"] * 17))):
        assert "segment: " in place.run(store, "segment", "add", name, filters, code=2)[1]
    assert place.run(store, "segment", "list")[0] == ""


def test_a_broken_line_is_named_and_the_others_hold(server):
    for n in range(2):
        server.get(f"/?n={n}", {"User-Agent": FIREFOX})
    server.wait_stored(2)
    put(server, "segments.tsv", "# ours\none\tpage=/?n=1\nbad\tcolour=red\n\none\tpage=/\nmore\tpage=/\tx\n")
    fault = "segments.tsv: line 3"
    status, _, body = server.get("/stats/api/pages?segment=one")
    assert status == 200 and [row["page"] for row in rows(body)] == ["/?n=1"]
    for name, reason in (("bad", "line 3: where"), ("more", "line 6: "), ("none", "names no segment")):
        status, _, body = server.get(f"/stats/api/pages?segment={name}")
        assert status == 400 and reason in json.loads(body)["error"] and json.loads(body)["parameter"] == "segment", body
        assert str(server.state) not in body.decode()
    assert fault in server.cli("status", check=1).stdout and fault in json.loads(server.cli("status", "--json", check=1).stdout)["lists"]
    assert fault in server.cli("lists", check=1).stderr and fault in server.cli("segment", "list", check=1).stderr
    assert [one["name"] for one in json.loads(server.get("/stats/api/dashboard")[2])["segments"]] == ["one"]
    assert "segments.tsv" not in server.get("/stats/api/status")[2].decode()
    (server.state / "segments.tsv").unlink()
    server.cli("lists", check=0)


@pytest.fixture(scope="module")
def press(make_shared_server):
    server = make_shared_server()
    server.write_config(config=VIEW)
    server.start()
    (server.dir / "old.log").write_text(LOG)
    server.cli("import", "--site", "www.example.org", str(server.dir / "old.log"), check=0)
    put(server, "segments.tsv", "press\tsource=Google\nall\tpage~/\n")
    put(server, "goals.tsv", "mine\t/a\tsite=www.example.org\neverybody\t/b\ntheirs\t/b\tsite=other.example\n")
    server.cli("note", "a secret note", "--at", "2026-11-10", check=0)
    return server


def get(server, path, method="GET"):
    status, headers, body = server.get(path, method=method)
    return status, body.decode()


def test_a_view_has_its_reports_of_its_segment(press):
    [row] = rows(get(press, f"/press/api/overview?{SPAN}")[1])
    assert (row["visits"], row["hits"]) == (2, 2)
    assert sorted(row["page"] for row in rows(get(press, f"/press/api/pages?{SPAN}")[1])) == ["/a", "/b"]
    assert [row["page"] for row in rows(get(press, f"/press/api/pages?{SPAN}&where=page%3D/a")[1])] == ["/a"]
    assert "/secret" not in get(press, f"/press/api/pages.csv?{SPAN}")[1]
    board = json.loads(get(press, "/press/api/dashboard")[1])
    assert board == {"reports": ["overview", "timeline", "pages"], "filters": ["site", "page"], "segments": [], "goals": []}
    page = get(press, f"/press/report.html?{SPAN}")[1]
    assert page.count("<section") == 3 and "/secret" not in page and "Google" not in page
    assert json.loads(get(press, f"/press/api/timeline?{SPAN}")[1]).get("notes") is None and "secret" not in get(press, f"/press/api/timeline?{SPAN}")[1]


WIDENING = ["segment=all", "segment=press", "segment=", "where=source!%3DGoogle", "where=source%3DGoogle", "where=ip%3D192.0.2.3", "where=ip~192", "where=visit%3D1",
            "where=referer~e", "where=country%3D", "where=entry%3D/secret", "where=kind%3Dpage", "where=mark!%3Dprobe", "where=goal%3Dmine", "where=%70age~/&where=so%75rce!%3DGoogle"]


@pytest.mark.parametrize("words", WIDENING)
def test_no_word_widens_a_view(press, words):
    for path in ("overview", "pages", "timeline", "pages.csv"):
        status, body = get(press, f"/press/api/{path}?{SPAN}&{words}")
        assert status == 400 and "secret" not in body.replace("/secret", "", 1), body
    status, body = get(press, f"/press/api/several?{SPAN}&{words}&report=pages")
    assert status == 400, body
    status, body = get(press, f"/press/api/several?{SPAN}&report=pages&{words}")
    assert status == 400, body
    assert get(press, f"/press/report.html?{SPAN}&{words}")[0] == 400


NARROWING = ["where=page!%3D/a", "where=page~", "where=site!%3Dx", "compare=previous", "robots=on", "since=all", "search=s", "sort=-hits", "exact=on", "offset=0", "by=hour"]


@pytest.mark.parametrize("words", NARROWING)
def test_other_words_ask_within_it(press, words):
    for path in ("overview", "pages", "timeline"):
        asked = words if words.startswith("since") else f"{SPAN}&{words}"
        status, body = get(press, f"/press/api/{path}?{asked}")
        assert status in (200, 400) and "/secret" not in body and "a secret note" not in body
        if status == 200 and path == "overview":
            assert rows(body)[0]["hits"] <= 2


def test_nothing_else_is_there(press):
    names = re.findall(r'href="api/([a-z]+)"', press.get("/stats/")[2].decode())
    assert len(names) > 40
    for name in {*names, "ledger", "visits", "recent", "addresses", "sources", "notes"} - {"overview", "timeline", "pages", "status"}:
        for path in (f"api/{name}", f"api/{name}.csv", f"api/{name}?{SPAN}", f"api//{name}", f"api/%70ages/../{name}"):
            assert get(press, f"/press/{path}")[0] in (400, 404), path
            assert get(press, f"/press/{path}", "HEAD")[0] in (400, 404), path
        assert get(press, f"/press/api/several?{SPAN}&report={name}")[0] == 400
        assert get(press, f"/press/api/several?{SPAN}&report=pages&report={name}")[0] == 400
    assert get(press, "/press/metrics")[0] == 404 and get(press, "/press/api/status?since=all")[0] == 404
    state = json.loads(get(press, "/press/api/status")[1])
    assert state["state"] == "ok" and state["stored"] is None and "ledger" not in state
    assert get(press, f"/press/api/pages?{SPAN}", "POST")[0] == 405


def test_what_a_view_names_it_has_and_one_without_its_segment_shows_nothing(press):
    assert len(rows(get(press, f"/open/api/addresses?{SPAN}")[1])) == 5
    assert len(rows(get(press, f"/open/api/visits?{SPAN}&where=ip%3D192.0.2.3")[1])) == 1
    assert get(press, f"/open/api/visits?{SPAN}&where=visit%3D1")[0] == 400
    assert [note["text"] for note in json.loads(get(press, f"/open/api/timeline?{SPAN}")[1])["notes"] if note["kind"] == "note"] == ["a secret note"]
    assert get(press, "/open/report.html")[0] == 200
    press.expect("SlimStatsView shows nothing")
    for path in ("api/overview", "api/several?report=overview", "report.html"):
        assert get(press, f"/gone/{path}") == (503, '{"error":"view-off"}\n')
    assert get(press, "/sites/api/pages?segment=all")[0] == 400 and json.loads(get(press, "/sites/api/dashboard")[1])["segments"] == []
    assert get(press, "/stats/api/pages?segment=all")[0] == 200


def test_owners_of_sites_see_goals_that_are_theirs_or_everybodys(press):
    assert json.loads(get(press, "/stats/api/dashboard")[1])["goals"] == ["mine", "everybody", "theirs"]
    assert json.loads(get(press, "/sites/api/dashboard")[1])["goals"] == ["mine", "everybody"]
    assert {row["goal"]: row["conversions"] for row in rows(get(press, f"/sites/api/goals?{SPAN}")[1])} == {"mine": 3, "everybody": 1}
    status, body = get(press, f"/sites/api/pages?{SPAN}&where=goal%3Dtheirs")
    assert status == 400 and "theirs" not in body.replace("goal=theirs", ""), body
    assert [row["page"] for row in rows(get(press, f"/sites/api/pages?{SPAN}&where=goal%3Deverybody")[1])] == ["/b"]
    assert len(rows(get(press, f"/open/api/visits?{SPAN}&where=goal%3Dmine")[1])) == 3
    steps = rows(get(press, f"/stats/api/funnel?{SPAN}&where=goal%3Dmine%3Eeverybody")[1])
    assert [(row["step"], row["goal"], row["visits"]) for row in steps] == [(0, "", 5), (1, "mine", 3), (2, "everybody", 0)]


@pytest.mark.parametrize("words", ["", "segment=a", "reports=", "reports=x", "reports=ledger", "reports=pages filters=x", "reports=pages segment=a segment=b",
                                   "reports=pages segment=a/b", "reports=pages more"])
def test_what_is_no_view_is_refused_at_start(make_server, words):
    server = make_server(config=f'<Location "/v">\nSlimStatsView {words}\n</Location>')
    done = server.httpd("-t", check=False)
    assert done.returncode != 0 and "SlimStatsView" in done.stdout + done.stderr
