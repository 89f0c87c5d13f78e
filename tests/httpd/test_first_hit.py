"""The way of a hit, from a request to a report."""
import json

from slimhttpd import wait_for

CHROME = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
          "Chrome/120.0.0.0 Safari/537.36")


def test_a_request_becomes_a_row_and_a_report(server):
    server.get("/?n=1", {"User-Agent": CHROME, "Accept-Language": "de-AT,de;q=0.9",
                         "Referer": "https://www.google.at/search?q=wiener+schnitzel"})
    server.wait_stored(1)
    [row] = server.sql("select language, domain, searchterms, resource, browser_name, version, "
                       "platform_name, robot, status, site from slim_stats")
    assert row == ("de-at", "www.google.at", "wiener schnitzel", "/?n=1", "Chrome", "120", "Windows",
                   "none", 200, "localhost")
    assert server.report("pages")["rows"][0][:2] == ["/?n=1", 1]
    assert server.report("searchterms")["rows"][0][:2] == ["wiener schnitzel", "Google"]


def test_the_same_visit_is_seen_over_http(server):
    server.get("/", {"User-Agent": CHROME})
    server.wait_stored(1)
    status, headers, body = server.get("/stats/api/pages")
    assert status == 200
    assert dict(headers)["Content-Type"] == "application/json; charset=utf-8"
    answer = json.loads(body)
    names = [column["name"] for column in answer["columns"]]
    assert dict(zip(names, answer["rows"][0]))["page"] == "/"
    status, _, body = server.get("/stats/")
    assert status == 200 and b"slimstats" in body


def test_the_dashboard_does_not_record_itself(server):
    for _ in range(3):
        server.get("/stats/")
        server.get("/stats/api/status")
    server.get("/?n=1")
    server.wait_stored(1)
    ledger = wait_for(lambda: (l := server.ledger())["stored"] == 1 and l)
    assert ledger["excluded"]["dashboard"] == 6
    assert ledger["seen"] == 7 and ledger["unaccounted"] == 0
    assert server.count() == 1


def test_status_tells_state_and_ledger(server):
    server.get("/")
    server.wait_stored(1)
    result = wait_for(lambda: (r := server.cli("status", "--json")).returncode == 0 and r)
    status = json.loads(result.stdout)
    assert status["state"] == "ok"
    assert wait_for(lambda: server.ledger()["stored"] == 1)
    assert "all well" in server.cli("status", check=0).stdout
    assert json.loads(server.get("/stats/api/status")[2])["state"] == "ok"
