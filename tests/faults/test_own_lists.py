"""Lists of sources and spam that an admin keeps in the state directory."""
import json
import os
import subprocess

from slimhttpd import wait_for


def put(server, name, text):
    """As an editor does: whole or not at all."""
    path = server.state / name
    new = path.with_suffix(".editing")
    new.write_text(text)
    os.chown(new, server.state.stat().st_uid, server.state.stat().st_gid)
    new.rename(path)


def source_of(server, referer):
    """What the recorder makes of a referer now: a hit of a visitor of its own."""
    source_of.hits += 1
    server.get(f"/?n={source_of.hits}", {"Referer": referer, "User-Agent": f"Mozilla/5.0 (X11; Linux x86_64; rv:{source_of.hits}.0) "
                                         f"Gecko/20100101 Firefox/{source_of.hits}.0"})
    server.wait_stored(source_of.hits)
    [row] = server.sql("select source.name from hit join visit on visit.id = hit.visit join source on source.id = visit.source"
                       " join resource on resource.id = hit.resource where resource.name = ?", f"/?n={source_of.hits}")
    return row[0]


def test_own_lists_are_read_win_and_are_left_when_broken(server):
    source_of.hits = 0
    assert source_of(server, "https://www.google.com/") == "Google"
    assert source_of(server, "https://intra.example/") == "intra.example"
    put(server, "sources.tsv", "Search box\tsearch\twww.google.com\tq\nIntranet\twebsite\t.intra.example\n")
    put(server, "referer_spam.txt", "# ours\nspam.example\n")
    wait_for(lambda: source_of(server, "https://a.intra.example/") == "Intranet")
    assert source_of(server, "https://www.google.com/") == "Search box"
    assert source_of(server, "https://x.spam.example/") == "Referer spam"
    assert source_of(server, "https://www.google.de/") == "Google"
    server.expect("sources-off")
    put(server, "sources.tsv", "Search box\tnonsense\twww.google.com\n")
    wait_for(lambda: server.status()["areas"]["sources"]["state"] == "sources-off")
    assert source_of(server, "https://www.google.com/") == "Search box"
    (server.state / "sources.tsv").unlink()
    wait_for(lambda: server.state_word() == "ok")
    assert source_of(server, "https://www.google.com/") == "Google"
    assert source_of(server, "https://x.spam.example/") == "Referer spam"
    lines = server.our_lines()
    assert len(lines) == 2 and "sources.tsv: line 1" in lines[0] and "well again" in lines[1], lines


def test_each_cause_of_a_state_is_told_to_the_admin_with_file_line_and_reason(server):
    """Two lists are wrong; the second is told when the first is mended, and no path leaves by HTTP."""
    server.expect("agents-off", "killed by signal 9")
    put(server, "agents.yaml", "user_agent_parsers:\n  - regex: '('\n")
    wait_for(lambda: "agents.yaml" in server.status()["areas"]["agents"]["reason"])
    put(server, "robots.tsv", "monitor\tPeeker/\nmonitor\t(\n")
    put(server, "agents.yaml", "user_agent_parsers: []\n")
    wait_for(lambda: "robots.tsv: line 2" in server.status()["areas"]["agents"]["reason"])
    area = server.status()["areas"]["agents"]
    assert area["state"] == "agents-off"
    said = server.cli("status", check=1).stdout
    assert "  agents       agents-off since " in said and f"\n               {area['reason']}\n" in said
    told = server.get("/stats/api/status")[2].decode()
    assert "agents-off" in told and str(server.state) not in told and '"reason"' not in told
    server.kill_recorder()
    wait_for(lambda: server.state_word() == "agents-off")
    assert server.status()["areas"]["agents"]["reason"] == area["reason"]
    (server.state / "robots.tsv").unlink()
    wait_for(lambda: server.state_word() == "ok")
    assert "reason" in server.status()["areas"]["agents"] and server.status()["areas"]["agents"]["reason"] == ""
    lines = [line for line in server.our_lines() if "agents" in line]
    assert len(lines) == 3 and "agents.yaml" in lines[0] and "robots.tsv: line 2" in lines[1] and "well again" in lines[2], lines


def test_status_says_when_httpd_writes_to_another_store(server):
    assert server.status()["elsewhere"] is None
    other = server.www / "other.db"
    link = server.www / "link.db"
    link.symlink_to(server.store)
    command = [str(server.build.command), "status", "--state", str(server.state)]

    def ask(store, *words):
        return subprocess.run([*command, "--store", f"sqlite:{store}", *words], capture_output=True, text=True, env=server.env)
    assert f"  httpd writes to another store than this one: sqlite:{server.store}\n" in ask(other).stdout
    assert json.loads(ask(other, "--json").stdout)["elsewhere"] == f"sqlite:{server.store}"
    assert "another store" not in ask(link).stdout and "another store" not in ask(server.store).stdout


PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"


def test_stored_hits_are_named_anew_when_lists_have_changed(server):
    for n, (referer, agent) in enumerate([("https://board.example/", PHONE), ("https://board.example/", PHONE + " Peeker/1.0"),
                                          ("", PHONE)]):
        server.get(f"/?n={n}", {"Referer": referer, "User-Agent": agent})
    server.wait_stored(3)
    assert "3 hits looked at, 0 of them named anew" in server.cli("rebuild", "--derive", check=0).stdout
    put(server, "sources.tsv", "The board\tsocial\tboard.example\n")
    put(server, "robots.tsv", "monitor\tPeeker/\n")
    put(server, "agents.yaml", "user_agent_parsers:\n  - regex: 'Pixel 8\\).*(Chrome)/(\\d+)'\n    family_replacement: 'Own'\n")
    assert "3 hits looked at, 3 of them named anew" in server.cli("rebuild", "--derive", check=0).stdout
    rows = server.sql("select resource, source, channel, browser, version, robot from hits order by resource")
    assert rows == [("/?n=0", "The board", "social", "Own", "126", "none"),
                    ("/?n=1", "The board", "social", "Own", "126", "monitor"),
                    ("/?n=2", "", "direct", "Own", "126", "none")]
    assert {row for row in server.sql("select source, robot from visits")} == {("The board", "none"), ("The board", "monitor")}
    assert "all is well" in server.cli("check", "--full", check=0).stdout
    assert "3 hits looked at, 0 of them named anew" in server.cli("rebuild", "--derive", check=0).stdout
    server.expect("agents-off")
    (server.state / "robots.tsv").write_text("monitor\t(\n")
    said = server.cli("rebuild", "--derive", check=0)
    assert "robots.tsv: line 1, column 10: " in said.stderr and "3 hits looked at, 0 of them" in said.stdout


def test_kinds_are_named_anew_by_all_that_was_known_of_a_request(server):
    """The answers are all HTML; headers say that some are in frames, for scripts, or fetched ahead."""
    asked = [("a", {}), ("b", {"Sec-Fetch-Dest": "iframe"}), ("c", {"X-Requested-With": "XMLHttpRequest"}),
             ("d", {"Accept": "application/json"}), ("e", {"Sec-Purpose": "prefetch"}), ("f", {"Sec-Fetch-Dest": "document"})]
    for name, headers in asked:
        (server.www / f"{name}.html").write_text("<p>x")
        server.get(f"/{name}.html", {"User-Agent": PHONE, **headers})
    server.wait_stored(len(asked))

    def kinds():
        return "".join(f"{kind[:2]}{pageview} " for kind, pageview in server.sql("select kind, pageview from hits order by resource"))

    assert kinds() == "pa1 ot0 ap0 ap0 pr0 pa1 "
    assert "6 hits looked at, 0 of them named anew" in server.cli("rebuild", "--derive", check=0).stdout
    put(server, "paths.tsv", "feed\t/f.html\ndownload\t/b*\napi\t/e.html\n")
    assert "6 hits looked at, 3 of them named anew" in server.cli("rebuild", "--derive", check=0).stdout
    assert kinds() == "pa1 do0 ap0 ap0 ap0 fe0 "
    assert server.sql("select resource from hits where download") == [("/b.html",)]
    assert server.sql("select pageviews, hits from visits") == [(1, 6)]
    assert "all is well" in server.cli("check", "--full", check=0).stdout
    (server.state / "paths.tsv").unlink()
    server.cli("rebuild", "--derive", check=0)
    assert kinds() == "pa1 ot0 ap0 ap0 pr0 pa1 "
    assert "all is well" in server.cli("check", "--full", check=0).stdout


def test_one_bad_file_leaves_all_other_lists_in_use(make_server):
    server = make_server(settings="SlimStatsAgents /no/file\n")
    server.expect("agents-off")
    server.start()
    agents = ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "GPTBot/1.2", "curl/8.0", "",
              "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"]
    for n, agent in enumerate(agents):
        server.get(f"/?n={n}", {"User-Agent": agent})
    server.wait_stored(len(agents))
    assert [r for (r,) in server.sql("select robot from hits order by resource")] == ["search", "ai", "tool", "other", "none"]
    assert any("/no/file: cannot be read" in line for line in server.our_lines())


def test_configtest_names_file_line_and_column(make_server):
    server = make_server()
    rules = server.dir / "rules.yaml"
    rules.write_text("user_agent_parsers:\n  - regex: '('\n")
    server.write_config(settings=f"SlimStatsAgents {rules}\n")
    server.state.mkdir(exist_ok=True)
    (server.state / "robots.tsv").write_text("search\tgood\nai\t(\n")
    (server.state / "sources.tsv").write_text("Board\tnonsense\tboard.example\n")
    said = server.httpd("-t", check=False)
    for fault in (f"{rules}: line 2", "robots.tsv: line 2, column 5: ", "sources.tsv: line 1, column 7: "):
        assert fault in said.stderr, said.stderr
    assert "Syntax OK" in said.stderr and said.returncode == 0
