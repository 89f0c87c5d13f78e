"""The dashboard where others have a hand in a request: a site's catch-all, proxies with a path, names that are not ours."""
import http.client
import re

import pytest

from slimhttpd import wait_for

WORDPRESS = """<IfModule mod_rewrite.c>
RewriteEngine On
RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]
RewriteBase /
RewriteRule ^index\\.php$ - [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteCond %{REQUEST_FILENAME} !-d
RewriteRule . /index.php [L]
</IfModule>
"""
LARAVEL = """<IfModule mod_negotiation.c>
Options -MultiViews -Indexes
</IfModule>
RewriteEngine On
RewriteCond %{REQUEST_FILENAME} !-d
RewriteCond %{REQUEST_URI} (.+)/$
RewriteRule ^ %1 [L,R=301]
RewriteCond %{REQUEST_FILENAME} !-d
RewriteCond %{REQUEST_FILENAME} !-f
RewriteRule ^ index.php [L]
"""
# What a site has in .htaccess, and in its virtual host.
CATCH_ALLS = {
    "wordpress": (WORDPRESS, ""),
    "fallback": ("FallbackResource /index.php\n", ""),
    "drupal": ("RewriteEngine on\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule ^ index.php [L]\nErrorDocument 404 /index.php\n", ""),
    "proxied": ("RewriteEngine on\nRewriteRule ^ http://127.0.0.1:{nobody}/ [P]\n", ""),
    "vhost": ("", "RewriteEngine On\nRewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !-f\nRewriteRule ^ /index.php\n"),
    "vhost-fallback": ("", "FallbackResource /index.php\n"),
    "proxy": ("", "ProxyPass / http://127.0.0.1:{nobody}/\n"),
}


def site_with(make_server, access, config, **options):
    server = make_server(modules=["rewrite", "proxy", "proxy_http", "negotiation"], **options)
    (server.www / "index.php").write_text("the application")
    nobody = "9"  # discard: nobody listens
    (server.www / ".htaccess").write_text(access.replace("{nobody}", nobody))
    server.write_config(config=f"<Directory {server.www}>\nAllowOverride All\nOptions All\n</Directory>\n" + config.replace("{nobody}", nobody))
    server.start()
    return server


@pytest.mark.parametrize("kind", CATCH_ALLS)
def test_a_sites_catch_all_leaves_the_dashboard_alone(make_server, kind):
    server = site_with(make_server, *CATCH_ALLS[kind])
    if not kind.startswith("prox"):
        assert server.get("/some/page")[2] == b"the application"
    wait_for(lambda: b"store-moved" not in server.get("/stats/api/overview")[2], 20, "the store")
    for path in ("/stats/", "/stats/api/overview", "/stats/api/pages.csv", "/stats/metrics", "/stats/help/states"):
        status, headers, body = server.get(path)
        assert status == 200 and body != b"the application", (path, status, body[:200])
    assert b'<base href="./stats/">' in server.get("/stats")[2]
    assert dict(server.get("/stats/")[1])["X-Frame-Options"] == "DENY"
    assert server.get("/stats/api/none")[0] == 404


def test_what_sends_elsewhere_or_forbids_still_does(make_server):
    """A site that wants TLS, or nobody, is not to be got around by its dashboard."""
    server = site_with(make_server, "RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteCond %{QUERY_STRING} !=x\n"
                       "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]\nRewriteCond %{QUERY_STRING} =x\nRewriteRule ^ - [F]\n", "")
    status, headers, _ = server.get("/stats/")
    assert status == 301 and dict(headers)["Location"].startswith("https://")
    assert server.get("/stats/?x")[0] == 403


def test_slashes_that_are_taken_away_lead_to_no_circle(make_server):
    """Laravel's rules take the slash at the end away, which the dashboard puts back."""
    server = site_with(make_server, LARAVEL, "")
    assert server.get("/some/page")[2] == b"the application"
    status, headers, _ = server.get("/stats/")
    assert status == 301 and dict(headers)["Location"].endswith("/stats")
    status, _, body = server.get("/stats")
    assert status == 200 and b'<base href="./stats/">' in body


def test_behind_a_proxy_with_another_path_the_page_works(make_server):
    behind = make_server(config='<Location "/open">\nSetHandler slimstats\nRequire all granted\n</Location>\n')
    behind.start()
    wait_for(lambda: behind.get("/open/api/overview")[0] == 200, 20, "the store")
    front = make_server(load_module=False, modules=["proxy", "proxy_http"],
                        config=f"ProxyPass /intern/figures/ http://127.0.0.1:{behind.port}/open/\n")
    front.start()
    status, _, body = front.get("/intern/figures/")
    links = re.findall(r'(?:src|href)="([^"#]+)"', body.decode())
    assert status == 200 and len(links) >= 3 and not [link for link in links if link.startswith("/") or ":" in link]
    for link in links:
        assert front.get(f"/intern/figures/{link}")[0] == 200, link
    script = next(link for link in links if link.endswith(".js"))
    assert not re.search(r'["`]/(api|assets|report)', front.get(f"/intern/figures/{script}")[2].decode())
    assert front.get("/intern/figures/api/overview")[0] == 200


def test_a_foreign_name_is_told_once_with_what_to_do(make_server):
    server = make_server()
    server.start()
    server.expect("SlimStatsHosts")

    def ask(host):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", "/stats/", headers={"Host": host})
        try:
            return connection.getresponse().status
        finally:
            connection.close()
    assert ask("localhost") == 200
    assert [ask("evil.example"), ask("evil.example"), ask("other.example")] == [403, 403, 403]
    [line] = wait_for(lambda: [line for line in server.log_lines() if "SlimStatsHosts" in line], 10, "the line")
    assert "answers 403" in line and '"evil.example"' in line and "ServerAlias" in line
