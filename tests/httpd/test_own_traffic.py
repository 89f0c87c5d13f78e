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


def rules():
    return [line[1:] for line in CONF.read_text().splitlines() if line.startswith("#SlimStatsExclude") and "HTTP_COOKIE" in line]


def test_logged_in_users_are_left_out_and_nobody_else(make_server):
    assert len(rules()) == 5
    server = make_server(settings="\n".join(rules()))
    server.start()
    for cookie in LOGGED_IN + ANYBODY:
        server.get("/index.html", {"Cookie": cookie})
    server.wait_stored(len(ANYBODY))
    assert wait_for(lambda: server.ledger()["excluded"]["expr"] == len(LOGGED_IN))

