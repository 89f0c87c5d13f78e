"""Directives: checked at configtest, inherited, and what SlimStatsExclude leaves out."""
import os
import re
import shutil

import pytest

from slimhttpd import wait_for


def configtest(server):
    return server.httpd("-t", check=False)


@pytest.mark.fault("F41")
@pytest.mark.parametrize("line, words", [
    ("SlimStats Maybe", ["SlimStats", "On or Off"]),
    ("SlimStatsBuffer lots", ["SlimStatsBuffer", "lots", "16M"]),
    ("SlimStatsBuffer 1K", ["SlimStatsBuffer", "1K"]),
    ("SlimStatsJournalLimit -5", ["SlimStatsJournalLimit", "-5", "1G"]),
    ("SlimStatsJournalLimit 99999999999999999999", ["SlimStatsJournalLimit"]),
    ("SlimStatsSync 1h", ["SlimStatsSync", "seconds"]),
    ("SlimStatsSync 99999", ["SlimStatsSync", '"99999" is not understood; allowed: seconds from 0 to 3600']),
    ("SlimStatsBuffer 17G", ["SlimStatsBuffer", '"17G" is not understood; allowed: a size from 1M to 16G, as 16M']),
    ("SlimStatsBuffer", ["SlimStatsBuffer", "one argument", "a size from 1M to 16G"]),
    ("SlimStatsState", ["SlimStatsState", "one argument", "a path"]),
    ('SlimStatsState ""', ["SlimStatsState", "a path"]),
    ("SlimStatsHosts stats.example", ["SlimStatsHosts", "not allowed here"]),
    ("SlimStatsStore mysql:blog", ["SlimStatsStore", "mysql:blog", "sqlite:PATH"]),
    ("SlimStatsStore sqlite:", ["SlimStatsStore", "sqlite:PATH"]),
    ("SlimStatsSite %{REMOTE_USER}", ["SlimStatsSite", "%{HTTP_HOST}"]),
    ("SlimStatsExclude color=red", ["SlimStatsExclude", "color=red", "path=GLOB"]),
    ("SlimStatsOwn color=red", ["SlimStatsOwn", "color=red", "path=GLOB"]),
    ("SlimStatsExclude status=20x", ["SlimStatsExclude", "status=404"]),
    ("SlimStatsExclude status=400-300", ["SlimStatsExclude"]),
    ("SlimStatsExclude status=999", ["SlimStatsExclude", "from 100 to 599"]),
    ("SlimStatsOwn status=500-600", ["SlimStatsOwn", "from 100 to 599"]),
    ("SlimStatsSite https://example.org/", ["SlimStatsSite", '"https://example.org/" is not understood', "no URL"]),
    ("SlimStatsOwnHost example.org:8080", ["SlimStatsOwnHost", "without a port"]),
    ("SlimStatsOwnHost http://example.org", ["SlimStatsOwnHost", "host names"]),
    ("<Location /x>\nSlimStatsHosts https://example.org\n</Location>", ["SlimStatsHosts", "host names without a port"]),
    ("<Location /x>\nSlimStatsHosts a.example example.org/stats\n</Location>", ["SlimStatsHosts", '"example.org/stats"']),
    ("<Location /x>\nSlimStatsSites http://example.org\n</Location>", ["SlimStatsSites", "no URLs"]),
    ("SlimStatsExclude ip=300.1.1.1", ["SlimStatsExclude", "ip=ADDRESS"]),
    ("SlimStatsExclude env=", ["SlimStatsExclude", "env=NAME"]),
    ('SlimStatsExclude "expr=%{REQUEST_URI} =="', ["SlimStatsExclude", "expr="]),
    ("SlimStatsExclude env=a=b", ["SlimStatsExclude", '"a=b" is not understood', "env=NAME"]),
    ("SlimStatsExclude path=wp-login.php", ["SlimStatsExclude", "begins with / or *"]),
    ("SlimStatsSecret door=1", ["SlimStatsSecret", '"door=1" is not understood', "names of parameters"]),
    ("SlimStatsSearchParam ?q", ["SlimStatsSearchParam", '"?q" is not understood', "names of parameters"]),
    ("SlimStatsPage", ["SlimStatsPage", "needs a value", "map PATTERN PAGE"]),
    ("SlimStatsPage index home", ["SlimStatsPage", '"home" is not understood; allowed: file, index, index=NAME, slash, lower']),
    ("SlimStatsPage slash map /shop/[0-9 /shop", ["SlimStatsPage: pattern /shop/[0-9, at byte 10: missing terminating ]", "line"]),
    ("SlimStatsPage map /shop/[0-9]+", ["SlimStatsPage: map needs a pattern and a page"]),
    ("SlimStatsPage map /a/(.*) /$2", ["SlimStatsPage: page /$2 names a group that pattern /a/(.*) does not have"]),
    ("SlimStatsPageParam", ["SlimStatsPageParam", "needs a value", "as ref, my_* or ;sid"]),
    ("SlimStatsPageParam ref a=b", ["SlimStatsPageParam", '"a=b": a parameter\'s name']),
    ("SlimStatsKind api", ["SlimStatsKind", "needs a value", "paths as /x/*"]),
    ("SlimStatsKind picture /x", ["SlimStatsKind", "the kind is none of page, asset, feed"]),
    ("SlimStatsKind api x", ["SlimStatsKind", '"api x": a path begins with / or *']),
    ("<Location /x>\nSlimStatsKind api /x\n</Location>", ["SlimStatsKind", "not allowed"]),
    ("SlimStatsNetwork", ["SlimStatsNetwork", "one argument"]),
    ("<VirtualHost *>\nSlimStatsNetwork /x.mmdb\n</VirtualHost>", ["SlimStatsNetwork", "VirtualHost"]),
    ("<VirtualHost *>\nSlimStatsStore sqlite:/x\n</VirtualHost>", ["SlimStatsStore", "VirtualHost"]),
])
def test_a_bad_value_is_refused_with_the_directive_and_what_is_allowed(make_server, line, words):
    server = make_server(config=line)
    result = configtest(server)
    assert result.returncode != 0
    for word in words:
        assert word in result.stderr, result.stderr


@pytest.mark.parametrize("line, reason", [
    ("SlimStatsState {dir}/no/such", "there is no directory for it"), ("SlimStatsState {dir}/file", "is not a directory"),
    ("SlimStatsStore sqlite:{dir}/no/stats.db", "there is no directory for it"), ("SlimStatsStore sqlite:{dir}", "is not a regular file"),
    ("SlimStatsCountry {dir}/no.mmdb", "No such file"), ("SlimStatsCountry {dir}", "is not a regular file"),
    ("SlimStatsNetwork {dir}/no.mmdb", "No such file"), ("SlimStatsAgents {dir}/no.yaml", "No such file"),
    ("SlimStatsRecorder {dir}/no", "No such file"), ("SlimStatsRecorder {dir}/file", "cannot be executed"),
    ("<IfModule slimstats_module>\nSlimStatsAgents {dir}/a\nSlimStatsAgents {dir}/no.yaml\n</IfModule>", "No such file")])
def test_configtest_looks_for_what_is_named_and_a_start_goes_on(make_server, line, reason):
    """A reload is worth a question, a site that is down is not."""
    server = make_server()
    (server.dir / "file").write_text("x")
    line = line.format(dir=server.dir)
    server.write_config(config=line)
    conf = server.dir / "httpd.conf"
    lines = conf.read_text().splitlines()
    named = [n for n, text in enumerate(lines, 1) if text.startswith("SlimStats") and text in line.splitlines()][-1]
    result = configtest(server)
    assert result.returncode != 0
    assert f"{conf}:{named}: {lines[named - 1]}: {reason}" in result.stderr, result.stderr
    server.write_config(config=line.replace("SlimStatsState", "#"))
    server.expect(".")
    server.start(wait=False)
    assert server.get("/")[0] in (200, 404)


def test_configtest_knows_the_state_directory_that_is_not_named(make_server):
    """A store in a state directory that is made at start has a place; one elsewhere has not."""
    server = make_server(settings="")
    conf = server.dir / "httpd.conf"
    bare = "\n".join(line for line in conf.read_text().splitlines() if not line.startswith("SlimStatsState"))
    for path, returns in (("/var/lib/slimstats/stats.db", 0), ("/var/lib/slimstats/no/stats.db", 1)):
        conf.write_text(bare + f"\nSlimStatsStore sqlite:{path}\n")
        assert configtest(server).returncode == returns, path


def test_configtest_tells_what_a_data_file_is_not(make_server):
    server = make_server()
    (server.dir / "file").write_text("no country")
    (server.dir / "file").chmod(0o644)
    for directive in ("SlimStatsCountry", "SlimStatsNetwork"):
        server.write_config(config=f"{directive} {server.dir}/file")
        assert f"{server.dir}/file" in configtest(server).stderr


def test_the_documented_defaults_are_accepted(make_server):
    """conf/slimstats.conf as it is shipped, with every line that is commented out there in force."""
    from pathlib import Path
    text = (Path(__file__).parents[2] / "conf/slimstats.conf").read_text()
    lines = [l[1:] if l.startswith("#SlimStats") else l for l in text.splitlines()]
    lines = [l for l in lines if not l.startswith("#")]
    server = make_server(capture=False, config="\n".join(lines))
    there = re.sub(r"(?m)^(SlimStats(?:Country|Network|Recorder)) .*", rf"\1 {server.build.command}", "\n".join(lines))
    key = server.dir / "shared.key"
    key.write_text(f"static {32 * '0'}\n")
    key.chmod(0o600)
    if os.geteuid() == 0:
        shutil.chown(key, "www-data")
    server.write_config(config=re.sub("(?m)^SlimStatsVisitorSecret .*", f"SlimStatsVisitorSecret {key}", there))
    result = configtest(server)
    assert result.returncode == 0 and "Syntax OK" in result.stderr, result.stderr


def test_a_dashboard_without_require_is_told_at_configtest_and_answers_403(make_server):
    server = make_server(config="<Location /open>\nSetHandler slimstats\n</Location>\n"
                                "<Location />\nRequire all granted\n</Location>\n"
                                "<Location /two>\nSetHandler slimstats\n</Location>\n"
                                "<Location /two>\nRequire local\n</Location>")
    server.expect("/open has no Require of its own", "decides about the dashboard in /stats")
    result = configtest(server)
    assert result.returncode == 0
    assert "/open has no Require of its own" in result.stderr
    assert "/two" not in result.stderr and "/stats has no" not in result.stderr
    assert "the Require of / decides about the dashboard in /stats" in result.stderr
    server.start()
    assert server.get("/open/")[0] == 403
    assert server.get("/open/api/pages")[0] == 403
    assert server.get("/two/api/status")[0] == 200


def test_a_require_for_other_methods_does_not_open_a_dashboard(make_server):
    server = make_server(config="<Location /open>\nSetHandler slimstats\n"
                                "<Limit POST>\nRequire all denied\n</Limit>\n</Location>\n"
                                "<Location /two>\nSetHandler slimstats\n"
                                "<LimitExcept POST>\nRequire all granted\n</LimitExcept>\n</Location>")
    server.expect("/open has no Require of its own")
    assert "/open has no Require of its own" in configtest(server).stderr
    server.start()
    assert server.get("/open/")[0] == 403
    assert server.get("/two/")[0] == 200


def test_a_handler_from_htaccess_is_not_believed(make_server):
    server = make_server(config="<Location />\nRequire all granted\n</Location>")
    server.write_config(config=server.options["config"] +
                        f"\n<Directory {server.www}>\nAllowOverride All\n</Directory>")
    (server.www / "mine").mkdir()
    (server.www / "mine/.htaccess").write_text("SetHandler slimstats\nRequire all granted\n")
    server.start()
    assert server.get("/mine/")[0] == 403


def test_htaccess_leaves_hits_out_and_has_none_recorded(make_server):
    """Whoever may write there may narrow what is recorded; On does nothing, and is said, but the page is
    answered. AllowOverride may allow anything."""
    server = make_server(config="<Location />\nRequire all granted\n</Location>\n<Location /closed>\nSlimStats Off\n</Location>")
    server.write_config(config=server.options["config"] +
                        f"\n<Directory {server.www}>\nAllowOverride FileInfo\n</Directory>")
    texts = {"plain": "", "off": "SlimStats Off\n", "closed": "SlimStats On\n", "off/on": "SlimStats On\n",
             "rule": "SlimStatsExclude path=*/secret* \"expr=%{QUERY_STRING} =~ /x/\"\n", "wrong": "SlimStatsAddress none\n"}
    for name, text in texts.items():
        (server.www / name).mkdir()
        (server.www / name / ".htaccess").write_text(text)
        for page in ("index.html", "secret.html"):
            (server.www / name / page).write_text("<p>page")
    server.expect(r"SlimStats On in .*/\.htaccess does nothing", r"SlimStatsAddress not allowed here")
    server.start()
    for name in ("off", "closed", "off/on", "plain", "rule"):
        assert server.get(f"/{name}/")[0] == 200
    for path in ("/rule/secret.html", "/rule/?x", "/plain/secret.html"):
        assert server.get(path)[0] == 200
    assert server.get("/wrong/")[0] == 500
    server.wait_stored(4)
    assert sorted(name for name, in server.sql("select resource.name from hit join resource on resource.id = hit.resource")) \
        == ["/plain/", "/plain/secret.html", "/rule/", "/wrong/"]
    assert wait_for(lambda: server.ledger()["seen"] == 6)


def test_on_and_off_are_inherited_and_overridden(make_server):
    server = make_server(config="""
<Location /private>
    SlimStats Off
</Location>
<Location /private/but>
    SlimStats On
</Location>
""")
    server.start()
    for n, path in enumerate(["/", "/private/x", "/private/but/y", "/z"]):
        server.get(f"{path}?n={n}")
    server.wait_stored(3)
    assert set(server.stored_numbers()) == {0, 2, 3}
    assert wait_for(lambda: server.ledger()["seen"] == 3)


@pytest.mark.parametrize("rule, reason, request_", [
    ("env=dontlog", "env", ("/skip", {})),
    ("ip=127.0.0.0/8", "ip", None),
    ("path=/skip*", "path", ("/skip/this", {})),
    ("path=*.map", "path", ("/a/b/c.map", {})),
    ("status=404", "status", ("/nothing", {})),
    ("status=400-499", "status", ("/nothing", {})),
    ("type=image/*", "type", ("/x.png", {})),
    ("agent=*UptimeRobot*", "agent", ("/", {"User-Agent": "Mozilla/5.0 (compatible; uptimerobot/2.0)"})),
    ('"expr=%{REQUEST_METHOD} == \'OPTIONS\'"', "expr", ("/", {"_method": "OPTIONS"})),
])
def test_each_rule_of_exclude_is_counted_by_its_reason(make_server, rule, reason, request_):
    server = make_server(settings=f"SlimStatsExclude {rule}",
                         config='SetEnvIf Request_URI "^/skip" dontlog')
    (server.www / "x.png").write_bytes(b"png")
    (server.www / "x.png").chmod(0o644)
    server.start()
    path, headers = request_ or ("/", {})
    method = headers.pop("_method", "GET")
    server.get(path, headers, method)
    if request_:
        server.get("/index.html", {"User-Agent": "Mozilla/5.0"})
        server.wait_stored(1)
    ledger = wait_for(lambda: (l := server.ledger())["excluded"][reason] == 1 and l)
    assert ledger["seen"] == (2 if request_ else 1) and ledger["unaccounted"] == 0
    assert server.count() == (1 if request_ else 0)


def test_rules_of_server_and_directory_add_up(make_server):
    server = make_server(settings="SlimStatsExclude path=/a*",
                         config="<Location /b>\nSlimStatsExclude agent=robot\n</Location>")
    server.start()
    server.get("/a")
    server.get("/b", {"User-Agent": "robot"})
    server.get("/b", {"User-Agent": "human"})
    server.get("/c", {"User-Agent": "robot"})
    server.wait_stored(2)
    ledger = wait_for(lambda: (l := server.ledger())["seen"] == 4 and l)
    assert ledger["excluded"]["path"] == 1 and ledger["excluded"]["agent"] == 1


def test_nothing_runs_and_nothing_is_made_while_it_is_off(make_server):
    server = make_server(capture=False)
    server.start()
    server.get("/")
    assert not server.state.exists()
    assert not (server.run / "slimstats.ring").exists()
    assert server.recorder_pid() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="a directory of root's")
def test_an_empty_state_directory_of_roots_is_given_to_httpds_user(make_server):
    server = make_server()
    server.state.mkdir(mode=0o755)
    server.start()
    server.get("/")
    server.wait_stored(1)
    assert (server.state.owner(), server.state.stat().st_mode & 0o777) == ("www-data", 0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="a directory of root's")
@pytest.mark.parametrize("mode, inside", [(0o755, "file"), (0o775, None)])
def test_another_state_directory_of_roots_is_left_alone(make_server, mode, inside):
    server = make_server()
    server.state.mkdir()
    server.state.chmod(mode)
    if inside:
        (server.state / inside).touch()
    server.expect("is not a directory of", "the recorder, pid")
    server.start(wait=False)
    assert server.get("/")[0] == 200
    assert (server.state.owner(), server.state.stat().st_mode & 0o777) == ("root", mode)


def test_a_state_directory_that_cannot_be_made_does_not_stop_httpd(make_server):
    server = make_server()
    server.expect("SlimStatsState", "cannot make the state directory", "the recorder, pid")
    server.write_config(settings=f"SlimStatsState {server.dir}/no/such/place")
    server.start(wait=False)
    assert server.get("/")[0] == 200
    assert any("is not made" in l for l in server.our_lines())


@pytest.mark.fault("F41")
def test_another_buffer_size_takes_effect_at_a_full_start_and_loses_nothing(make_server):
    server = make_server(settings="SlimStatsBuffer 8M")
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)
    before = (server.run / "slimstats.ring").stat().st_size
    server.write_config(settings="SlimStatsBuffer 24M")
    server.graceful()
    wait_for(lambda: any("next full start" in l for l in server.our_lines()))
    server.get("/?n=2")
    server.wait_stored(2)
    assert (server.run / "slimstats.ring").stat().st_size == before
    server.get("/?n=3")
    wait_for(lambda: server.ledger()["seen"] == 3)  # the answer is sent before the hit is recorded
    server.kill_all()
    server.start()
    assert (server.run / "slimstats.ring").stat().st_size > 2 * before
    server.get("/?n=4")
    wait_for(lambda: server.stored_numbers() == {1: 1, 2: 1, 3: 1, 4: 1})


def test_the_store_may_stand_elsewhere(make_server):
    server = make_server()
    elsewhere = server.dir / "elsewhere"
    elsewhere.mkdir()
    import shutil
    from slimhttpd import IS_ROOT
    if IS_ROOT:
        shutil.chown(elsewhere, "www-data", "www-data")
    server.store = elsewhere / "visits.db"
    server.write_config(settings=f"SlimStatsStore sqlite:{server.store}")
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)
