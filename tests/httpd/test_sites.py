"""Owners of single sites: a dashboard that tells of these alone, whatever it is asked."""
import json
import re

import pytest

from slimhttpd import wait_for

VHOST = """
<VirtualHost 127.0.0.1:{port}>
    ServerName {name}
    ServerAlias www.{name}
    DocumentRoot {www}
    <Location "/mine">
        SetHandler slimstats
        Require local
        SlimStatsSites {sites}
    </Location>
    <Location "/mine/all">
        SetHandler slimstats
        Require local
        SlimStatsSites b.example
    </Location>
</VirtualHost>
"""
SECRET = "secretofb"  # what only hits of b.example have


def in_vhosts(server, sites="vhost"):
    server.write_config(config="".join(VHOST.format(port=server.port, www=server.www, name=name, sites=sites)
                                       for name in ("A.example", "b.example", "c.example")))


@pytest.fixture(scope="module")
def hosts(make_shared_server):
    server = make_shared_server(settings="SlimStatsSearchParam s")
    in_vhosts(server)
    server.start()
    browser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    for n in range(7):
        server.get(f"/?n={n % 3}", {"Host": "a.example", "User-Agent": browser})
    for n in range(13):
        server.get(f"/?page={SECRET}{n}&s={SECRET}", {"Host": "b.example", "User-Agent": f"{browser} {SECRET}/1.{n}",
                   "Referer": f"https://{SECRET}.example/?q={SECRET}", "Accept-Language": "tt"})
    for path in ("x", "file.zip", "y"):
        server.get(f"/{SECRET}/{path}?utm_source={SECRET}&utm_campaign={SECRET}", {"Host": "b.example", "User-Agent": f"{SECRET}bot/1.0"})
    server.get("/", {"Host": "www.c.example", "User-Agent": "curl/8"})
    server.wait_stored(24)
    return server


def ask(server, path, host="a.example"):
    status, headers, body = server.get(f"/mine{path}", {"Host": host})
    return status, body.decode()


def numbers(server, path, host="a.example"):
    status, body = ask(server, path, host)
    assert status == 200, body
    answer = json.loads(body)
    return dict(zip([c["name"] for c in answer["columns"]], answer["rows"][0]))


def reports(server):
    text = ask(server, "/")[1]
    return sorted(set(re.findall(r'href="api/([a-z]+)"', text)) - {"ledger", "status"})


WORDS = ["", "where=site%3Db.example", "where=site!%3Da.example", "where=site~b", "where=site!%3Dnone", f"where=page~{SECRET}",
         "compare=previous", "exact=on", "robots=on&since=all", "where=kind!%3Dapi&where=robot!%3Dai",
         "where=channel!%3Dmail", "where=source!%3DGoogle", "where=mark!%3Dlogin"]


@pytest.mark.parametrize("words", WORDS)
def test_no_words_show_another_site(hosts, words):
    everything = "robots=on" if "robots" not in words else ""
    names = reports(hosts)
    assert len(names) > 30
    for name in names:
        for form in ("", ".csv"):
            status, body = ask(hosts, f"/api/{name}{form}?{words}&{everything}")
            assert status in (200, 400), body
            answer = json.loads(body) if not form and status == 200 else {}
            answer.pop("filters", None)  # the asker's own words
            told = json.dumps(answer) if answer else body
            assert SECRET not in told.replace(f"page~{SECRET}", "") and "b.example" not in told, (name, told)
    status, page = ask(hosts, f"/report.html?{words}&{everything}&limit=1000")
    assert status in (200, 400) and SECRET not in page.replace(f"page~{SECRET}", ""), page
    assert status == 400 or "b.example" not in re.sub("<title>.*?</h1>", "", page, flags=re.S), page  # there the asker's own words
    together = ask(hosts, "/api/several?" + words + "&" + everything + "".join(f"&report={name}&limit=1000" for name in names[:20]))[1]
    assert SECRET not in re.sub(r'"value":"[^"]*"', "", together)


def test_figures_are_those_of_the_sites(hosts):
    assert numbers(hosts, "/api/overview?robots=on")["hits"] == 7
    assert numbers(hosts, "/api/overview?robots=on", "www.b.example")["hits"] == 16
    assert numbers(hosts, "/all/api/overview?robots=on", "a.example")["hits"] == 16  # a deeper section's own
    assert numbers(hosts, "/api/overview?robots=on&where=site%3Db.example")["hits"] == 0
    assert [r[0] for r in json.loads(ask(hosts, "/api/sites?robots=on")[1])["rows"]] == ["a.example"]
    assert json.loads(ask(hosts, "/api/pages")[1])["filters"] == []


def test_as_many_filters_may_be_given(hosts):
    words = "&".join(f"where=status!%3D{n}" for n in range(300, 316))
    assert numbers(hosts, f"/api/overview?{words}")["hits"] == 7
    assert ask(hosts, f"/api/overview?{words}&where=status!%3D400")[0] == 400


def test_no_ledger_and_no_sizes(hosts):
    for path in ("/api/ledger", "/api/ledger.csv"):
        assert ask(hosts, path)[0] == 404
    assert ask(hosts, "/api/several?report=ledger")[0] == 400
    status = json.loads(ask(hosts, "/api/status")[1])
    assert status["state"] == "ok" and status["stored"] == 7
    assert sorted(status) == ["advice", "lag_seconds", "since", "state", "stored", "version"]
    before = numbers(hosts, "/api/overview?since=today")["pageviews"]
    metrics = ask(hosts, "/metrics")[1]
    after = numbers(hosts, "/api/overview?since=today")["pageviews"]  # a day may end meanwhile
    assert "\nslimstats_hits_stored_total 7\n" in metrics
    assert int(re.search(r"\nslimstats_day_pageviews (\d+)\n", metrics)[1]) in (before, after)
    assert not re.search("seen|bytes|import|waiting|dropped|excluded|commit", metrics)
    wait_for(lambda: json.loads(hosts.get("/stats/api/status")[2])["ledger"]["stored"] == 24, 5, "the whole is told elsewhere")


def test_sites_by_name(make_server):
    server = make_server()
    in_vhosts(server, "A.Example c.example")
    server.start()
    for name in ("a.example", "b.example", "b.example", "c.example"):
        server.get("/", {"Host": name})
    server.wait_stored(4)
    assert numbers(server, "/api/overview?robots=on", "b.example")["hits"] == 2


@pytest.mark.parametrize("config, words", [
    ("SlimStatsSites vhost", ["SlimStatsSites", "not allowed here"]),
    ("<Location /x>\nSlimStatsSites\n</Location>", ["SlimStatsSites", "names of sites, no URLs, or vhost"]),
    ("<Location /x>\nSlimStatsSites %{HTTP_HOST}\n</Location>", ["SlimStatsSites", "%{HTTP_HOST}", "names of sites, no URLs, or vhost"]),
    ("SlimStatsSite %{HTTP_HOST}\n<Location /x>\nSlimStatsSites vhost\n</Location>", ["SlimStatsSites vhost in /x", "name the sites"]),
    ("<Location /x>\nSlimStatsSites a.example vhost\n</Location>\n<VirtualHost *>\nServerName v\nSlimStatsSite %{HTTP_HOST}\n</VirtualHost>",
     ["SlimStatsSites vhost in /x", "the site of v is"]),
])
def test_what_cannot_be_confined_is_refused_at_start(make_server, config, words):
    result = make_server(config=config).httpd("-t", check=False)
    assert result.returncode != 0
    for word in words:
        assert word in result.stderr, result.stderr
