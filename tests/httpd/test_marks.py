"""What clients do is marked, beside what they call themselves."""

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"


def rows(report):
    names = [column["name"] for column in report["columns"]]
    return [dict(zip(names, row)) for row in report["rows"]]


def test_a_scanner_that_calls_itself_a_browser_is_marked(server):
    for target in ("/robots.txt", "/.env", "/wp-login.php", *["/"] * 5):
        server.get(target, {"User-Agent": FIREFOX})
    server.get("/", {"User-Agent": FIREFOX.replace("132", "131")})
    server.wait_stored(9)
    found = {row["mark"]: row for row in rows(server.report("marks", "--until", "2099-01-01"))}
    assert set(found) == {"robots.txt", "probe", "no assets"}
    for row in found.values():
        assert (row["clients"], row["people"], row["hits"], row["pageviews"]) == (1, 1, 8, 5)
    [marked, plain] = sorted(rows(server.report("visits", "--until", "2099-01-01")), key=lambda row: -row["hits"])
    assert (marked["marks"], marked["robot"]) == ("robots.txt, probe, no assets", "none")
    assert plain["marks"] == ""
    [page] = rows(server.report("pages", "--until", "2099-01-01", "--where", "mark!=probe"))
    assert (page["page"], page["pageviews"]) == ("/", 1)
    assert server.sql("select resource, marks from hits where marks is not null order by resource") == [
        ("/.env", "probe"), ("/robots.txt", "robots.txt"), ("/wp-login.php", "probe")]
