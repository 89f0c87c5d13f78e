"""An imported line is a hit as the server would have recorded it: by the site's own rules."""
import re
import subprocess

import pytest

from slimhttpd import wait_for
from test_import import Logs

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
REMOTEIP = "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n"


def line(target, who="192.0.2.7", second=0, status=200, referer="-", agent=AGENT, before="", after=""):
    return f'{before}{who} - - [10/Nov/2026:10:00:{second:02} +0000] "GET {target} HTTP/1.1" {status} 100 "{referer}" "{agent}"{after}\n'


def visits_of_three(form):
    """Nine lines of three people; form(n): what stands before the time."""
    return "".join(f'{form(n % 3 + 1)} [10/Nov/2026:10:0{n}:00 +0000] "GET /{n} HTTP/1.1" 200 100 "-" "{AGENT}"\n'
                   for n in range(9))


@pytest.fixture
def logs(build, tmp_path):
    return Logs(build, tmp_path)


@pytest.fixture
def importing(make_server, tmp_path):
    """A server with some settings, and what an import of a log into its store gives: output and errors."""
    def begin(settings="", config="", **options):
        server = make_server(settings=settings, config=config, **options)
        server.start()
        wait_for((server.state / "settings").exists, what="the recorder has saved its settings")

        def run(log, *arguments, check=0):
            path = tmp_path / "imported.log"
            path.write_text(log)
            done = server.cli("import", *arguments, str(path), check=check)
            path.unlink()
            return done.stdout, done.stderr
        return server, run
    return begin


def overview(logs):
    out = subprocess.run([logs.command, "report", "overview", "--store", f"sqlite:{logs.store}", "--since", "all", "-f", "tsv"],
                         env=logs.env, capture_output=True, text=True, check=True).stdout.splitlines()
    row = dict(zip(out[0].split("\t"), out[1].split("\t")))
    return tuple(int(row[name]) for name in ("visits", "visitors", "pageviews"))


# --- what is kept of people ---

@pytest.mark.parametrize("rule, kept, visits", [("full", "192.0.2.7", 1), ("masked", "192.0.2.0", 1), ("none", "", 0)])
def test_of_an_address_is_kept_what_the_rule_says(importing, rule, kept, visits):
    server, run = importing(f"SlimStatsAddress {rule}")
    run(line("/"))
    assert server.sql("select ip from slim_stats") == [(kept,)]
    assert server.sql("select count(*) from visit") == [(visits,)]


def test_the_rule_is_that_of_the_lines_site(importing):
    server, run = importing("SlimStatsAddress none", config="<VirtualHost 127.0.0.1:1>\nServerName open.example\n"
                            "SlimStatsAddress masked\n</VirtualHost>\n")
    run(line("/", before="open.example:80 ") + line("/", before="other.example:80 "))
    assert sorted(server.sql("select site, ip from slim_stats")) == [("open.example", "192.0.2.0"), ("other.example", "")]


def test_who_asked_not_to_be_followed_is_not(importing):
    server, run = importing("SlimStatsRespect gpc")
    form = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %{Sec-GPC}i'
    run(line("/a", referer="http://a.example/?x=1", after=" 1") + line("/b", referer="http://a.example/?x=1", after=" -"),
        "--format", form)
    assert sorted(server.sql("select resource, ip, referer from slim_stats")) \
        == [("/a", "", "http://a.example/"), ("/b", "192.0.2.7", "http://a.example/?x=1")]


def test_parameters_are_kept_as_the_rule_says(importing):
    server, run = importing("SlimStatsQuery only id")
    run(line("/?id=1&token=2&utm_source=news&utm_medium=mail", referer="http://a.example/?id=3&secret=4"))
    assert server.sql("select resource, referer from slim_stats") == [("/?id=1", "http://a.example/?id=3")]
    assert server.sql("select source.name from hit join source on source.id = hit.source") == [("news",)]


def test_values_of_secret_parameters_are_not_imported(importing):
    server, run = importing("SlimStatsSecret door")
    run(line("/a?token=Xyzzy77&b=1", referer="http://u:Xyzzy77@a.example/?door=Xyzzy77#Xyzzy77"))
    assert server.sql("select resource, referer from slim_stats") == [("/a?token&b=1", "http://a.example/?door")]
    assert b"Xyzzy77" not in b"".join(path.read_bytes() for path in server.state.rglob("*") if path.is_file())


# --- what is left out ---

def test_exclusions_hold_and_are_counted(importing):
    server, run = importing("SlimStatsExclude path=/health* ip=198.51.100.0/24 status=301-302 agent=*monitor*")
    out, _ = run(line("/health?x") + line("//he%61lth/deep") + line("/", who="198.51.100.9") + line("/", status=302)
                 + line("/", agent="The Monitor/1") + line("/kept"))
    assert server.sql("select resource from slim_stats") == [("/kept",)]
    assert "6 lines: 1 stored, 0 rejected, 0 known before" in out
    for reason, count in {"ip": 1, "path": 2, "status": 1, "agent": 1}.items():
        assert f"{count} excluded ({reason})" in out
    assert server.ledger()["seen"] == 0


def test_own_hits_are_known_by_what_a_log_has(importing):
    server, run = importing("SlimStatsOwn path=/admin* agent=*Office*\nSlimStatsOwn env=staff",
                            config="<Location /intern>\nSlimStatsOwn status=200\n</Location>\n")
    out, err = run(line("/") + line("/admin/x") + line("/", who="192.0.2.9") + line("/", who="192.0.2.10", agent="Mozilla/5.0 (X11; Linux x86_64; rv:60.0; Office) Gecko/20100101 Firefox/60.0")
                   + line("/intern/x", who="192.0.2.11") + line("/intern/x", who="192.0.2.12", status=404))
    assert sorted(server.sql("select resource, robot = 'own' from slim_stats")) \
        == [("/", 0), ("/", 1), ("/", 1), ("/admin/x", 1), ("/intern/x", 0), ("/intern/x", 1)]
    assert "a log cannot answer SlimStatsOwn env=staff: what it fits is imported as of people" in err
    assert "6 stored" in out


def test_exclusions_see_the_whole_address(importing):
    server, run = importing("SlimStatsAddress none\nSlimStatsExclude ip=192.0.2.7 ip=2001:db8::/32")
    out, _ = run(line("/a") + line("/b", who="192.0.2.8") + line("/c", who="2001:db8::1"))
    assert server.sql("select resource, ip from slim_stats") == [("/b", "")]
    assert "2 excluded (ip)" in out


def test_sections_of_places_hold(importing):
    server, run = importing(config='<Location "/private">\nSlimStats Off\n</Location>\n'
                            '<Location "/private/open">\nSlimStats On\n</Location>\n'
                            '<Location "/*.php">\nSlimStatsExclude status=404\n</Location>\n')
    out, _ = run(line("/private") + line("/private/x") + line("/privateer") + line("/private/open/x") + line("/a.php", status=404)
                 + line("/a.php") + line("/x/a.php", status=404) + line("/stats/api/pages") + line("/stats"))
    assert sorted(r for (r,) in server.sql("select resource from slim_stats")) \
        == ["/a.php", "/private/open/x", "/privateer", "/x/a.php"]
    assert "2 excluded (off)" in out and "1 excluded (status)" in out and "2 excluded (dashboard)" in out


def test_where_only_a_place_is_recorded_only_that_is_imported(importing):
    server, run = importing(capture=False, config='<Location "/blog">\nSlimStats On\n</Location>\n')
    run(line("/blog/") + line("/shop/"))
    assert server.sql("select resource from slim_stats") == [("/blog/",)]


def test_rules_that_a_log_cannot_answer_are_named_before_it_begins(importing):
    server, run = importing("SetEnvIf Request_URI x nolog\nSlimStatsExclude env=nolog type=image/* \"expr=%{HTTPS} == 'on'\"",
                            config='<Directory "/srv">\nSlimStatsExclude path=/x\nSlimStats Off\n</Directory>\n'
                                   '<LocationMatch "^/[0-9]">\nSlimStatsExclude status=500\n</LocationMatch>\n')
    _, err = run(line("/"))
    for rule in ("env=nolog", "type=image/*", "expr=%{HTTPS} == 'on'", 'path=/x in <Directory "/srv">',
                 'SlimStats Off in <Directory "/srv">', 'status=500 in <LocationMatch "^/[0-9]">'):
        assert f"a log cannot answer {'' if rule.startswith('SlimStats') else 'SlimStatsExclude '}{rule}:" in err, err
    assert err.count("a log cannot answer") == 6
    assert server.count() == 1


def test_robots_that_are_dropped_are_counted(importing):
    server, run = importing("SlimStatsRobots drop")
    out, _ = run(line("/", agent="Googlebot/2.1 (+http://www.google.com/bot.html)") + line("/"))
    assert server.count() == 1 and "1 excluded (robot)" in out


# --- whose site it is ---

def test_the_only_site_of_a_server_is_that_of_lines_that_name_none(importing):
    server, run = importing("ServerName WWW.Example.org")
    run(line("/") + line("/x", second=5, referer="http://www.example.org/"))
    assert server.sql("select distinct site from slim_stats") == [("www.example.org",)]
    assert server.sql("select count(distinct visitor) from visit") == [(1,)]
    assert server.sql("select channel from hits where resource = '/x'") == [("internal",)]
    run(line("/given"), "--site", "Other.example")
    assert server.sql("select site from slim_stats where resource = '/given'") == [("other.example",)]


def test_a_main_server_that_answers_nobody_is_no_site(importing):
    server, run = importing()
    server.stop()
    server.write_config(config=f"<VirtualHost *:{server.port}>\nServerName shop.example\n</VirtualHost>")
    server.start()
    wait_for(lambda: "shop.example" in (server.state / "settings").read_text())
    run(line("/"))
    assert server.sql("select distinct site from slim_stats") == [("shop.example",)]


def test_several_sites_leave_it_open(importing):
    server, run = importing(config="<VirtualHost 127.0.0.1:1>\nServerName shop.example\n</VirtualHost>")
    run(line("/"))
    assert server.sql("select distinct site from slim_stats") == [("",)]


def test_the_host_of_a_line_belongs_to_a_site(importing):
    server, run = importing(config="<VirtualHost 127.0.0.1:1>\nServerName www.example.org\nSlimStatsSite Main\n"
                            "ServerAlias example.org *.branch.example\n</VirtualHost>")
    run(line("/1", before="WWW.example.org:80 ") + line("/2", before="example.org:80 ") + line("/3", before="a.branch.example:443 ")
        + line("/4", before="elsewhere.example:80 "))
    assert sorted(server.sql("select resource, site from slim_stats")) \
        == [("/1", "main"), ("/2", "main"), ("/3", "main"), ("/4", "elsewhere.example")]


def test_with_hosts_as_sites_a_lines_host_is_its_site(importing):
    server, run = importing(config="<VirtualHost 127.0.0.1:1>\nServerName www.example.org\nSlimStatsSite %{HTTP_HOST}\n"
                            "ServerAlias example.org\n</VirtualHost>")
    run(line("/1", before="example.org:80 ") + line("/2", before="localhost:80 "))
    assert sorted(server.sql("select resource, site from slim_stats")) == [("/1", "example.org"), ("/2", "localhost")]
    run(line("/3"))
    assert server.sql("select site from slim_stats where resource = '/3'") == [("",)]


# --- who it was ---

@pytest.mark.parametrize("form", [
    lambda n: f"client{n}.isp.example - -", lambda n: f"192.0.2.{n}, 10.0.0.1 - -", lambda n: f"www.x.org 10.0.0.{n} - -",
    lambda n: f"www.x.org client{n}.isp.example - -", lambda n: f"www.x.org:443 client{n}.isp.example - -",
    lambda n: f"2001:db8::{n} - -",
], ids=["name", "list", "site first", "site and name", "site, port and name", "IPv6"])
def test_people_are_told_apart_by_what_the_log_has(logs, form):
    logs.run("--site", "s.example", logs.put("a.log", visits_of_three(form).encode()))
    assert overview(logs) == (3, 3, 9)
    assert "www.x.org" not in form(1) or logs.sql("select distinct site from slim_stats") == [("www.x.org",)]


@pytest.mark.parametrize("header, form", [
    ("X-Forwarded-For", "192.0.2.{n}, 10.0.0.1"), ("X-Forwarded-For", "192.0.2.{n}"), ("X-Real-IP", "192.0.2.{n}"),
    ("CF-Connecting-IP", "2001:db8::{n}"), ("Forwarded", "for=192.0.2.{n};proto=https"),
])
def test_people_are_told_apart_by_the_header_that_a_format_names(logs, header, form):
    log = logs.put("a.log", visits_of_three(lambda n: f"{form.format(n=n)} - -").encode())
    logs.run("--site", "s.example", "--format", f'%{{{header}}}i %l %u %t "%r" %>s %b "%{{Referer}}i" "%{{User-Agent}}i"', log)
    assert overview(logs) == (3, 3, 9)


def test_a_name_is_kept_as_an_address_is(importing):
    server, run = importing("SlimStatsAddress masked")
    run("".join(line("/", who=who) for who in ("a.isp.example", "b.isp.example", "c.other.example")))
    assert server.sql("select count(distinct visitor) from visit") == [(2,)]
    server, run = importing("SlimStatsAddress none")
    run(line("/", who="a.isp.example"))
    assert server.sql("select count(*) from visit") == [(0,)]


def test_names_leave_no_trace_but_a_hash(logs):
    logs.run(logs.put("a.log", line("/", who="quite.unusual.example").encode()))
    assert b"quite.unusual" not in b"".join(p.read_bytes() for p in logs.dir.glob("stats.db*"))


def test_a_log_without_clients_is_told_before_anything_is_stored(logs):
    mixed = "".join(line("/", who=who) for who in ("-", "-", "-", "192.0.2.1"))
    assert "3 of its first 4 lines name no client" in logs.run(logs.put("a.log", mixed.encode()))[1]
    assert logs.run(logs.put("b.log", (mixed + line("/x") + line("/y")).encode()), "--again")[1] == ""


def test_a_mark_of_utf_8_is_no_part_of_the_first_line(logs):
    text = b"\xef\xbb\xbf" + line("/").encode()
    logs.run("--site", "s.example", logs.put("a.log", text))
    assert logs.sql("select ip, resource from slim_stats") == [("192.0.2.7", "/")]
    assert re.search(r"line 1: no address at column 4\n",
                     logs.run("--format", "%a %t", logs.put("b.log", b"\xef\xbb\xbfx [10/Nov/2026:10:00:00 +0000]\n"), exit_code=1)[1])


@pytest.mark.parametrize("site, referer, channel", [
    ("www.example.org", "http://example.org/", "internal"), ("example.org", "https://www.example.org/a", "internal"),
    ("example.org", "http://blog.example.org/", "website"), ("www.example.org", "http://www.www.example.org/", "website"),
])
def test_an_own_host_is_one_with_and_without_www(logs, site, referer, channel):
    logs.run("--site", site, logs.put("a.log", line("/", referer=referer).encode()))
    assert logs.sql("select channel from hits") == [(channel,)]
