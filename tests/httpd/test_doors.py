"""Who may see the dashboard: whose Require decides, proxies in front, other sites' pages, names of hosts."""
import signal

import pytest

VHOST = """
<VirtualHost 127.0.0.1:{port}>
    ServerName localhost
    DocumentRoot {www}
    {config}
</VirtualHost>
"""


@pytest.fixture(scope="module")
def site(make_shared_server):
    server = make_shared_server()
    server.expect("SlimStatsHosts")
    server.start()
    return server


def in_vhost(server, config):
    server.write_config(config=VHOST.format(port=server.port, www=server.www, config=config))


# --- whose Require ---

OPENERS = {
    "a wider section": '<Location "/">\nRequire all granted\n</Location>',
    "a pattern": '<LocationMatch "^/st">\nRequire all granted\n</LocationMatch>',
    "any of": '<Location "/">\n<RequireAny>\nRequire all granted\nRequire local\n</RequireAny>\n</Location>',
    "what is merged": '<Location "/">\nAuthMerging Or\nRequire all granted\n</Location>',
    "a condition": '<If "true">\nRequire all granted\n</If>',
}


@pytest.mark.parametrize("opener", OPENERS.values(), ids=OPENERS)
def test_a_require_for_something_else_opens_nothing(make_server, opener):
    server = make_server()
    server.expect("the Require (of|in force is that of)")
    in_vhost(server, opener)
    said = server.httpd("-t").stderr
    assert ("decides about the dashboard in /stats" in said) == ("<If" not in opener), said
    server.start()
    for path in ("/stats/", "/stats/api/pages", "/stats/metrics"):
        assert server.get(path)[0] == 403
    assert server.get("/")[0] == 200
    assert len([line for line in server.our_lines() if "Require in force" in line]) == 1


@pytest.mark.parametrize("config", [
    '<Location "/stats">\nRequire all granted\n</Location>',
    '<Location "/">\nRequire all denied\n</Location>\n<Location "/stats/">\nRequire ip 127.0.0.1\n</Location>',
    '<Location "/stats/api">\nRequire all granted\n</Location>',
    '<Location "/">\n<Limit POST>\nRequire all granted\n</Limit>\n</Location>',
])
def test_a_require_of_its_own_or_below_does(make_server, config):
    server = make_server()
    in_vhost(server, config)
    assert "decides" not in server.httpd("-t").stderr
    server.start()
    assert server.get("/stats/api/status")[0] == 200


@pytest.mark.parametrize("where", ["location", "htaccess"])
def test_satisfy_any_opens_nothing(make_server, where):
    opener = "Satisfy Any\nAllow from all\n"
    server = make_server(modules=["access_compat"])
    (server.www / "stats").mkdir(mode=0o755)
    (server.www / "stats" / ".htaccess").write_text(opener if where == "htaccess" else "")
    server.write_config(config=f"<Directory {server.www}>\nAllowOverride All\n</Directory>\n"
                        + (f'<Location "/stats">\n{opener}</Location>\n' if where == "location" else ""))
    server.expect("Satisfy Any lets Allow decide")
    server.start()
    assert server.get("/stats/")[0] == 403, server.log_lines()


def test_a_dashboard_in_a_directory_is_told_and_refused(make_server):
    server = make_server()
    (server.www / "in").mkdir(mode=0o755)
    server.expect("the dashboard's place is a <Location>")
    server.write_config(config=f"<Directory {server.www}/in>\nSetHandler slimstats\nRequire local\n</Directory>")
    assert f"SetHandler slimstats in {server.www}/in" in server.httpd("-t").stderr
    server.start()
    assert server.get("/in/")[0] == 403


@pytest.mark.parametrize("pattern", ["^/a/[^/]+/numbers", "^/a/b/numbers(/|$)", "/numbers"])
def test_a_pattern_deep_in_the_site_has_a_dashboard(make_server, pattern):
    server = make_server(config=f'<LocationMatch "{pattern}">\nSetHandler slimstats\nRequire local\n</LocationMatch>')
    server.expect("let it end there")
    server.start()
    assert server.get("/a/b/numbers")[0] == 200
    assert b"<title>" in server.get("/a/b/numbers/")[2]
    assert server.get("/a/b/numbers/api/status")[0] == 200
    assert server.get("/a/b/numbers/none")[0] == 404


# --- proxies ---

@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
def test_behind_a_proxy_that_nobody_told_of_nobody_is_local(make_server, header):
    server = make_server()
    server.expect("set up mod_remoteip")
    server.start()
    for _ in range(3):
        assert server.get("/stats/api/status", {header: "203.0.113.9"})[0] == 403
    assert server.get("/stats/api/status")[0] == 200
    assert len(server.our_lines("warn")) == 1


def test_a_real_proxy_in_front(make_server):
    server = make_server()
    server.expect("set up mod_remoteip")
    server.start()
    front = make_server(load_module=False, modules=["proxy", "proxy_http"], config=f"ProxyPass / http://127.0.0.1:{server.port}/")
    front.start()
    assert front.get("/")[0] == 200
    assert front.get("/stats/api/status")[0] == 403
    server.write_config(config="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n")
    server.reload(signal.SIGUSR1)
    assert front.get("/stats/api/status")[0] == 200


def test_what_does_not_go_by_address_may_stand_behind_a_proxy(make_server):
    server = make_server(config='<Location "/open">\nSetHandler slimstats\nRequire all granted\n</Location>')
    server.start()
    assert server.get("/open/api/status", {"X-Forwarded-For": "203.0.113.9"})[0] == 200


# --- other sites' pages ---

@pytest.mark.parametrize("path, site_of, mode, dest, status", [
    ("/stats/", "cross-site", "navigate", "document", 200), ("/stats/", "same-site", "navigate", "document", 200),
    ("/stats/", "none", "navigate", "document", 200), ("/stats/api/status", "same-origin", "cors", "empty", 200),
    ("/stats/", "cross-site", "navigate", "iframe", 403), ("/stats/api/pages", "cross-site", "no-cors", "image", 403),
    ("/stats/api/pages", "same-site", "cors", "empty", 403), ("/stats/api/several?report=recent", "cross-site", "no-cors", "script", 403),
    ("/stats/metrics", "cross-site", "cors", "empty", 403), ("/stats/api/pages", "nonsense", "", "", 403),
])
def test_pages_of_other_sites_get_nothing(site, path, site_of, mode, dest, status):
    headers = {"Sec-Fetch-Site": site_of, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    assert site.get(path, headers)[0] == status


@pytest.mark.parametrize("host, status", [
    ("localhost", 200), ("localhost.:8080", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("192.0.2.7:80", 200), ("[2001:db8::1]", 200),
    ("[::ffff:127.0.0.1]:8080", 200), ("0.0.0.0", 403), ("0.0.0.0:8080", 403), ("[::]:8080", 403), ("0", 403), ("0.1.2.3", 403),
    ("[::ffff:0.0.0.0]", 403), ("127.1", 403), ("1.2.3.4.5", 403), ("1.2.3", 403), ("a:b", 400),
])
def test_addresses_that_are_none_are_no_names_of_ours(site, host, status):
    answer = site.raw(f"GET /stats/api/status HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert int(answer.split()[1]) in ({200} if status == 200 else {400, 403}), answer
