"""What is kept of people: masked addresses, DNT and GPC, query strings, robots, visitor keys."""
import contextlib
import re
import socket
import time
from pathlib import Path

import pytest

from slimhttpd import Clock, wait_for

REMOTEIP = "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}


def kept(server):
    """Every byte that is left behind: ring, journal, store, and the store's log. A recorder at work takes files
    away meanwhile: those leave nothing behind."""
    found = []
    for path in [server.run / "slimstats.ring", *server.state.rglob("*")]:
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            found.append(path.read_bytes())
    return b"".join(found)


def addresses(server):
    """The addresses of the stored hits, by their ?n=."""
    answer = server.report("recent", "--limit", "1000")
    names = [c["name"] for c in answer["columns"]]
    rows = [dict(zip(names, row)) if isinstance(row, list) else row for row in answer["rows"]]
    return {int(re.search(r"n=(\d+)", r["page"] if "page" in r else r["resource"])[1]): r["ip"] for r in rows}


def visit(server, n, address=None, path="/?n={n}", **headers):
    headers = {k.replace("_", "-"): v for k, v in headers.items()}
    if address:
        headers["X-Forwarded-For"] = address
    return server.get(path.format(n=n), BROWSER | headers)


# --- configtest and inheritance ---

@pytest.mark.parametrize("line, words", [
    ("SlimStatsAddress", ["SlimStatsAddress", "full, masked or none"]),
    ("SlimStatsAddress half", ["SlimStatsAddress", "half", "full, masked or none"]),
    ("SlimStatsAddress full masked", ["SlimStatsAddress", "full, masked or none"]),
    ("SlimStatsRespect", ["SlimStatsRespect", "dnt, gpc"]),
    ("SlimStatsRespect dnt p3p", ["SlimStatsRespect", "p3p", "dnt, gpc"]),
    ("SlimStatsRespect dnt none", ["SlimStatsRespect", "none alone"]),
    ("SlimStatsQuery", ["SlimStatsQuery", "keep, drop, or only"]),
    ("SlimStatsQuery only", ["SlimStatsQuery", "keep, drop, or only"]),
    ("SlimStatsQuery drop page", ["SlimStatsQuery", "drop page", "keep, drop, or only"]),
    ("SlimStatsQuery only a=b", ["SlimStatsQuery", "only a=b"]),
    ("SlimStatsSecret", ["SlimStatsSecret", "names of parameters"]),
    ("SlimStatsSecret pin*", ["SlimStatsSecret", "pin*", "names of parameters"]),
    ("SlimStatsSearchParam", ["SlimStatsSearchParam", "names of parameters"]),
    ("SlimStatsSearchParam s&q", ["SlimStatsSearchParam", "s&q"]),
    ("SlimStatsSearchParam 1 2 3 4 5 6 7 8 9", ["SlimStatsSearchParam", "up to eight"]),
    ("SlimStatsRobots maybe", ["SlimStatsRobots", "maybe", "keep or drop"]),
    ("SlimStatsOwnHost https://example.org/", ["SlimStatsOwnHost", "https://example.org/", "host names"]),
    ("SlimStatsOwnHost *", ["SlimStatsOwnHost", "host names"]),
    ("SlimStatsVisitTimeout 0", ["SlimStatsVisitTimeout", "1 to 1440"]),
    ("SlimStatsVisitTimeout 30m", ["SlimStatsVisitTimeout", "minutes"]),
    ("SlimStatsVisitorKey weekly", ["SlimStatsVisitorKey", "weekly", "static or daily"]),
    ("SlimStatsRetain 0", ["SlimStatsRetain", "1 to 36500"]),
    ("SlimStatsRetain 1K", ["SlimStatsRetain", "days"]),
    ("SlimStatsSite a%b", ["SlimStatsSite"]),
    ("<Location />\nSlimStatsAddress none\n</Location>", ["SlimStatsAddress", "not allowed"]),
    ("<VirtualHost *>\nSlimStatsVisitorKey daily\n</VirtualHost>", ["SlimStatsVisitorKey", "VirtualHost"]),
    ("<VirtualHost *>\nSlimStatsRetain 10\n</VirtualHost>", ["SlimStatsRetain", "VirtualHost"]),
])
def test_a_bad_value_is_refused_with_the_directive_and_what_is_allowed(make_server, line, words):
    result = make_server(config=line).httpd("-t", check=False)
    assert result.returncode != 0
    for word in words:
        assert word in result.stderr, result.stderr


def test_privacy_rules_are_inherited_by_hosts_and_overridden_there(make_server):
    server = make_server(config=REMOTEIP, settings="SlimStatsAddress masked\nSlimStatsRespect dnt")
    server.write_config(config=REMOTEIP + f"""
<VirtualHost *:{server.port}>
    ServerName same.example
</VirtualHost>
<VirtualHost *:{server.port}>
    ServerName other.example
    SlimStatsAddress full
    SlimStatsRespect none
</VirtualHost>
<VirtualHost *:{server.port}>
    ServerName third.example
    SlimStatsRespect gpc
</VirtualHost>
""")
    server.start()
    n = 0
    for host in ("same", "other", "third"):
        for headers in ({}, {"DNT": "1"}, {"Sec-GPC": "1"}):
            visit(server, n, "203.0.113.77", Host=f"{host}.example", **headers)
            n += 1
    server.wait_stored(n)
    masked, full, none = "203.0.113.0", "203.0.113.77", ""
    assert addresses(server) == dict(enumerate([masked, none, masked, full, full, full, masked, masked, none]))


# --- addresses ---

def test_a_masked_address_is_that_of_its_network(make_server):
    server = make_server(config=REMOTEIP, settings="SlimStatsAddress masked")
    server.start()
    cases = {"203.0.113.77": "203.0.113.0", "::ffff:203.0.113.78": "203.0.113.0", "203.0.113.0": "203.0.113.0",
             "2001:db8:1234:5678:9abc:def0:1122:3344": "2001:db8:1234::"}
    for n, address in enumerate(cases):
        visit(server, n, address)
    server.wait_stored(len(cases))
    assert addresses(server) == dict(enumerate(cases.values()))
    left = kept(server)
    assert b"\xcb\x00\x71\x00" in left
    for address in (b"\xcb\x00\x71\x4d", b"\xcb\x00\x71\x4e", socket.inet_pton(socket.AF_INET6, list(cases)[-1])[4:]):
        assert address not in left


def test_no_address_is_kept_when_none_is_wanted(make_server):
    server = make_server(config=REMOTEIP, settings="SlimStatsAddress none")
    server.start()
    visit(server, 1, "203.0.113.77")
    visit(server, 2, "2001:db8:1234:5678:9abc:def0:1122:3344")
    server.wait_stored(2)
    assert addresses(server) == {1: "", 2: ""}
    assert b"\xcb\x00\x71" not in kept(server) and b"\x20\x01\x0d\xb8" not in kept(server)


def test_rules_that_leave_out_addresses_see_the_whole_one(make_server):
    server = make_server(config=REMOTEIP, settings="SlimStatsAddress none\nSlimStatsExclude ip=203.0.113.77")
    server.start()
    visit(server, 1, "203.0.113.77")
    visit(server, 2, "203.0.113.78")
    server.wait_stored(1)
    assert set(addresses(server)) == {2}
    assert wait_for(lambda: server.ledger()["excluded"]["ip"] == 1)


# --- DNT and GPC ---

RESPECTED = [
    ("dnt", {"DNT": "1"}, True), ("dnt", {"Sec-GPC": "1"}, False), ("dnt", {"DNT": "0"}, False),
    ("gpc", {"Sec-GPC": "1"}, True), ("gpc", {"DNT": "1"}, False),
    ("dnt gpc", {"DNT": "1"}, True), ("dnt gpc", {"Sec-GPC": "1"}, True), ("none", {"DNT": "1", "Sec-GPC": "1"}, False),
]


def ask_not_to_be_followed(server, n):
    """Before what is not to be kept, and behind it: the order of headers must not matter."""
    asking = [f"{k}: {v}" for k, v in RESPECTED[n][1].items()]
    referer = [f"Referer: https://example.com/from{n}?about=Xyzzy77-{n}#frag"]
    for order in (asking + referer, referer + asking):
        server.raw("\r\n".join([f"GET /?n={n} HTTP/1.1", f"Host: respect{n}.example", "Connection: close",
                                f"X-Forwarded-For: 203.0.113.{77 + n}", *order, "", ""]).encode())


@pytest.mark.parametrize("n", range(len(RESPECTED)), ids=[f"{rule} {headers}" for rule, headers, _ in RESPECTED])
def test_who_asks_not_to_be_followed_leaves_no_address_and_no_referer_query(rules_of_hosts, n):
    respected, left = RESPECTED[n][2], kept(rules_of_hosts)
    assert (bytes([203, 0, 113, 77 + n]) in left) != respected
    assert (b"Xyzzy77-%d" % n in left) != respected
    assert b"https://example.com/from%d" % n in left
    assert rules_of_hosts.sql("select ip from hits where resource = ?", f"/?n={n}") == [("" if respected else f"203.0.113.{77 + n}",)] * 2


# --- query strings ---

QUERIES = [
    ("keep", "/x?n=1&bee=SECRET&page=2", "/x?n=1&bee=SECRET&page=2"),
    ("drop", "/x?bee=SECRET&page=2", "/x"),
    ("drop", "/x?page=2;bee=SECRET", "/x"),
    ("drop", "http://HOST/x?bee=SECRET", "/x"),
    ("only page", "/x?bee=SECRET&page=2", "/x?page=2"),
    ("only page", "/x?page=2&b%65e=SECRET&pages=SECRET", "/x?page=2"),
    ("only page", "/x?SECRET", "/x"),
    ("ONLY page n", "/x?n=3&a=SECRET&page=2", "/x?n=3&page=2"),
]


def secret(n):
    return f"Plugh77-{n}"


def ask_with_a_query(server, n):
    host, target = f"query{n}.example", QUERIES[n][1].replace("SECRET", secret(n))
    server.raw(f"GET {target.replace('HOST', host)} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
               f"Referer: https://example.com{target.replace('http://HOST', '')}\r\n\r\n".encode())


@pytest.mark.parametrize("n", range(len(QUERIES)), ids=[f"{rule} {target}" for rule, target, _ in QUERIES])
def test_query_strings_are_kept_as_the_rule_says(rules_of_hosts, n):
    rule, _, stored = QUERIES[n]
    stored = stored.replace("SECRET", secret(n))
    assert rules_of_hosts.sql("select resource, referer from slim_stats where site = ?", f"query{n}.example") \
        == [(stored, f"https://example.com{stored}")]
    assert (secret(n).encode() in kept(rules_of_hosts)) == (rule == "keep")


@pytest.fixture(scope="module")
def rules_of_hosts(make_shared_server):
    """A host for each of these rules; all have been asked."""
    server = make_shared_server()
    rules = [(f"respect{n}", f"SlimStatsRespect {rule}") for n, (rule, *_) in enumerate(RESPECTED)]
    rules += [(f"query{n}", f"SlimStatsQuery {rule}") for n, (rule, *_) in enumerate(QUERIES)]
    server.write_config(config=REMOTEIP + "".join(
        f"<VirtualHost *:{server.port}>\nServerName {name}.example\n{rule}\n</VirtualHost>\n" for name, rule in rules))
    server.start()
    for n in range(len(RESPECTED)):
        ask_not_to_be_followed(server, n)
    for n in range(len(QUERIES)):
        ask_with_a_query(server, n)
    server.wait_stored(2 * len(RESPECTED) + len(QUERIES))
    return server


SECRETS = [
    "/login?password={}", "/reset?token={}", "/cb?code={}&state={}", "/cb#access_token={}", "/api?api_key={}", "/?PHPSESSID={}",
    "/;jsessionid={}", "/a;jsessionid={}/b?c=1", "/wp-login.php?log=admin&pwd={}", "/?email={}%40example.com&id={}",
    "/?user%5Bpassword%5D={}", "/go?next=%2Freset%3Ftoken%3D{}", "/dl?X-Amz-Credential={}&X-Amz-Signature={}",
    "/saml?SAMLResponse={}", "/?q=1;auth_token={};x", "/?p%61ss={}", "/?v=%7B%22secret%22:%22{}%22%7D",
]


@pytest.mark.parametrize("rule", ["", "SlimStatsQuery drop\nSlimStatsRespect dnt", "SlimStatsQuery only token password"])
def test_values_of_secret_parameters_are_left_nowhere(make_server, rule):
    server = make_server(settings=rule)
    server.start()
    count = 0
    for target in [s.format(*["Xyzzy77"] * 2) for s in SECRETS]:
        for request, referer, dnt in ((target, "", ""), ("/", target, ""), ("/", target, "1")):
            server.raw(f"GET {request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nDNT: {dnt}\r\n"
                       f"Referer: http://example.com{referer}\r\n\r\n".encode())
            count += 1
    server.raw(b"GET http://user:Xyzzy77@localhost/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
               b"Referer: http://Xyzzy77:me@example.com/\r\n\r\n")
    server.wait_stored(count + 1)
    assert b"Xyzzy77" not in kept(server)
    assert "Xyzzy77" not in "\n".join(server.log_lines())
    if not rule:
        assert ("/reset?token",) in server.sql("select resource from slim_stats")


def test_what_was_drained_is_gone_from_the_ring(make_server):
    server = make_server()
    server.start()
    for n in range(50):
        server.get(f"/Xyzzy77?n={n}", {"User-Agent": "Plugh77"})
    server.wait_stored(50)
    ring = (server.run / "slimstats.ring").read_bytes()
    assert b"Xyzzy77" not in ring and b"Plugh77" not in ring and b"SLIMRING" in ring


def test_what_is_secret_is_the_directives_and_each_hosts_own(make_server):
    server = make_server(settings="SlimStatsSecret door")
    server.write_config(config=f"""
<VirtualHost *:{server.port}>
    ServerName one.example
    SlimStatsSecret !token
</VirtualHost>
<VirtualHost *:{server.port}>
    ServerName two.example
    SlimStatsSecret None *pass*
</VirtualHost>
""")
    server.start()
    for host in ("one.example", "two.example"):
        server.get("/?door=1&token=2&byepass=3&pwd=4", {"Host": host})
    server.wait_stored(2)
    stored = dict(server.sql("select site, resource from slim_stats"))
    assert stored == {"one.example": "/?door&token=2&byepass=3&pwd", "two.example": "/?door=1&token=2&byepass&pwd=4"}


def test_a_long_query_is_cut_after_the_rule_and_marked(make_server):
    server = make_server(settings="SlimStatsQuery only page")
    server.start()
    server.get("/a?" + "x=1&" * 1000 + "page=2")
    server.get("/b?page=" + "y" * 3000)
    server.wait_stored(2)
    rows = dict(server.sql("select resource.name, flags & 4 from hit join resource on resource.id = hit.resource"))
    assert rows == {"/a?page=2": 0, "/b?page=" + "y" * 2040: 4}


def test_campaigns_and_the_sites_own_search_outlive_a_query_that_is_dropped(make_server):
    server = make_server(settings="SlimStatsQuery drop\nSlimStatsSearchParam s q")
    (server.www / "c").write_text("what was found")
    (server.www / "c").chmod(0o644)
    server.start()
    server.get("/a?utm_source=letter&utm_campaign=spring&bee=Xyzzy77", BROWSER)
    server.get("/b?gclid=Xyzzy77", BROWSER)
    server.get("/c?s=red+shoes&bee=Xyzzy77", BROWSER)
    server.wait_stored(3)
    rows = server.sql("select resource.name, source.name, channel.name from hit join resource on resource.id = "
                      "hit.resource join source on source.id = hit.source join channel on channel.id = source.channel")
    assert sorted(rows) == [("/a", "letter", "campaign"), ("/b", "Google Ads", "campaign"), ("/c", "", "direct")]
    assert server.sql("select searchterms from slim_stats where resource = '/c'") == [("red shoes",)]
    assert b"Xyzzy77" not in kept(server)


def test_the_search_parameters_of_a_host_are_its_own(make_server):
    server = make_server()
    server.write_config(config=f"""
<VirtualHost *:{server.port}>
    ServerName one.example
    SlimStatsSearchParam s
</VirtualHost>
<VirtualHost *:{server.port}>
    ServerName two.example
</VirtualHost>
<VirtualHost *:{server.port}>
    ServerName mass.example
    ServerAlias *.mass.example
    SlimStatsSite %{{HTTP_HOST}}
    SlimStatsSearchParam q
</VirtualHost>
""")
    server.start()
    hosts = ["one.example", "two.example", "a.mass.example", "mass.example"]
    for host in hosts:
        server.get("/?s=ess&q=queue", BROWSER | {"Host": host})
    server.wait_stored(4)
    assert dict(server.sql("select site, searchterms from slim_stats")) == dict(zip(hosts, ["ess", "", "queue", "queue"]))


# --- robots, own hosts ---

def test_dropped_robots_are_counted_and_the_ledger_adds_up(make_server):
    server = make_server(settings="SlimStatsRobots drop")
    server.write_config(config=f"""
<VirtualHost *:{server.port}>
    ServerName quiet.example
</VirtualHost>
<VirtualHost *:{server.port}>
    ServerName open.example
    SlimStatsRobots keep
</VirtualHost>
""")
    server.start()
    for host in ("quiet.example", "open.example"):
        for agent in (BROWSER["User-Agent"], "Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.0", ""):
            server.get("/", {"Host": host, "User-Agent": agent})

    def settled():
        ledger = server.ledger()
        return ledger["seen"] == 8 and set(ledger["waiting"].values()) == {0} and ledger
    ledger = wait_for(settled)
    assert ledger["excluded"]["robot"] == 3 and ledger["stored"] == 5 and ledger["unaccounted"] == 0, ledger
    assert sorted(server.sql("select site, count(*) from slim_stats group by site")) == [
        ("open.example", 4), ("quiet.example", 1)]
    server.kill_all()
    server.start()
    again = wait_for(settled)
    assert again["excluded"]["robot"] == 3 and again["unaccounted"] == 0, again


def test_links_from_own_hosts_are_internal(make_server):
    server = make_server(settings="SlimStatsOwnHost shop.example")
    server.write_config(config=f"""
<VirtualHost *:{server.port}>
    ServerName one.example
    SlimStatsOwnHost *.net.example CDN.example
</VirtualHost>
<VirtualHost *:{server.port}>
    ServerName two.example
</VirtualHost>
""")
    server.start()
    referers = ["one.example", "shop.example", "a.net.example", "cdn.example", "net.example"]
    for site in ("one.example", "two.example"):
        for host in referers:
            server.get("/", BROWSER | {"Host": site, "Referer": f"https://{host}/x"})
    server.wait_stored(10)
    found = set(server.sql("select site.name, domain.name from hit join site on site.id = hit.site join source on "
                           "source.id = hit.source join channel on channel.id = source.channel join referer on "
                           "referer.id = hit.referer join domain on domain.id = referer.domain "
                           "where channel.name = 'internal'"))
    assert found == {("one.example", h) for h in referers[:4]} | {("two.example", "shop.example")}


# --- the key that tells visitors apart ---

def key_text(server):
    path = server.state / "visitor.key"
    return path.read_text() if path.exists() else ""


def test_the_static_key_is_for_the_recorder_alone_and_survives_restarts(make_server):
    server = make_server()
    server.start()
    server.get("/")
    server.wait_stored(1)
    key = wait_for(lambda: key_text(server))
    assert re.fullmatch(r"static [0-9a-f]{32}\n", key)
    assert (server.state / "visitor.key").stat().st_mode & 0o777 == 0o600
    for again in (server.kill_all, server.stop):
        again()
        server.start()
        server.get("/")
        assert key_text(server) == key
    assert wait_for(lambda: server.count() == 3)
    assert not (server.state / "visitor.key.slimstats-partial").exists()


def test_a_key_file_that_is_not_ours_is_told_and_left_alone(make_server):
    server = make_server()
    server.expect("cannot save the visitor key")
    server.start()
    wait_for(lambda: key_text(server))
    server.stop()
    (server.state / "visitor.key").write_text("something else\n")
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)
    wait_for(lambda: server.our_lines("warn"))
    assert key_text(server) == "something else\n"
    (server.state / "visitor.key").unlink()
    wait_for(lambda: key_text(server).startswith("static "))
    wait_for(lambda: any("again" in line for line in server.our_lines("notice")))


@pytest.mark.clock
def test_a_daily_key_is_gone_from_the_disk_after_its_day(make_server, build):
    today = int(time.time()) // 86400
    clock = Clock(build)
    clock.go_on_from(today * 86400 + 43200)
    server = make_server(settings="SlimStatsVisitorKey daily", env=clock.env)
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)
    before = wait_for(lambda: key_text(server))
    assert re.fullmatch(rf"daily {today} [0-9a-f]{{32}}\n", before)
    server.kill_recorder()
    server.expect("the recorder, pid", "clock-ahead")
    clock.go_on_from((today + 1) * 86400)
    wait_for(lambda: key_text(server).startswith(f"daily {today + 1} "), 30, "the next day's key")
    after = key_text(server)
    secret = before.split()[2]
    assert secret != after.split()[2]
    assert secret.encode() not in kept(server) and bytes.fromhex(secret) not in kept(server)
    server.get("/?n=2")
    server.wait_stored(2)


# --- nobody else sees a difference ---

def test_answers_are_the_same_with_every_rule(make_server):
    rules = ("SlimStatsAddress none\nSlimStatsRespect dnt gpc\nSlimStatsQuery only a\nSlimStatsSearchParam s\n"
             "SlimStatsRobots drop\nSlimStatsOwnHost a.example\nSlimStatsVisitorKey daily")
    answers = []
    for options in ({"load_module": False}, {"settings": rules}):
        server = make_server(**options)
        server.start()
        answers.append([])
        for path in ("/?a=1&b=2&s=x", "/none?token=1"):
            for headers in ({}, {"DNT": "1"}, {"Sec-GPC": "1", "Referer": "https://example.com/?q=1"}, {"User-Agent": "Googlebot"}):
                status, got, body = server.get(path, headers)
                answers[-1].append((status, [h for h in got if h[0] != "Date"], body.replace(str(server.port).encode(), b"PORT")))
    assert answers[0] == answers[1]
