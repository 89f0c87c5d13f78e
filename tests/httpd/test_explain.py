"""slimstats explain: what it tells is what the recorder stores."""
import os
import subprocess

import pytest

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HEADER = "user_agent\tbrowser\tversion\tplatform\trobot\toperator\tpurpose"


def explain(build, *arguments, text=b"", check=0):
    result = subprocess.run([str(build.command), "explain", "--state", str(build.base / "nowhere"), *arguments], input=text,
                            capture_output=True, env=dict(os.environ, **build.environment))
    assert result.returncode == check, result.stdout + result.stderr
    return result.stdout.decode() if check == 0 else result.stderr.decode()


def fields(output):
    """{field: (value, rule)}"""
    rows = {}
    for line in output.splitlines():
        name, _, rest = line.partition(" ")
        value, _, rule = rest.strip().partition("  ")
        rows.setdefault(name, ("" if value == "-" else value, rule.strip()))
    return rows


@pytest.mark.parametrize("settings, address, resource, less", [
    ("", "/a?token=x", "/a?token", "values that SlimStatsSecret hides"),
    ("", "http://localhost/a?password=x#f", "/a?password", "scheme, host, fragment, values that SlimStatsSecret hides"),
    ("", "/a;token=1/b?x=1", "/a;token/b?x=1", "values that SlimStatsSecret hides"),
    ("SlimStatsSecret pin", "/a?pin=1&b=2", "/a?pin&b=2", "values that SlimStatsSecret hides"),
    ("SlimStatsQuery drop", "/a?token=x", "/a", "what SlimStatsQuery drops"),
    ("SlimStatsQuery only token", "/a?token=x&b=2", "/a?token", "what SlimStatsQuery drops, values that SlimStatsSecret hides"),
    ("SlimStatsQuery only b", "/a?token=x&b=2", "/a?b=2", "what SlimStatsQuery drops"),
    ("", "http://localhost/a?b=2", "/a?b=2", "scheme, host"),
    ("", "/a?b=2", "/a?b=2", None)])
def test_what_is_left_out_of_addresses_is_named(make_server, settings, address, resource, less):
    server = make_server(settings=settings)
    server.start()
    server.get("/")
    server.wait_stored(1)
    told = fields(server.cli("explain", address, "--site", "localhost", check=0).stdout)
    assert told["resource"] == (resource, f"as sent, without {less}" if less else "as sent")


def test_what_is_left_out_of_referers_is_named(make_server):
    server = make_server(settings="SlimStatsSecret pin")
    server.start()
    server.get("/")
    server.wait_stored(1)
    for query, less in (("a=1", ""), ("pin=1", ", values that SlimStatsSecret hides"), ("token=1", ", values that SlimStatsSecret hides")):
        told = fields(server.cli("explain", "--referer", f"http://other.example/?{query}", "--site", "localhost", check=0).stdout)
        assert told["referer"][1] == f"as sent, without user info, fragment{less}"


def test_what_is_explained_is_what_is_stored(server):
    # each by a visitor of its own, for what a visit came from is what its first page view came from
    sent = [("/?n=0&utm_source=news&utm_campaign=autumn", {"User-Agent": FIREFOX.replace("132", "130"), "Accept-Language": "de-AT,de;q=0.9"}),
            ("/?n=1", {"User-Agent": FIREFOX.replace("132", "131"), "Referer": "https://www.google.de/search?q=hello+world"}),
            ("/?n=2", {"User-Agent": GOOGLEBOT}),
            ("/index.html?n=3", {"User-Agent": FIREFOX, "Referer": "http://localhost/?n=1", "Accept-Language": "fr"}),
            ("/index.html?n=4", {"User-Agent": "", "Referer": "https://semalt.com/"})]
    for target, headers in sent:
        server.get(target, headers)
    server.wait_stored(len(sent))
    names = ["resource", "language", "referer", "domain", "searchterms", "browser", "version", "platform", "robot"]
    stored = server.sql("select resource, language, referer, domain, searchterms, browser_name, version, platform_name, robot,"
                        " status from slim_stats")
    assert len(stored) == len(sent)
    for target, headers in sent:
        [row] = [row for row in stored if row[0] == target]
        options = [option for name, option in [("User-Agent", "--agent"), ("Referer", "--referer"), ("Accept-Language", "--language")]
                   if name in headers for option in (option, headers[name])]
        output = server.cli("explain", target, "--site", "localhost", "--status", str(row[9]), "--type", "text/html", *options,
                            check=0).stdout
        told = fields(output)
        assert tuple(told[name][0] for name in names) == tuple(value or "" for value in row[:9]), output
        wheres = [option for name in ("source", "channel", "kind") for option in ("--where", f"{name}={told[name][0]}")]
        recent = server.report("recent", "--robots", "--until", "2099-01-01", *wheres)
        column = [c["name"] for c in recent["columns"]].index("resource")
        assert target in [r[column] for r in recent["rows"]], output


def test_the_rule_and_its_place_are_told(build):
    told = fields(explain(build, "--referer", "https://chatgpt.com/"))
    assert told["source"][0] == "ChatGPT" and told["channel"][0] == "ai"
    file, _, line = told["source"][1].rpartition(", line ")
    with open(file, encoding="utf-8") as f:
        assert f.readlines()[int(line) - 1].startswith("ChatGPT\tai\t")
    assert "browser" not in told and "kind" not in told
    told = fields(explain(build, "--agent", GOOGLEBOT))
    for field, name in [("browser", "regexes.yaml"), ("robot", "robots.tsv")]:
        file, _, line = told[field][1].rpartition(", line ")
        with open(file, encoding="utf-8") as f:
            assert name in file and "ooglebot" in f.readlines()[int(line) - 1], told[field]
    told = fields(explain(build, "/.git/config", "--status", "404"))
    assert told["probe"][0] == "yes" and "probes.tsv, line" in told["probe"][1] and told["robots.txt"][0] == "no"
    assert fields(explain(build, "/.git/config", "--status", "200"))["probe"] == ("no", "no line of probes.tsv fits")
    assert fields(explain(build, "/robots.txt"))["robots.txt"][0] == "yes"
    assert fields(explain(build, "--agent", ""))["robot"] == ("other", "an empty agent")
    told = fields(explain(build, "--referer", "https://www.semalt.com/"))
    assert told["spam"][0] == "yes" and "referer_spam.txt" in told["spam"][1]
    told = fields(explain(build, "http://www.example.org/a.css", "--method", "HEAD", "--status", "404"))
    assert told["site"][0] == "www.example.org" and told["resource"][0] == "/a.css"
    assert told["kind"][0] == "asset" and "the path's extension" in told["kind"][1] and told["error"][0] == "yes"
    assert "names.tsv, line" in told["kind"][1]
    assert "paths.tsv, line" in fields(explain(build, "/blog/wp-json/x"))["kind"][1]
    assert told["pageview"] == ("no", "its kind is asset, not page")
    assert "status is 500" in fields(explain(build, "/", "--status", "500"))["pageview"][1]
    assert "neither GET nor POST" in fields(explain(build, "/", "--method", "HEAD"))["pageview"][1]
    assert fields(explain(build, "/"))["pageview"] == ("yes", "kind page, GET, status 2xx or 304")
    assert "as a robot" in fields(explain(build, "--agent", GOOGLEBOT))["counted"][1]


def test_what_a_visit_decides_is_told(build):
    def told(*options):
        rows = fields(explain(build, "/a", "--type", "text/html", *options))
        return rows["pageview"][0], rows["download"][0]

    assert told() == ("yes", "no")
    assert told("--method", "POST") == ("after an act", "no")
    assert told("--method", "POST", "--status", "303") == ("no", "no")
    assert told("--purpose", "prefetch") == ("once shown", "no")
    assert told("--purpose", "prefetch", "--method", "HEAD") == ("no", "no")
    assert told("--attachment") == told("--attachment", "--method", "POST") == ("no", "yes")
    zipped = fields(explain(build, "/a.zip", "--type", "application/zip", "--method", "POST"))
    assert zipped["kind"][0] == "download" and zipped["download"][0] == "no"


def test_what_decides_a_kind_can_be_given(build):
    def kind(*options):
        return fields(explain(build, "/a", "--type", "text/html", *options))["kind"]

    assert kind() == ("page", "content type")
    assert kind("--accept", "*/*")[0] == "api" and "Accept" in kind("--accept", "*/*")[1]
    assert kind("--method", "POST", "--accept", "*/*")[0] == "api"
    assert kind("--accept", "*/*", "--dest", "document", "--mode", "navigate")[0] == "page"
    assert kind("--dest", "image") == ("asset", "Sec-Fetch-Dest, Sec-Fetch-Mode")
    assert kind("--attachment") == ("download", "Content-Disposition")
    assert kind("--purpose", "prefetch;prerender")[0] == "prefetch"
    assert kind("--method", "PUT")[0] == "other"
    assert fields(explain(build, "/a", "--status", "101"))["kind"][0] == "api"
    assert "--dest" in explain(build, "/a", "--dest", "picture", check=2)


def test_a_stored_hit_is_explained(make_server):
    server = make_server()
    server.start()
    server.get("/?q=1", {"User-Agent": FIREFOX, "Accept": "*/*", "Accept-Language": "de"})
    server.wait_stored(1)
    (number,), = server.sql("select hit from hits")
    output = server.cli("explain", "--hit", str(number)).stdout
    told = fields(output)
    assert told["resource"][0] == "/?q=1" and told["browser"][0] == "Firefox" and told["language"][0] == "de"
    assert told["kind"] == ("api", "Accept, which is without text/html")
    assert output.endswith("stored as api\n")
    assert "no hit 7" in server.cli("explain", "--hit", "7", check=2).stderr
    server.cli("explain", "--hit", "x", check=2)
    server.cli("explain", "/a", "--hit", str(number), check=2)


def test_robots_that_a_site_drops_are_told(make_server):
    server = make_server(settings="SlimStatsRobots drop")
    server.start()
    server.get("/", {"User-Agent": FIREFOX})
    server.wait_stored(1)
    told = fields(server.cli("explain", "/", "--site", "localhost", "--agent", GOOGLEBOT, check=0).stdout)
    assert told["counted"][0] == "no" and "SlimStatsRobots" in told["counted"][1]
    told = fields(server.cli("explain", "/", "--site", "localhost", "--agent", FIREFOX, check=0).stdout)
    assert told["counted"][0] == "yes"


def test_looking_makes_no_file(build, tmp_path):
    tmp_path.chmod(0o755)
    subprocess.run([str(build.command), "explain", "/", "--ip", "192.0.2.1", "--state", str(tmp_path)], check=True,
                   capture_output=True, env=dict(os.environ, **build.environment))
    assert list(tmp_path.iterdir()) == []


def test_a_batch_answers_each_line(build):
    lines = explain(build, "--batch", text=b"curl/8.0\n\n" + FIREFOX.encode() + b"\r\n" + GOOGLEBOT.encode()).split("\n")
    assert lines == [HEADER, "curl/8.0\tcurl\t8\t\ttool\t\ttool", "\t\t\t\tother\t\tother", f"{FIREFOX}\tFirefox\t132\tWindows\tnone\t\t",
                     f"{GOOGLEBOT}\tGooglebot\t2\t\tsearch\tGoogle\tsearch", ""]
    assert explain(build, "--batch", text=b"") == HEADER + "\n"


def test_a_batch_of_hostile_lines_keeps_its_shape(build):
    hostile = [b"a\tb", b"\x1b[2J\x00\x07", b"\xff\xfe", "\u202e".encode(), b"\\", b"x" * 200000, b"((((" * 5000, b"%00", b"'\"<>"]
    lines = explain(build, "--batch", text=b"\n".join(hostile) + b"\n").split("\n")
    assert len(lines) == len(hostile) + 2
    assert all(line.count("\t") == 6 for line in lines[:-1])
    assert [line.split("\t")[0] for line in lines[1:6]] == ["a\\x09b", "\\x1b[2J\\x00\\x07", "\\xff\\xfe", "\\u{202e}", "\\\\"]
    assert len(lines[6].split("\t")[0]) == 65536


def test_a_batch_answers_before_the_next_line_comes(build):
    process = subprocess.Popen([str(build.command), "explain", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env=dict(os.environ, **build.environment))
    assert process.stdout.readline().decode() == HEADER + "\n"
    for _ in range(2):
        process.stdin.write(b"curl/8.0\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"curl/8.0\tcurl\t8\t\ttool\t\ttool\n"
    process.stdin.close()
    assert process.stdout.read() == b"" and process.wait() == 0


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--batch", "/"], ["--status", "x", "/"], ["--status", "99", "/"], ["--ip", "x"],
                                       ["--nonsense"]])
def test_what_is_not_understood_is_said(build, arguments):
    assert "slimstats: explain" in explain(build, *arguments, check=2)
