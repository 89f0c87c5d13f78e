"""Whether robots come from where their operators say: live, by filters, after a list was replaced, with masked addresses."""
import json
import os
import subprocess

from slimhttpd import wait_for
from test_archive import FIREFOX

GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"
REMOTEIP = "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n"


def put_list(server, name, *networks):
    """As mv does it."""
    ranges = server.state / "ranges"
    ranges.mkdir(exist_ok=True)
    new = ranges / f"{name}.new"
    new.write_text(json.dumps({"creationTime": "2026-01-01T00:00:00", "prefixes": [{"ipv6Prefix" if ":" in n else "ipv4Prefix": n} for n in networks]}))
    for path in (ranges, new):
        os.chown(path, server.state.stat().st_uid, server.state.stat().st_gid)
    new.rename(ranges / f"{name}.json")


def visit(server, agent, *addresses):
    before = server.count()
    for address in addresses:
        server.get("/", {"User-Agent": agent, "X-Forwarded-For": address})
    server.wait_stored(before + len(addresses))


def proofs(server, *arguments):
    answer = server.report("proofs", *arguments)
    rows = [dict(zip((column["name"] for column in answer["columns"]), row)) for row in answer["rows"]]
    return {(row["robot"], row["proof"]): row["hits"] for row in rows}


def test_robots_are_proved_false_or_open(make_server):
    server = make_server(config=REMOTEIP)
    server.state.mkdir(exist_ok=True)
    os.chown(server.state, *(2 * [server.www.stat().st_uid]))
    subprocess.run(["chown", "www-data:www-data", server.state], check=True)
    put_list(server, "googlebot", "66.249.64.0/27", "2001:db8:10::/48")
    server.start()
    visit(server, GOOGLE, "66.249.64.1", "66.249.64.31", "2001:db8:10::7", "66.249.64.32", "203.0.113.9")
    visit(server, GPTBOT, "203.0.113.9")
    visit(server, FIREFOX, "66.249.64.2")
    assert proofs(server) == {("Googlebot", "range"): 3, ("Googlebot", "false"): 2, ("GPTBot", "open"): 1}
    assert proofs(server, "--where", "proof=false") == {("Googlebot", "false"): 2}
    assert server.sql("select proof, count(*) from hits group by 1 order by 1") == [("", 1), ("false", 2), ("open", 1), ("range", 3)]
    [row] = server.report("overview", "--robots", "--where", "proof=open,false")["rows"]
    assert 3 in row
    status, _, body = server.get("/stats/api/classes?where=proof%3Drange&robots=on")
    assert status == 200 and [row[1] for row in json.loads(body)["rows"]] == [3], body
    status, _, body = server.get("/stats/api/pages?where=proof%3Dmaybe")
    assert status == 400 and "open, range, false" in json.loads(body)["error"]
    # Another list, while it runs; one that is damaged proves nothing, and is told once.
    put_list(server, "gptbot", "203.0.113.0/24")
    put_list(server, "googlebot", "203.0.113.0/24")
    wait_for(lambda: (visit(server, GPTBOT, "203.0.113.9"), ("GPTBot", "range") in proofs(server))[1], 20, "the new list is used")
    visit(server, GOOGLE, "203.0.113.9")
    assert proofs(server)[("Googlebot", "range")] == 4
    server.expect("stay unproved")
    (server.state / "ranges/googlebot.json").write_text("<html>sorry</html>")
    lines = wait_for(lambda: [line for line in server.our_lines("notice") if "its robots stay unproved" in line], 20, "it is told")
    assert "ranges/googlebot.json: line 1: it is no JSON" in lines[0]
    visit(server, GOOGLE, "203.0.113.9")
    assert proofs(server)[("Googlebot", "open")] == 1
    done = server.cli("lists")
    assert done.returncode == 1 and "googlebot.json" in done.stderr
    assert "all is well" in server.cli("check", check=0).stdout


def test_a_masked_address_proves_as_a_whole_or_not_at_all(make_server):
    server = make_server(config=REMOTEIP, settings="SlimStatsAddress masked")
    server.start()
    put_list(server, "googlebot", "66.249.64.0/27")
    put_list(server, "gptbot", "203.0.113.0/24")
    wait_for(lambda: (visit(server, GPTBOT, "203.0.113.9"), ("GPTBot", "range") in proofs(server))[1], 20, "the lists are used")
    visit(server, GOOGLE, "66.249.64.1", "198.51.100.1")
    assert {key: hits for key, hits in proofs(server).items() if key[0] == "Googlebot"} == {("Googlebot", "open"): 2}


def test_the_commands_fetch_whole_files(server, tmp_path):
    """What is printed runs; with a curl that has no network."""
    (server.state / "proofs.tsv").write_text("Abot\tA\ta.json\thttps://a.example/it's\nAbot\tA\tb.json\thttps://b.example/?x=1&y=2\n")
    commands = server.cli("ranges", check=0).stdout
    curl = tmp_path / "curl"
    curl.write_text('#!/bin/sh\ncase "$9" in https://b.*) echo half >"$7"; exit 22;; esac\necho "$9" >"$7"\n')
    curl.chmod(0o755)
    subprocess.run(["sh", "-c", commands], env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}, check=False)
    ranges = server.state / "ranges"
    assert (ranges / "a.json").read_text() == "https://a.example/it's\n" and not (ranges / "b.json").exists()
    assert (ranges / "googlebot.json").read_text().startswith("https://developers.google.com/")
