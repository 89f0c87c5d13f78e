"""The rules of conf/slimstats.conf that know who is logged in to a site's own software, by the cookie."""
from pathlib import Path

from slimhttpd import wait_for

CONF = Path(__file__).parents[2] / "conf/slimstats.conf"
HASH = "0123456789abcdef" * 2

LOGGED_IN = [
    f"wordpress_logged_in_{HASH}=admin%7C1765000000%7Cx%7Cy",
    f"wordpress_test_cookie=WP%20Cookie%20check; wordpress_logged_in_{HASH}=admin%7C1; wp-settings-1=a",
    "wikidb_session=abc; wikidbUserID=7; wikidbUserName=Ann",
    "UserID=12",
    f"DokuWiki=abc; DW{HASH}=YW5u%7C0%7Cx",
    f"SESS{HASH}=abc",
    f"SSESS{HASH}=abc",
    "oc_sessionPassphrase=x; nc_username=ann; nc_token=t",
]
ANYBODY = [
    "wordpress_test_cookie=WP%20Cookie%20check",
    f"comment_author_{HASH}=Ann",
    f"wordpress_logged_in_{HASH}=",
    "wikidb_session=abc; wikidbUserName=Ann",
    "wikidbUserID=0",
    "DokuWiki=abc; DOKU_PREFS=sizeCtl%23300",
    f"DW{HASH}=",
    f"has_js=1; Drupal.session={HASH}",
    "oc_sessionPassphrase=x; __Host-nc_sameSiteCookielax=true",
    "nc_username=",
    f"note=SESS{HASH}",
    "",
]


def rules(directive):
    return [line[1:].replace("SlimStatsOwn", directive) for line in CONF.read_text().splitlines()
            if line.startswith("#SlimStatsOwn") and "HTTP_COOKIE" in line]


def test_logged_in_users_are_left_out_and_nobody_else(make_server):
    assert len(rules("SlimStatsExclude")) == 5
    server = make_server(settings="\n".join(rules("SlimStatsExclude")))
    server.start()
    for cookie in LOGGED_IN + ANYBODY:
        server.get("/index.html", {"Cookie": cookie})
    server.wait_stored(len(ANYBODY))
    assert wait_for(lambda: server.ledger()["excluded"]["expr"] == len(LOGGED_IN))


def browser(number):
    return f"Mozilla/5.0 (X11; Linux x86_64; rv:{number}.0) Gecko/20100101 Firefox/{number}.0"


def test_visits_of_logged_in_users_are_own_and_nobody_elses(make_server):
    server = make_server(settings="\n".join(rules("SlimStatsOwn")))
    server.start()
    for number, cookie in enumerate(LOGGED_IN + ANYBODY, 60):
        server.get("/index.html", {"User-Agent": browser(number)})
        server.get("/a.html", {"User-Agent": browser(number), "Cookie": cookie})
        server.get("/index.html", {"User-Agent": browser(number)})
    server.wait_stored(3 * len(LOGGED_IN + ANYBODY))
    classes = dict(server.sql("select version, group_concat(distinct robot) from slim_stats group by version"))
    assert classes == {str(number): "own" if number < 60 + len(LOGGED_IN) else "none"
                       for number in range(60, 60 + len(LOGGED_IN + ANYBODY))}
    assert {b for (b,) in server.sql("select distinct browser_name from slim_stats")} == {"Firefox"}

    def visits(*options):
        return server.report("overview", *options)["rows"][0]
    columns = [c["name"] for c in server.report("overview")["columns"]]
    at = columns.index("visits")
    assert visits()[at] == len(ANYBODY)
    assert visits("--robots")[at] == len(LOGGED_IN + ANYBODY)
    assert visits("--where", "robot=own", "--robots")[at] == len(LOGGED_IN)
    assert "well" in server.cli("check", check=0).stdout


def test_robots_stay_robots(make_server):
    server = make_server(settings="SlimStatsOwn ip=127.0.0.0/8")
    server.start()
    server.get("/", {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})
    server.get("/", {"User-Agent": browser(60)})
    server.wait_stored(2)
    assert sorted(server.sql("select browser_name, robot from slim_stats")) == [("Firefox", "own"), ("Googlebot", "search")]


def test_rules_without_a_visitor_are_of_hits(make_server):
    server = make_server(settings="SlimStatsOwn path=/admin/*\nSlimStatsRespect gpc")
    server.start()
    for path in ("/", "/admin/x", "/"):
        server.get(path, {"User-Agent": browser(60), "Sec-GPC": "1"})
    server.wait_stored(3)
    assert sorted(server.sql("select resource, robot from slim_stats")) == [("/", "none"), ("/", "none"), ("/admin/x", "own")]
