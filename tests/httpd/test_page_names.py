"""Names and titles that applications give their pages: where SlimStatsPageHeader stands, and only there."""
import json
from urllib.parse import quote, urlencode

import pytest

from slimhttpd import wait_for

# An application that answers with the headers, notes and status it is asked for.
APPLICATION = """
function handle(r)
    local asked = r:parseargs()
    r.content_type = "text/html"
    if asked.page then r.headers_out["SlimStats-Page"] = asked.page end
    if asked.title then r.headers_out["SlimStats-Title"] = asked.title end
    if asked.link then r.headers_out["Link"] = asked.link end
    if asked.note then r.notes["slimstats-page"] = asked.note end
    if asked.notetitle then r.notes["slimstats-title"] = asked.notetitle end
    if asked.env then r.subprocess_env["slimstats-page"] = asked.env end
    if asked.status then r.status = tonumber(asked.status) end
    r.headers_out["X-Other"] = "stays"
    r.headers_out["Cache-Control"] = "max-age=3600"
    r:puts("<p>page")
    return apache2.OK
end
"""
MAP = 'LuaMapHandler "^/app" {script} handle\n'


@pytest.fixture
def site(make_server):
    """A server with the application below /app, started with a configuration."""
    def begin(config="", modules=(), **options):
        server = make_server(modules=["lua", "headers", *modules], **options)
        script = server.dir / "app.lua"
        script.write_text(APPLICATION)
        script.chmod(0o644)
        server.write_config(config=MAP.format(script=script) + config.replace("{dir}", str(server.dir)))
        server.start()
        return server
    return begin


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"


def ask(server, path="/app", headers=None, **asked):
    """The headers of the answer."""
    target = f"{path}?{urlencode(asked, quote_via=quote)}"
    _, answer, _ = server.get(target, {"User-Agent": FIREFOX, **(headers or {})})
    return {name.lower(): value for name, value in answer}


def stored(server):
    return set(server.sql("select hit, resource, page from hits")) if server.count() else set()


def pages_of(server, requests):
    """Of each request its page, None: that of its address; and the headers of its answer."""
    answers = [ask(server, f"/app/{n}", **asked) for n, asked in enumerate(requests)]
    server.wait_stored(len(requests))
    pages = {int(resource.split("/")[2].partition("?")[0]): page for _, resource, page in stored(server)}
    return [(None if pages[n].startswith("/app") else pages[n], answer) for n, answer in enumerate(answers)]


def rows(server, *arguments):
    answer = server.report("pages", *arguments)
    names = [column["name"] for column in answer["columns"]]
    return {row[names.index("page")]: row[names.index("title")] for row in answer["rows"]}


ON = "SlimStatsPageHeader On\nSlimStatsPage lower\n"


def test_the_application_names_its_page(site):
    server = site(ON)
    asked = [(dict(page="/Shop/%7elamps?utm_source=x&a=1"), "/Shop/~lamps?a=1"), (dict(page="Shop: lamps"), "Shop: lamps"),
             (dict(note="Noted", page="/header"), "Noted"), (dict(env="Variable", page="/header"), "Variable"),
             (dict(page="https://example.org/X?y"), "/X?y"), (dict(page=" \t "), None), (dict(page="Caf\xe9".encode("latin-1")), "Café"),
             (dict(page="Café\x7f x"), "Café x"), (dict(status=404, page="/named"), None), (dict(x=1), None),
             (dict(page="n" * 300), "n" * 256), (dict(page="é" * 130), "é" * 128)]
    for (what, page), (found, answer) in zip(asked, pages_of(server, [what for what, _ in asked])):
        assert found == page, what
        assert answer["x-other"] == "stays" and not [name for name in answer if "slimstats" in name]


def test_titles_are_shown_beside_addresses(site):
    server = site(ON)
    for title in ("Lamps", "New <lamps>\x1b"):
        ask(server, page="/lamps", title=title)
    ask(server, page="/lamps")
    ask(server, page="/chairs", note="/chairs", notetitle="Chairs", title="Header")
    ask(server, page="/tables")
    server.wait_stored(5)
    assert rows(server) == {"/lamps": "New <lamps>", "/chairs": "Chairs", "/tables": ""}
    assert list(rows(server, "--search", "new <")) == ["/lamps"]
    csv = server.cli("report", "pages", "--format", "csv", check=0).stdout
    assert csv.splitlines()[0] == "page,visitors,pageviews,unshown,bytes,title,site" and "/lamps,1,3," in csv and '"New <lamps>",localhost' in csv
    assert "New <lamps>" in server.cli("report", "pages", check=0).stdout
    assert "New &lt;lamps&gt;" in server.cli("report", "pages", "--format", "html", check=0).stdout
    api = json.loads(server.get("/stats/api/pages")[2])
    assert "New <lamps>" in [row[5] for row in api["rows"]]
    assert server.cli("check", check=0)
    server.graceful()
    wait_for(lambda: "slimstats-title" not in ask(server, page="/again", title="Again"), what="the filter is hooked again")
    wait_for(lambda: rows(server).get("/again") == "Again", what="its title is stored")


def test_where_visits_begin_and_end_has_titles(site):
    server = site(ON)
    for page, title in (("/first", "The first"), ("/first", "First"), ("/last", "The last")):
        ask(server, page=page, title=title)
    server.wait_stored(3)
    for report, title in (("entries", "First"), ("exits", "The last")):
        answer = server.report(report)
        assert [dict(zip((column["name"] for column in answer["columns"]), row))["title"] for row in answer["rows"]] == [title]
        assert title in server.cli("report", report, check=0).stdout
        assert server.report(report, "--search", title.upper())["totals"]["rows"] == 1


def test_a_page_has_a_title_on_each_site(site):
    server = site(ON + "SlimStatsSite %{HTTP_HOST}\n")
    for host in ("one.example", "two.example"):
        ask(server, headers={"Host": host}, page="/", title=f"Home of {host}")
    server.wait_stored(2)
    answer = server.report("pages")
    assert sorted((row[6], row[5]) for row in answer["rows"]) == [("one.example", "Home of one.example"), ("two.example", "Home of two.example")]


def test_tables_without_titles_have_no_such_column(site):
    server = site()
    server.get("/")
    server.wait_stored(1)
    assert "title" not in server.cli("report", "pages", check=0).stdout
    assert "title" in server.cli("report", "pages", "--format", "tsv", check=0).stdout


def test_without_the_directive_nothing_is_looked_for(site):
    server = site("SetEnvIf Request_URI . slimstats-page=/variable\n<Location /app/on>\nSlimStatsPageHeader On\n</Location>\n"
                  "<Location /app/on/off>\nSlimStatsPageHeader Off\n</Location>\n", modules=["setenvif"])
    for path in ("/app", "/app/on/off"):
        answer = ask(server, path, page="/named", title="Title", link='</canonical>; rel="canonical"')
        assert answer["slimstats-page"] == "/named" and answer["slimstats-title"] == "Title"
    ask(server, "/app/on")
    server.wait_stored(3)
    assert sorted(page.partition("?")[0] for _, _, page in stored(server)) == ["/app", "/app/on/off", "/variable"]
    assert server.sql("select count(*) from page_title") == [(0,)]


def test_a_canonical_address_of_the_same_host_is_read(site):
    server = site()
    server.stop()
    server.write_config(config=server.options["config"] + f"<VirtualHost *:{server.port}>\nServerName own.example\nServerAlias alias.example\n"
                        "SlimStatsPageHeader On\n</VirtualHost>\n")
    server.start()
    links = {'<http://own.example/Lamps?a=1&utm_source=x#f>; rel="canonical"': "/Lamps?a=1", '</x.css>; rel=preload, </Own>; rel="canonical"': "/Own",
             '<https://alias.example/>; rel=canonical': "/", '<https://evil.example/theirs>; rel="canonical"': None,
             '<//evil.example/theirs>; rel=canonical': None, '</own>; rel="next"': None, f'</{"l" * 300}>; rel=canonical': None,
             '<relative>; rel=canonical': None, '<https://ALIAS.example:8443/p>; rel=canonical': "/p", '<http://127.0.0.1/q>; rel=canonical': "/q"}
    *found, (named, _) = pages_of(server, [*({"link": link} for link in links), {"link": '</own>; rel="canonical"', "page": "/named"}])
    for (link, page), (is_page, answer) in zip(links.items(), found):
        assert is_page == page and answer["link"] == link, link
    assert named == "/named"


def test_what_is_not_to_be_kept_of_addresses_is_not_kept_of_names(site):
    server = site(ON + "SlimStatsQuery only a\n")
    found = pages_of(server, [{"page": "/x?token=secret&a=1"}, {"link": '</y?token=secret&a=2>; rel="canonical"'}])
    assert [page for page, _ in found] == ["/x?a=1", "/y?a=2"]
    assert b"secret" not in b"".join(path.read_bytes() for path in server.state.rglob("*") if path.is_file())


def test_caches_do_not_see_the_headers(make_server):
    server = make_server(modules=["lua", "headers", "cache", "cache_disk"])
    script, cache = server.dir / "app.lua", server.dir / "cache"
    script.write_text(APPLICATION)
    script.chmod(0o644)
    cache.mkdir()
    cache.chmod(0o777)
    server.write_config(config=f"{MAP.format(script=script)}{ON}CacheRoot {cache}\nCacheEnable disk /\nCacheIgnoreNoLastMod On\n"
                        "CacheDefaultExpire 3600\nCacheHeader on\n")
    server.start()
    asked = 0
    while True:
        answer = ask(server, page="/named", title="Title")
        asked += 1
        assert answer["x-other"] == "stays" and not [name for name in answer if "slimstats" in name]
        if answer["x-cache"].startswith("HIT") or asked > 20:
            break
    kept = b"".join(path.read_bytes() for path in cache.rglob("*.header"))
    assert b"X-Other" in kept and b"SlimStats" not in kept.replace(b"slimstats", b"")
    server.wait_stored(asked)
    named = [page for _, _, page in stored(server) if page == "/named"]
    assert 1 <= len(named) < asked <= 20


def shown(server):
    """Which prefetched resources are page views."""
    return dict(server.sql("select resource, pageview from hits where kind = 'prefetch'"))


def test_a_prefetched_page_with_a_name_is_shown_by_its_address(site):
    server = site(ON + "SetEnvIf Request_URI /variable slimstats-page=Variable\n"
                  "<LocationMatch /app/rule>\nSlimStatsPage map /.* /by-rule\n</LocationMatch>\n", modules=["setenvif"])
    ahead = {"Sec-Purpose": "prefetch"}
    asked = [("/app", dict(page="Lamps", x=1)), ("/app", dict(link='</lamps>; rel="canonical"')), ("/app", dict(note="Noted")), ("/app/variable", {}),
             ("/app/CASE", {}), ("/app/rule", {})]
    addresses = [f"{path}?{urlencode(what, quote_via=quote)}" for path, what in asked]
    for path, what in asked:
        ask(server, path, ahead, **what)
    ask(server, "/app", ahead, page="Never", x=2)
    for address in addresses:
        server.get("/x.png", {"User-Agent": FIREFOX, "Referer": f"http://localhost:{server.port}{address.replace('/CASE', '/Case')}"})
    server.wait_stored(2 * len(asked) + 1)
    wanted = {address.rstrip("?"): 1 for address in addresses} | {"/app?page=Never&x=2": 0}
    assert {resource.rstrip("?"): view for resource, view in shown(server).items()} == wanted
    pages = {page for _, _, page in stored(server)}
    assert {"Lamps", "/lamps", "Noted", "Variable", "/by-rule"} <= pages
    assert server.cli("check", check=0)


def test_a_name_that_is_anothers_address_proves_nothing(site):
    server = site(ON)
    ask(server, headers={"Sec-Purpose": "prefetch"}, page="/index.html")
    server.get("/next.html", {"User-Agent": FIREFOX, "Referer": f"http://localhost:{server.port}/index.html"})
    server.wait_stored(2)
    assert list(shown(server).values()) == [0]


def test_a_named_page_is_shown_whenever_its_evidence_comes(site):
    server = site(ON)
    ask(server, headers={"Sec-Purpose": "prefetch"}, page="Lamps")
    server.wait_stored(1)
    server.stop()
    server.start()
    server.get("/x.png", {"User-Agent": FIREFOX, "Referer": f"http://localhost:{server.port}/app?page=Lamps"})
    server.wait_stored(2)
    assert shown(server) == {"/app?page=Lamps": 1}
    assert server.cli("check", check=0)


def test_redirected_requests_and_other_modules_are_read(site):
    server = site(ON + 'RewriteEngine On\nRewriteRule "^/nice" "/app?page=/from-app" [E=slimstats-title:Nice,PT]\n'
                  '<Location /static>\nHeader set SlimStats-Page "/by-mod_headers"\nHeader always set SlimStats-Title Always\n</Location>\n'
                  'Alias /static "{dir}/www"\nErrorDocument 404 "/app?page=/error"\n', modules=["rewrite", "alias"])
    server.get("/nice", {"User-Agent": FIREFOX})
    answer = {name.lower() for name, _ in server.get("/static/index.html")[1]}
    assert not [name for name in answer if "slimstats" in name]
    answer = {name.lower() for name, _ in server.get("/nowhere")[1]}
    assert not [name for name in answer if "slimstats" in name]
    server.get("/static/index.html", {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"})
    server.get("/static/index.html", method="HEAD")
    server.wait_stored(5)
    assert sorted(page for _, _, page in stored(server)) == ["/by-mod_headers"] * 3 + ["/from-app", "/nowhere"]
    assert rows(server, "--robots") == {"/from-app": "Nice", "/by-mod_headers": "Always"}
