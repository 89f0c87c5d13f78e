"""Pages that the admin makes equal: by the same rules live and from a log."""
from slimhttpd import wait_for
from test_explain import fields
from test_import_rules import importing, line  # noqa: F401

RULES = """
SlimStatsPage index slash map /shop/[0-9]+ /shop/...
<Location /blog>
    SlimStatsPage lower map "/blog/([0-9]+)/.*" /blog/$1
</Location>
<Location /raw>
    SlimStatsPage none
</Location>
"""
PAGES = {"/": "/", "/index.html": "/", "/a/": "/a", "/a/index.php?x=1": "/a?x=1", "/shop/12": "/shop/...", "/shop/13/?utm_source=x":
         "/shop/...", "/shop/12/x": "/shop/12/x", "/blog/2026/A/": "/blog/2026", "/Blog/": "/Blog", "/raw/a/": "/raw/a/",
         "/raw/index.html": "/raw/index.html", "/shop/" + "1" * 1500: "/shop/..."}


def pages(server):
    return dict(server.sql("select resource.name, page.name from hit join resource on resource.id = hit.resource "
                           "join page on page.id = resource.page"))


def test_live_hits_and_lines_get_the_same_pages(importing):  # noqa: F811
    server, run = importing(config=RULES)
    for target in PAGES:
        server.get(target)
    server.wait_stored(len(PAGES))
    assert pages(server) == PAGES
    run("".join(line(target, second=n) for n, target in enumerate(PAGES)))
    assert server.count() == 2 * len(PAGES)
    assert pages(server) == PAGES


def test_sections_of_files_and_conditions_hold_live(make_server):
    server = make_server()
    (server.www / "docs").mkdir()
    (server.www / "docs" / "A.html").write_text("<p>a")
    (server.www / "B.html").write_text("<p>b")
    server.write_config(config=f"""
SlimStatsPage slash
<Directory "{server.www}/docs">
    SlimStatsPage lower
</Directory>
<Files B.html>
    SlimStatsPage map /(.).html /file/$1
    <If "%{{QUERY_STRING}} == 'bare'">
        SlimStatsPage none
    </If>
</Files>
<LocationMatch "^/[0-9]+/">
    SlimStatsPage map "/[0-9]+/.*" /number
</LocationMatch>
""")
    server.start()
    wanted = {"/docs/A.html": "/docs/a.html", "/B.html": "/file/B", "/B.html?bare": "/B.html?bare", "/12/X/": "/number", "/X/": "/X"}
    for target in wanted:
        server.get(target)
    server.wait_stored(len(wanted))
    assert pages(server) == wanted


def test_a_rule_that_a_log_cannot_answer_is_named(importing):  # noqa: F811
    server, run = importing(config='SlimStatsPage file slash\n<Directory "/srv">\nSlimStatsPage lower map /a /b\n</Directory>\n')
    _, err = run(line("/A"))
    assert "a log cannot answer SlimStatsPage file: pages are imported without it" in err and "SlimStatsPage slash" not in err, err
    for rule in ("lower", "map /a /b"):
        assert f'a log cannot answer SlimStatsPage {rule} in <Directory "/srv">: pages are imported without it' in err, err
    assert pages(server) == {"/A": "/A"}


def test_virtual_hosts_have_rules_of_their_own(make_server):
    server = make_server()
    server.write_config(settings="SlimStatsPage slash", config="".join(
        f"<VirtualHost *:{server.port}>\nServerName {name}\nDocumentRoot {server.www}\n{rules}\n</VirtualHost>\n"
        for name, rules in (("one.example", ""), ("two.example", "SlimStatsPage lower"), ("three.example", "SlimStatsPage none"))))
    server.start()
    for name in ("one", "two", "three"):
        server.get("/A/", {"Host": f"{name}.example"})
    server.wait_stored(3)
    assert dict(server.sql("select site, page from hits")) == {"one.example": "/A", "two.example": "/a", "three.example": "/A/"}


def test_it_is_explained_and_not_for_htaccess(make_server):
    server = make_server(config=RULES)
    server.write_config(config=RULES + f"<Directory {server.www}>\nAllowOverride All\n</Directory>\n")
    server.expect("SlimStatsPage not allowed here")
    server.start()
    wait_for((server.state / "settings").exists)
    told = fields(server.cli("explain", "/shop/12?utm_source=x", "--site", "localhost", check=0).stdout)
    assert told["page"] == ("/shop/...", "SlimStatsPage map /shop/[0-9]+ /shop/...")
    told = fields(server.cli("explain", "/raw/12/", "--site", "localhost", check=0).stdout)
    assert told["page"] == ("/raw/12/", "the resource")
    (server.www / ".htaccess").write_text("SlimStatsPage lower\n")
    assert server.get("/")[0] == 500


def test_a_prefetched_page_is_shown_by_its_other_address(make_server):
    server = make_server(config=RULES)
    server.start()
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"}
    server.get("/index.html", {**agent, "Sec-Purpose": "prefetch"})
    server.get("/next.html", {**agent, "Referer": f"http://localhost:{server.port}/"})
    server.wait_stored(2)
    assert server.sql("select kind, pageview from hits where resource = '/index.html'") == [("prefetch", 1)]


def test_referers_are_read_by_the_rules_of_their_time(make_server):
    server = make_server()
    server.start()
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/"}

    def look(version, name):
        sent = {"User-Agent": agent["User-Agent"] + version}
        server.get(f"/{name}.html", {**sent, "Sec-Purpose": "prefetch"})
        server.get("/x.png", {**sent, "Referer": f"http://localhost:{server.port}/{name}.html"})
        server.get("/missing", {**sent, "Referer": f"http://localhost:{server.port}/{name}.html"})

    (server.www / "A.html").write_text("<p>a")
    look("115", "A")
    server.wait_stored(3)
    server.stop()
    server.write_config(config="SlimStatsPage lower\n")
    server.start()
    look("116", "A")
    server.wait_stored(6)
    assert server.sql("select page, pageview from hits where kind = 'prefetch' order by page") == [("/A.html", 1), ("/a.html", 1)]
    assert server.cli("check", check=0)
    answer = server.report("notfound")
    assert sorted((row[0], row[3]) for row in answer["rows"]) == [("/missing", 2), ("/x.png", 2)]


def test_a_site_adds_to_the_lists(importing):  # noqa: F811
    server, run = importing("SlimStatsPageParam ref my_* ;fid\nSlimStatsKind api /rpc/*\nSlimStatsKind asset .dat")
    wanted = {"/a?Ref=1&b=2&my_x=3": ("/a?b=2", "page"), "/a;fid=1/b?fid=2": ("/a/b?fid=2", "page"), "/rpc/x": ("/rpc/x", "api"),
              "/x.dat": ("/x.dat", "asset"), "/a?utm_source=x": ("/a", "page")}
    (server.www / "x.dat").write_text("x")
    for target in wanted:
        server.get(target)
    server.wait_stored(len(wanted))

    def stored():
        return {target: (page, kind) for target, page, kind in server.sql("select resource, page, kind from hits")}

    live = stored()
    assert {target: page for target, (page, _) in live.items()} == {target: page for target, (page, _) in wanted.items()}
    assert live["/rpc/x"][1] == "api" and live["/x.dat"][1] == "asset"
    run("".join(line(target, second=n) for n, target in enumerate(wanted)))
    assert server.count() == 2 * len(wanted) and stored() == wanted
    told = fields(server.cli("explain", "/rpc/x", "--site", "localhost", check=0).stdout)
    assert told["kind"] == ("api", "a well-known path: SlimStatsKind")


def test_a_virtual_hosts_kinds_come_first(make_server):
    server = make_server()
    server.write_config(settings="SlimStatsKind api /x", config=f"<VirtualHost *:{server.port}>\nServerName one.example\n"
                        "SlimStatsKind feed /x /y\n</VirtualHost>\n")
    server.start()
    for target in ("/x", "/y"):
        server.get(target, {"Host": "one.example"})
    server.wait_stored(2)
    assert dict(server.sql("select resource, kind from hits")) == {"/x": "feed", "/y": "feed"}


FILES = """
SlimStatsPage file
<Directory "{www}">
    Options +MultiViews
    DirectoryIndex home.html index.lua
    AddLanguage de .de
    AddLanguage en .en
    AddEncoding x-gzip .gz
</Directory>
Alias /shared "{www}/dir"
RewriteEngine On
RewriteRule ^/route/ {www}/home.html
RewriteRule ^/terms$ {www}/terms.html
AddHandler lua-script .lua
<Location /plain>
    SlimStatsPage none
</Location>
<Location /bare>
    SlimStatsPage index=home.html
</Location>
"""
SCRIPT = 'function handle(r) r.content_type = "text/html" r:puts("<p>page") return apache2.OK end\n'


def test_a_page_is_the_file_that_httpd_found(make_server):
    """Whichever name DirectoryIndex or MultiViews found is one page with the address of the file itself, but neither
    a language nor a front controller makes pages of their own."""
    server = make_server(modules=["rewrite", "alias", "negotiation", "dir", "lua"])
    names = ["home.html", "about.html", "terms.html", "dir/home.html", "script/index.lua", "plain/home.html", "bare/home.html", "Grüße.html",
             "hello.html.de", "hello.html.en", "packed.html.gz"]
    for name in names:
        path = server.www / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SCRIPT if name.endswith("lua") else "<p>x")
    server.write_config(config=FILES.replace("{www}", str(server.www)))
    server.start()
    wanted = {"/": "/home.html", "/home.html": "/home.html", "/?a=1": "/home.html?a=1", "/%68ome.html": "/home.html", "/about": "/about.html",
              "/about.html?utm_source=x": "/about.html", "/terms": "/terms.html", "/route/12": "/route/12", "/dir/": "/dir/home.html",
              "/shared/": "/shared/home.html", "/script/?p=1": "/script/index.lua?p=1", "/script/index.lua": "/script/index.lua",
              "/plain/": "/plain/", "/bare/": "/bare/", "/Gr%c3%bc%c3%9fe": "/Grüße.html", "/hello": "/hello", "/packed": "/packed",
              "/none": "/none"}
    for target in wanted:
        server.get(target, {"Accept-Language": "de", "Accept-Encoding": "gzip"})
    server.wait_stored(len(wanted))
    assert pages(server) == wanted
