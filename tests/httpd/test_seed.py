"""The visit that the first blog printed as an INSERT, with its eleven values."""
import pytest

from slimhttpd import Clock

SEEN_AT = 1610943705
PAGE = "/blog/2009/07/07/corporate-social-networking-what-is-role-of-hr-learning/"


@pytest.mark.clock
def test_the_seeds_own_visit_gives_its_eleven_values(make_server, build):
    clock = Clock(build)
    clock.go_on_from(SEEN_AT - 600)
    server = make_server(config="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1", env=clock.env)
    (server.www / PAGE[1:]).mkdir(parents=True)
    (server.www / PAGE[1:] / "index.html").write_text("<p>role of HR")
    for path in server.www.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    server.expect("clock-(back|ahead)")
    server.start()
    clock.stand_at(SEEN_AT)
    server.get(PAGE, {"X-Forwarded-For": "184.72.102.217", "Accept-Language": "en-us",
                      "User-Agent": "Mozilla/5.0 (compatible; SomeCrawler/1.0; +http://crawler.example/)"})
    clock.go_on_from(SEEN_AT + 1)
    server.wait_stored(1)
    [row] = server.sql("select * from slim_stats")
    assert row[:11] == (3091752665, "en-us", "", "", "", "", PAGE, -1, 34, "", SEEN_AT)


def test_the_old_tables_columns_in_their_order(server):
    server.get("/")
    server.wait_stored(1)
    names = [name for _, name, *_ in server.sql("pragma table_info(slim_stats)")]
    assert names == ["remote_ip", "language", "country", "referer", "domain", "searchterms", "resource", "platform",
                     "browser", "version", "dt",
                     "ip", "platform_name", "browser_name", "robot", "status", "bytes", "site", "visit", "server"]


@pytest.mark.parametrize("agent, platform, browser, version", [
    ("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", 46, 9, "11"),
    ("Mozilla/5.0 (Windows; U; Windows NT 5.1; en-US; rv:1.9.0.1) Gecko/2008070208 Firefox/3.0.1", 1, 4, "3"),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", 33, 4, "120"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Safari/605.1.15", 10, 2, "17"),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", -1, 45, "2"),
    ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", -1, 121, "2"),
    ("curl/8.5.0", -1, 72, "8"),
    ("Wget/1.21.3", -1, 2000, "1"),
    ("Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18", 46, 27, "12"),
    ("Lynx/2.8.9rel.1 libwww-FM/2.14 SSL-MM/1.4.1", -1, 35, "2"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1", -1, 1040, "17"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36", 8, 190, "120"),
    ("CCBot/2.0 (https://commoncrawl.org/faq/)", -1, 34, ""),
    ("", -1, 34, ""),
])
def test_browsers_and_platforms_have_the_old_numbers(server, agent, platform, browser, version):
    server.get("/", {"User-Agent": agent})
    server.wait_stored(1)
    assert server.sql("select platform, browser, version from slim_stats") == [(platform, browser, version)]
