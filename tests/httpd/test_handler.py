"""The dashboard's location: who may ask, what is answered, and with which headers."""
import csv
import gzip
import io
import json
import os
import re
import subprocess
import threading
import time

import pytest

from slimhttpd import now, wait_for

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                               "connect-src 'self'; base-uri 'none'; form-action 'none'; "
                               "frame-ancestors 'none'; require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


@pytest.fixture(scope="module")
def visited(make_shared_server):
    """Tests ask for its dashboard alone, or others would find more hits than these."""
    server = make_shared_server()
    server.expect("SlimStatsHosts")
    server.start()
    for path in ("/", "/?utm_source=x", "/a?b=1", "/none"):
        server.get(path, {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0.0.0 Safari/537.36",
                          "Accept-Language": "en"})
    server.wait_stored(4)
    yield server
    assert server.count() == 4


@pytest.fixture(scope="module")
def attacked(make_shared_server):
    server = make_shared_server()
    server.expect("invalid URI path", "AH00026", "AH01276", "encoded slashes|AH00127")
    server.start()
    return server


@pytest.mark.parametrize("path, status", [
    ("/stats/", 200), ("/stats/api/pages", 200), ("/stats/api/pages.csv", 200), ("/stats/api/status", 200),
    ("/stats/api/none", 404), ("/stats/none", 404), ("/stats/report", 404), ("/stats/report.html/", 404), ("/stats/api/pages?limit=0", 400), ("/stats", 200),
    ("/stats/api/pages.json", 404), ("/stats/metrics", 200), ("/stats/api/status?since=7d", 200), ("/stats/api/", 404), ("/stats/api/pages/", 404), ("/stats/api/PAGES", 404),
])
def test_each_answer_has_the_security_headers(visited, path, status):
    got, headers, body = visited.get(path)
    assert got == status, body
    headers = dict(headers)
    for name, value in SECURITY.items():
        based = value.replace("base-uri 'none'", "base-uri 'self'") if path == "/stats" else value
        assert headers.get(name) == based, name
    assert not [h for h in headers if h.startswith("Access-Control") or h == "Server-Timing"]
    assert "charset=utf-8" in headers["Content-Type"]


@pytest.mark.parametrize("require, status", [("Require all denied", 403), ("Require valid-user", 401)])
@pytest.mark.parametrize("config", ["", "ErrorDocument 401 /index.html\nErrorDocument 403 /index.html"])
def test_who_is_refused_gets_the_security_headers_too(make_server, require, status, config):
    server = make_server(config=f"""
{config}
<Location /refused>
    SetHandler slimstats
    AuthType Basic
    AuthName x
    AuthBasicProvider file
    AuthUserFile {os.devnull}
    {require}
</Location>""")
    server.expect("AH01630: client denied")
    server.start()
    for path in ("/refused/", "/refused/api/pages"):
        got, headers, _ = server.get(path)
        assert got == status
        assert {name: dict(headers).get(name) for name in SECURITY} == SECURITY
    assert "Content-Security-Policy" not in dict(server.get("/")[1])


def test_what_lies_below_a_dashboard_and_is_none_is_recorded(make_server):
    server = make_server(config="<Location /stats/other>\nSetHandler none\n</Location>")
    server.start()
    server.get("/stats/other?n=1")
    server.get("/stats/api/status")
    server.wait_stored(1)
    ledger = wait_for(lambda: (l := server.ledger())["seen"] == 2 and l)
    assert server.stored_numbers() == {1: 1} and ledger["excluded"]["dashboard"] == 1


@pytest.mark.parametrize("value", ["bytes=0-9", "bytes=0-0,2-3", "bytes=999999999-"])
def test_answers_come_whole(visited, value):
    for path in ("/stats/api/pages", "/stats/", "/stats/metrics"):
        status, headers, body = visited.get(path, {"Range": value})
        assert status == 200 and len(body) > 100
        assert dict(headers)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd",
                                  "%252e%252e%252fetc%252fpasswd", "..%5c..%5cetc%5cpasswd", "....//....//etc/passwd",
                                  "/etc/passwd", "api/..%00.csv", "api/pages%00.csv", "api/pages.csv/", "api/pages.csv/x",
                                  "api/../../stats.db", "assets/.htaccess", "..;/..;/etc/passwd"])
def test_no_path_leads_to_a_file(attacked, path):
    status, _, body = attacked.get("/stats/" + path)
    assert status in (400, 403, 404), body
    assert b"root:" not in body and b"SQLite" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_only_get_and_head(visited, method):
    status, headers, _ = visited.get("/stats/api/pages", method=method)
    assert status == 405
    assert dict(headers)["Allow"] == "GET, HEAD"


def test_head_has_the_headers_of_get_and_no_body(visited):
    _, got, body = visited.get("/stats/api/pages")
    status, head, nothing = visited.get("/stats/api/pages", method="HEAD")
    assert status == 200 and nothing == b"" and body
    drop = ("Date", "Content-Length")
    assert [h for h in got if h[0] not in drop] == [h for h in head if h[0] not in drop]


@pytest.mark.parametrize("query, parameter", [
    ("limit=0", "limit"), ("limit=-1", "limit"), ("limit=1001", "limit"), ("limit=5abc", "limit"),
    ("limit=0x10", "limit"), ("limit=%00", "limit"), ("limit=+5", "limit"), ("limit=1e9", "limit"),
    ("limit=9223372036854775808", "limit"), ("limit=5&limit=6", "limit"), ("limit[]=5", "limit[]"),
    ("since=0000-00-00", "since"), ("since=2026-02-30", "since"), ("since=1e400", "since"),
    ("since=-99999999999", "since"), ("until=1969-12-31", "until"), ("since=2026-02-02&until=2026-01-31", "since"), ("since=2026-02-02&until=2026-02-01", "since"),
    ("sort=name;drop", "sort"), ("sort=1", "sort"), ("by=minute", "by"), ("robots=perhaps", "robots"),
    ("where=country", "where"), ("where=nothing=1", "where"), ("where=status=abc", "where"), ("where=robot!=x", "where"), ("where=country=Austria", "where"),
    ("where=status='%20or%201", "where"), ("where=", "where"), ("format=html", "format"),
    ("unknown=1", "unknown"), ("=", ""), ("where=page=" + "x" * 3000, "where"), ("offset=-1", "offset"),
    ("tz=Nowhere", "tz"), ("tz=../../../etc/passwd", "tz"), ("tz=/etc/localtime", "tz"), ("tz=UTC&tz=UTC", "tz"),
    ("tz=", "tz"), ("compare=next", "compare"), ("compare=previous&compare=previous", "compare"), ("exact=x", "exact"),
])
def test_bad_parameters_are_refused_by_name(visited, query, parameter):
    status, _, body = visited.get(f"/stats/api/pages?{query}")
    assert status == 400, body
    answer = json.loads(body)
    assert answer["parameter"] == parameter and answer["error"]
    assert "select" not in body.decode().lower()


@pytest.mark.parametrize("words", [
    ["since=9x"], ["until=2026-02-30"], ["tz=Nowhere"], ["where=page"], ["where=colour=red"], ["where=robot=x"],
    ["where=country=Austria"], ["by=year"], ["week=blursday"], ["limit=0"], ["offset=-1"], ["sort=nothing"], ["compare=next"],
    ["period=next"], ["limit=5", "limit=6"], ["since=2026-02-02", "until=2026-01-31"],
])
def test_api_and_command_tell_a_mistake_in_the_same_words(visited, words):
    status, _, body = visited.get("/stats/api/pages?" + "&".join(words))
    assert status == 400, body
    told = visited.cli("report", "pages", *(f"--{word}" for word in words), check=2).stderr
    assert told == f"slimstats: report: {json.loads(body)['error']}\n"


@pytest.mark.parametrize("query", ["limit=1", "limit=1000", "offset=999999999", "since=1970-01-01",
                                   "since=9999-12-31&until=9999-12-31", "until=today", "since=yesterday", "robots=on",
                                   "where=page=%2F", "where=page!=%2F", "where=page~a&where=status=2xx",
                                   "sort=-pageviews", "sort=%2Bpage", "since=2026-10-25T02:30",
                                   "tz=Europe/Berlin", "tz=Europe%2FBerlin&since=week", "exact=on", "since=last-month",
                                   "since=2026-01-31T10:00%2B01:00", "since=all", "since=year&until=month"])
def test_good_parameters_are_answered(visited, query):
    status, _, body = visited.get(f"/stats/api/pages?{query}")
    assert status == 200, body
    answer = json.loads(body)
    assert set(answer) == {"report", "from", "until", "tz", "robots", "filters", "columns", "rows", "totals", "more",
                           "approximate"}


def test_a_comparison_has_the_period_before(visited):
    answer = json.loads(visited.get("/stats/api/pages?since=yesterday&until=today&compare=previous&tz=Asia/Kolkata")[2])
    assert answer["tz"] == "Asia/Kolkata"
    assert answer["from"].endswith("T00:00:00+05:30")
    assert answer["previous"]["until"] == answer["from"]
    assert len(answer["previous"]["rows"]) == len(answer["rows"]) > 0
    assert answer["previous"]["rows"][0] == {"visitors": 0, "pageviews": 0, "unshown": 0, "bytes": 0}
    assert answer["totals"]["previous"] == {"rows": 0, "pageviews": 0, "unshown": 0, "bytes": 0}
    status, _, body = visited.get("/stats/api/recent?compare=previous")
    assert status == 400 and json.loads(body)["parameter"] == "compare"
    rows = list(csv.reader(io.StringIO(visited.get("/stats/api/pages.csv?compare=previous")[2].decode())))
    assert rows[0][-4:] == ["visitors_previous", "pageviews_previous", "unshown_previous", "bytes_previous"]
    assert {len(row) for row in rows} == {len(rows[0])}


SQLI = ["'", "''", '"', "`", "\\", "%", "_", "' OR '1'='1", "1;DROP TABLE hit;--", "'; DROP TABLE hit;--",
        "' UNION SELECT sql FROM sqlite_master--", "x' AND randomblob(100000000)--", "\u2019", "%%%%%%%%a", "{match}",
        ":since", "?1", "$value0", "/*", "--"]


@pytest.mark.parametrize("dimension", ["page", "referer", "region", "browser", "domain", "method", "source"])
def test_filters_are_values_never_sql(visited, dimension):
    from urllib.parse import quote
    before = visited.sql("pragma schema_version")
    for value in SQLI:
        for operator in ("=", "!=", "~"):
            status, _, body = visited.get("/stats/api/recent?where=" + quote(dimension + operator + value))
            assert status == 200, (value, body)
            if operator == "=":
                assert json.loads(body)["rows"] == []
    assert visited.sql("pragma schema_version") == before
    assert visited.count() == 4


def test_filters_find_what_they_name(visited):
    def paths(query):
        answer = json.loads(visited.get(f"/stats/api/recent?{query}")[2])
        at = [c["name"] for c in answer["columns"]].index("resource")
        return sorted(row[at] for row in answer["rows"])
    assert paths("where=status=404") == ["/a?b=1", "/none"]
    assert paths("where=status=2xx") == ["/", "/?utm_source=x"]
    assert paths("where=page=%2F") == ["/", "/?utm_source=x"]
    assert paths("where=resource=%2F") == ["/"]
    assert paths("where=page!=%2F") == ["/a?b=1", "/none"]
    assert paths("where=resource~UTM") == ["/?utm_source=x"]
    assert paths("where=ip=127.0.0.1&where=language=en&where=status!=404") == ["/", "/?utm_source=x"]
    assert paths("where=browser=Firefox") == []


@pytest.mark.parametrize("host, status", [
    ("localhost", 200), ("LOCALHOST", 200), ("localhost:8080", 200), ("127.0.0.1:8080", 200), ("[::1]:8080", 200),
    ("rebind.attacker.invalid", 403), ("127.0.0.1.nip.invalid", 403), ("localhost.attacker.invalid", 403),
    ("stats.example.test", 403),
])
def test_only_own_host_names_are_answered(visited, host, status):
    assert visited.get("/stats/api/status", {"Host": host})[0] == status


def test_a_request_without_host_is_refused(visited):
    assert b" 403 " in visited.raw(b"GET /stats/api/status HTTP/1.0\r\n\r\n").split(b"\r\n")[0]


def test_the_report_of_status_codes_has_the_state_s_name(visited):
    state = json.loads(visited.get("/stats/api/status")[2])
    report = json.loads(visited.get("/stats/api/status?since=yesterday")[2])
    assert "ledger" in state and report["report"] == "status"
    assert sorted(row[:2] for row in report["rows"]) == [[200, 2], [404, 2]]


def test_configured_host_names(make_server):
    server = make_server(config="<Location /stats>\nSlimStatsHosts stats.example.test\n</Location>")
    server.expect("SlimStatsHosts")
    server.start()
    assert server.get("/stats/api/status", {"Host": "stats.example.test"})[0] == 200
    assert server.get("/stats/api/status", {"Host": "other.example.test"})[0] == 403


def test_a_password_protects_it(make_server):
    server = make_server()
    password = server.dir / "passwd"
    hashed = subprocess.run(["openssl", "passwd", "-apr1", "secret"], capture_output=True, text=True).stdout.strip()
    password.write_text(f"admin:{hashed}\n")
    password.chmod(0o644)
    server.expect("AH01617: user admin: authentication failure")
    server.write_config(config=f"""
<Location /guarded>
    SetHandler slimstats
    AuthType Basic
    AuthName statistics
    AuthUserFile {password}
    Require valid-user
</Location>""")
    server.start()
    assert server.get("/guarded/")[0] == 401
    assert server.get("/guarded/api/status", {"Authorization": "Basic YWRtaW46c2VjcmV0"})[0] == 200
    assert server.get("/guarded/api/status", {"Authorization": "Basic YWRtaW46d3Jvbmc="})[0] == 401


def test_the_page_without_the_slash_has_links_one_step_higher(make_server):
    server = make_server(config="<LocationMatch \"^/a%20b&\\$\">\nSetHandler slimstats\nRequire all granted\n</LocationMatch>\n"
                         "<Location \"/a:b <&\">\nSetHandler slimstats\nRequire all granted\n</Location>\n")
    server.start()
    status, _, body = server.get("/a:b%20%3C&")
    assert status == 200 and b'<head>\n<base href="./a:b%20%3c&amp;/">\n' in body
    assert b"<base" not in server.get("/a:b%20%3C&/")[2]


def test_behind_a_proxy_visitors_are_not_local(make_server):
    server = make_server(config="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1")
    server.start()
    server.expect("AH01630")
    for path in ("/stats/", "/stats/metrics", "/stats/api/status"):
        assert server.get(path, {"X-Forwarded-For": "203.0.113.9"})[0] == 403
        assert server.get(path)[0] == 200


def test_csv_is_an_attachment_with_safe_cells(make_server):
    server = make_server()
    server.start()
    formulas = ["=1+1", "+1", "-1", "@SUM(1)", "=cmd|'/c calc'!A1", 'a"b,c', "＝1"]
    for formula in formulas:
        server.raw(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUser-Agent: " + formula.encode() + b"\r\n\r\n")
    server.wait_stored(len(formulas))
    status, headers, body = server.get("/stats/api/robots.csv")
    assert status == 200
    assert dict(headers)["Content-Disposition"] == 'attachment; filename="slimstats-robots.csv"'
    rows = list(csv.reader(io.StringIO(body.decode())))
    assert len(rows) == 1 + len(formulas)
    for row in rows:
        assert len(row) == len(rows[0])
        for cell in row:
            assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
    assert {r[0].removeprefix("'") for r in rows[1:]} == set(formulas)


def test_equal_questions_are_asked_once_and_answered_each(visited):
    one = json.loads(visited.get("/stats/api/several?report=pages&limit=3&until=2100-01-01")[2])["answers"]
    many = json.loads(visited.get("/stats/api/several?until=2100-01-01&" + "&".join(["report=pages&limit=3", "report=sources"] * 12))[2])["answers"]
    assert [a["report"] for a in many] == ["pages", "sources"] * 12 and many[0::2] == one * 12


def test_an_answer_has_a_size_limit(make_server):
    """24 times the latest of long texts were a third of a gigabyte."""
    server = make_server(config="LimitRequestFieldSize 16000\nLimitRequestLine 16000")
    server.start()
    log = server.dir / "long.log"
    day = time.strftime("%d/%b/%Y", time.gmtime(now() - 86400))
    log.write_text("".join(f'192.0.2.7 - - [{day}:12:00:{n % 60:02d} +0000] "GET /{n}?{"x" * 2000} HTTP/1.1" 200 5 '
                           f'"https://example.org/{n}?{"y" * 2000}" "Mozilla/5.0 {"z" * 900}"\n' for n in range(1000)))
    server.cli("import", str(log), check=0)
    several = "&".join(f"report=recent&limit=1000&offset={n}" for n in range(24))
    for path in (f"several?since=7d&{several}",
                 "several?since=7d&" + "&".join(["report=recent&limit=1000"] * 24)):
        status, _, body = server.get(f"/stats/api/{path}")
        assert (status, json.loads(body)["error"]) == (400, "the answer is too large: ask for less")
    status, _, body = server.get("/stats/api/recent?limit=1000&since=7d")
    assert status == 200 and len(json.loads(body)["rows"]) == 1000
    for pid in server.processes():
        with open(f"/proc/{pid}/status") as lines:
            peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
        assert peak < 120_000, f"{peak} KiB"


def test_at_most_two_questions_at_once(make_server):
    server = make_server(mpm="event", config="StartServers 1\nMinSpareThreads 1\nMaxSpareThreads 25\nServerLimit 1\n"
                                             "ThreadsPerChild 25\nMaxRequestWorkers 25")
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)
    answers = []

    def ask():
        status, head, _ = server.get("/stats/api/overview?since=2000-01-01")
        answers.append((status, dict(head)))  # at once: threads take turns between two
    threads = [threading.Thread(target=ask) for _ in range(60)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    statuses = {status for status, _ in answers}
    assert statuses <= {200, 503} and 200 in statuses and len(answers) == 60
    assert all(head["Retry-After"] == "2" for status, head in answers if status == 503)
    assert server.get("/stats/api/overview")[0] == 200


def test_the_location_may_be_anywhere(make_server):
    server = make_server(config='<Location "/deep/er/">\nSetHandler slimstats\nRequire local\n</Location>\n')
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)
    assert server.get("/deep/er/api/pages")[0] == 200
    assert server.get("/deep/er/")[0] == 200


PACKED = {"Accept-Encoding": "gzip"}


def test_files_of_the_page_are_kept_for_ever_and_the_page_never(visited):
    status, headers, body = visited.get("/stats/")
    assert status == 200 and dict(headers)["Content-Type"] == "text/html; charset=utf-8"
    assert dict(headers)["Cache-Control"] == "no-store"
    page = body.decode()
    files = re.findall(r'(?:href|src)="(assets/[^"]+)"', page)
    assert {name.rsplit(".", 1)[1] for name in files} == {"js", "css", "svg"}
    types = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml; charset=utf-8"}
    total = len(visited.get("/stats/", PACKED)[2])
    for name in files:
        status, headers, body = visited.get("/stats/" + name)
        headers = dict(headers)
        assert status == 200 and headers["Content-Type"] == types[name.rsplit(".", 1)[1]], name
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        for header, value in SECURITY.items():
            assert header == "Cache-Control" or headers[header] == value
        folder = name.rsplit("/", 1)[0]
        for module in re.findall(r'from "\./([^"]+)"', body.decode()):
            assert f"{folder}/{module}" in files, f"{name} imports {module}"
        files += [f"{folder}/{late}" for late in re.findall(r'import\("\./([^"]+)"', body.decode())]
        assert visited.get("/stats/" + name, method="HEAD")[2] == b""
        total += len(visited.get("/stats/" + name, PACKED)[2])
    assert total < 64_000  # of what a browser gets at its first visit, the map's with it
    assert "<style" not in page and "style=" not in page and not re.search(r"<script(?![^>]*src=)|\son\w+=", page)


@pytest.mark.parametrize("accepted, packed", [("gzip, deflate, br", True), ("br, GZIP", True), ("br;q=1.0, gzip;q=0", False),
                                              ("identity", False), ("xgzip", False), ("", False)])
def test_files_are_sent_packed_to_those_who_take_it(visited, accepted, packed):
    page = visited.get("/stats/")[2]
    script = re.search(rb'src="(assets/[^"]+)"', page).group(1).decode()
    for path, plain in (("", page), (script, visited.get("/stats/" + script)[2])):
        status, headers, body = visited.get("/stats/" + path, {"Accept-Encoding": accepted} if accepted else {})
        headers = dict(headers)
        assert status == 200 and headers["Vary"] == "Accept-Encoding" and int(headers["Content-Length"]) == len(body)
        assert headers.get("Content-Encoding") == ("gzip" if packed else None)
        assert (gzip.decompress(body) if packed else body) == plain
        head = dict(visited.get("/stats/" + path, {"Accept-Encoding": accepted} if accepted else {}, method="HEAD")[1])
        assert head["Content-Length"] == headers["Content-Length"]


@pytest.mark.parametrize("path", ["assets/", "assets/app.js", "assets/0000000000000000/app.js", "assets/HASH/", "assets/HASH/none.js",
                                  "assets/HASH/app.js/x", "assets/HASH/app.js%20", "assets/HASH/embed.sh", "assets/HASHx/app.js"])
def test_other_files_are_not_there(visited, path):
    digest = re.search(r"assets/([0-9a-f]{16})/", visited.get("/stats/")[2].decode()).group(1)
    status, headers, _ = visited.get("/stats/" + path.replace("HASH", digest))
    assert status == 404 and dict(headers)["Cache-Control"] == "no-store"


def test_all_reports_are_one_page_without_script(visited):
    """The same as of the command; nothing but its own style may be used by it."""
    for words, options in (("since=2d", []), ("since=2d&robots=on&limit=1&compare=previous", ["--robots", "--limit", "1", "--compare", "previous"])):
        status, headers, body = visited.get(f"/stats/report.html?{words}")
        headers = dict(headers)
        assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8"
        policy = headers.pop("Content-Security-Policy")
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'") and "script-src" not in policy
        assert {name: headers[name] for name in SECURITY if name in headers} == {k: v for k, v in SECURITY.items() if k != "Content-Security-Policy"}
        assert body.decode() == visited.cli("report", "--format", "html", "--since", "2d", *options, check=0).stdout
        assert body.count(b"<section") == 23 and b"<script" not in body and b"http" not in body.replace(b"http-equiv", b"")
    for words, parameter in (("since=soon", "since"), ("limit=0", "limit"), ("search=x", "search"), ("nope=1", "nope"), ("x=%00", "x")):
        status, headers, body = visited.get(f"/stats/report.html?{words}")
        assert status == 400 and json.loads(body)["parameter"] == parameter
        assert dict(headers)["Content-Security-Policy"] == SECURITY["Content-Security-Policy"]
    assert visited.get("/stats/report.html", method="POST")[0] == 405


def test_without_script_each_report_is_linked(visited):
    page = visited.get("/stats/")[2].decode()
    without = page[page.index("<noscript>"):page.index("</noscript>")]
    assert '"report.html"' in without
    listed = subprocess.run([visited.build.command, "reports"], capture_output=True, text=True, check=True).stdout
    reports = [line.split()[0] for line in listed.splitlines()]
    assert len(reports) > 20
    for report in reports:
        assert f'"api/{report}"' in without and f'"api/{report}.csv"' in without, report


def test_without_a_store_the_page_says_so(server):
    wait_for(lambda: server.store.exists())
    server.stop()
    for path in server.state.glob("stats.db*"):
        path.unlink()
    (server.state / "stats.db").mkdir()
    server.expect("store-corrupt", "store-io")
    server.start()
    status, headers, body = server.get("/stats/api/pages")
    assert status == 503 and dict(headers)["Retry-After"]
    assert str(server.dir).encode() not in body and b"SQLite" not in body
    (server.state / "stats.db").rmdir()


def test_the_ledger_is_a_report(make_server):
    server = make_server(settings="SlimStatsExclude path=/left/*")
    server.start()
    for path in ("/?n=1", "/?n=2", "/left/out"):
        server.get(path)
    server.wait_stored(2)
    wait_for(lambda: set(server.ledger()["waiting"].values()) == {0})
    expected = [["stored", "", 2], ["waiting", "ring", 0], ["waiting", "journal", 0], ["excluded", "path", 1]]
    assert server.report("ledger")["rows"] == expected
    page = json.loads(server.get("/stats/api/ledger")[2])
    assert page["rows"][:3] == expected[:3]
    assert page["totals"]["hits"] == 3  # the question itself is seen when it has been answered


def test_ids_outlive_programs_that_read_numbers_as_doubles(visited):
    body = visited.get("/stats/api/recent?robots=on")[2]
    answer = json.loads(body, parse_int=float)  # as JavaScript and jq do
    [at] = [i for i, column in enumerate(answer["columns"]) if column["type"] == "id"]
    ids = [row[at] for row in answer["rows"]]
    assert len(ids) == 4 and sorted(map(int, ids)) == [row[0] for row in visited.sql("select id from hit order by id")]
    assert min(map(int, ids)) > 2 ** 53
    [visit] = [row[0] for row in json.loads(visited.get("/stats/api/visits")[2], parse_int=float)["rows"]]
    assert json.loads(visited.get(f"/stats/api/overview?where=visit%3D{visit}")[2])["totals"]["hits"] == 4
    exported = visited.cli("export", "--columns", "all", "--format", "jsonl", check=0).stdout.splitlines()
    assert {json.loads(line, parse_int=float)["visit"] for line in exported} == {visit}


def test_several_reports_are_answered_as_each_alone(visited):
    common = f"since={time.strftime('%Y-%m-%d', time.gmtime(now() - 2 * 86400))}&until=2038-01-01&tz=Europe/Berlin&robots=on&where=country~"
    own = ["report=pages&limit=2&sort=-bytes", "report=overview&compare=previous", "report=status", "report=pages&search=a", "report=recent&where=method=GET"]
    status, _, body = visited.get(f"/stats/api/several?{common}&{'&'.join(own)}")
    assert status == 200
    answers = json.loads(body)["answers"]
    assert len(answers) == len(own) and answers[0]["rows"] and answers[4]["rows"]
    for question, answer in zip(own, answers):
        name, _, rest = question.removeprefix("report=").partition("&")
        alone = json.loads(visited.get(f"/stats/api/{name}?{common}&{rest}")[2])
        assert alone == answer


@pytest.mark.parametrize("asked, parameter", [
    ("", "report"), ("since=7d", "report"), ("report=none", "report"), ("report=ledger", "report"), ("report=", "report"),
    ("report=pages&limit=0", "limit"), ("since=never&report=pages", "since"), ("since=7d&report=pages&since=7d", "since"),
    ("report=pages&limit=1&limit=2", "limit"), ("report=pages&since=7d&until=9d", "since"), ("report=pages&x=1", "x"),
    ("report=pages&" * 25, "report"), ("sort=-bytes&report=pages&report=sources", "sort"), ("report=pages&report=a%00", "report"),
])
def test_several_reports_with_a_mistake_are_refused_as_a_whole(visited, asked, parameter):
    status, headers, body = visited.get(f"/stats/api/several?{asked}")
    assert status == 400 and json.loads(body)["parameter"] == parameter, body
    assert dict(headers)["X-Content-Type-Options"] == "nosniff"
    assert visited.get("/stats/api/several.csv?report=pages")[0] == 404
