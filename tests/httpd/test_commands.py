"""The command line as its users treat it: wrong words, full disks, files of root, other users."""
import json
import os
import subprocess
from pathlib import Path

import pytest

from slimhttpd import IS_ROOT

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/119.0"


def visit(server):
    for n in range(3):
        server.get(f"/?n={n}", {"User-Agent": AGENT})
    server.wait_stored(3)
    return server


@pytest.fixture(scope="module")
def visited(make_shared_server):
    """Commands only read it."""
    server = make_shared_server()
    server.start()
    return visit(server)


@pytest.fixture
def own(server):
    return visit(server)


def command(server, *arguments, **options):
    return subprocess.run([server.build.command, arguments[0], "--store", f"sqlite:{server.store}", "--state",
                           server.state, *arguments[1:]], env=server.env, stderr=subprocess.PIPE, timeout=30, **options)


@pytest.mark.skipif(not IS_ROOT, reason="needs root: files that httpd's user may not make")
def test_files_belong_to_whoever_called(own, tmp_path):
    tmp_path.chmod(0o700)
    copy, rows, page = tmp_path / "copy.db", tmp_path / "rows.csv", tmp_path / "page.html"
    own.cli("backup", str(copy), check=0)
    own.cli("export", "-o", str(rows), check=0)
    own.cli("report", "--format", "html", "-o", str(page), check=0)
    for path in (copy, rows, page):
        assert path.owner() == "root" and path.stat().st_mode & 0o777 == 0o600 and path.stat().st_size > 0
    assert "there already" in own.cli("backup", str(copy), check=2).stderr
    assert len(rows.read_text().splitlines()) == 4
    own.stop()
    own.store.unlink()
    own.cli("restore", str(copy), check=0)
    own.cli("check", check=0)
    assert own.count() == 3 and own.store.owner() == "www-data"
    assert not list(own.state.glob("*.carried"))


@pytest.mark.parametrize("arguments", [["report", "nothing"], ["report", "pages", "--since", "soon"],
                                       ["report", "pages", "--store", "sqlite:/nonexistent/x.db"],
                                       ["export", "--store", "sqlite:/nonexistent/x.db"]])
def test_what_fails_leaves_no_file(visited, tmp_path, arguments):
    path = tmp_path / "out.csv"
    visited.cli(*arguments, "--format", "csv", "-o", str(path), check=2)
    assert not path.exists()
    path.write_text("mine")
    assert "there already" in visited.cli("report", "pages", "-o", str(path), check=2).stderr
    assert path.read_text() == "mine"
    other = tmp_path / "month.pdf"
    assert "month.pdf: .pdf is none of .csv, .tsv, .json, .html" in visited.cli("report", "pages", "-o", str(other), check=2).stderr and not other.exists()


@pytest.mark.parametrize("arguments, name, begins", [
    (["report", "pages"], "pages.csv", "page,"), (["report", "pages"], "a.b/pages.json", "{"), (["report"], "all.html", "<!DOCTYPE html>"),
    (["report", "pages"], "a.csv/pages", "pages: "), (["report", "pages"], "pages.txt", "pages: "), (["report", "pages"], "pages.2026-11", "pages: "), (["report", "pages", "--format", "tsv"], "pages.csv", "page\t"),
    (["export"], "rows.jsonl", "{"), (["export"], "rows.tsv", "remote_ip\t"), (["export"], "rows.html", "remote_ip,")])
def test_a_file_is_written_as_it_is_called(visited, tmp_path, arguments, name, begins):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    visited.cli(*arguments, "-o", str(path), check=0)
    assert path.read_text().startswith(begins)


def test_all_time_begins_on_the_first_day(own):
    log = own.dir / "old.log"
    for day in ("05/May/2024:23:59:59", "04/May/2024:23:10:00"):
        log.write_text(f'192.0.2.1 - - [{day} +0000] "GET / HTTP/1.1" 200 9 "-" "curl/8"\n')
        own.cli("import", str(log), check=0)
    told = json.loads(own.cli("report", "overview", "--since", "all", "--format", "json", check=0).stdout)
    assert told["from"] == "2024-05-04T00:00:00Z" and told["rows"][0][-1] == 2
    for zone, first in (("America/New_York", "2024-05-04T00:00:00-04:00"), ("Asia/Tokyo", "2024-05-05T00:00:00+09:00")):
        assert f"\n{first} to " in own.cli("report", "overview", "--since", "all", "--tz", zone, check=0).stdout
    assert "\n2001-01-01T00:00:00Z to" in own.cli("report", "overview", "--since", "2001", check=0).stdout


def test_the_nightly_report_is_written_each_night(visited, tmp_path):
    path, other = tmp_path / "page.html", tmp_path / "other"
    other.write_text("another's")
    for _ in range(2):
        visited.cli("report", "-o", str(path), "--force", "--mode", "644", check=0)
        assert path.read_text().rstrip().endswith("</html>") and path.stat().st_mode & 0o777 == 0o644
    path.unlink()
    path.symlink_to(other)
    visited.cli("report", "-o", str(path), "--force", check=0)
    assert not path.is_symlink() and path.stat().st_mode & 0o777 == 0o600 and other.read_text() == "another's"
    assert "--force replaces it" in visited.cli("report", "-o", str(path), check=2).stderr
    for mode in ("rw", "888", "7777", "-1", ""):
        assert f"--mode {mode}: three digits" in visited.cli("report", "-o", str(path), "--force", "--mode", mode, check=2).stderr


def test_every_option_of_many_counts(visited):
    many = [word for n in range(70) for word in ("--search", f"none{n}")]
    assert len(visited.report("pages", *many, "--search", "/", "--robots")["rows"]) == 3
    assert visited.report("pages", *many, "--search", "/", "--where", "method=PUT")["rows"] == []
    assert "options" in visited.cli("report", "pages", *["--robots"] * 600, check=2).stderr


@pytest.mark.parametrize("name", ["reports", "status", "live", "record", "check", "export", "rebuild"])
def test_an_argument_too_many_is_told(visited, name):
    assert "more: no argument is expected" in visited.cli(name, "more", check=2).stderr


@pytest.mark.parametrize("words, told", [
    ("report --nope pages", "--nope is not known; allowed: "), ("report pages --nope", "--nope is not known; allowed: "),
    ("report --nope=1 pages", "--nope=1 is not known; allowed: "), ("report pages -rQ x", "-rQ is not known; allowed: "),
    ("report -Q pages x", "-Q is not known; allowed: "), ("report pages x -Q y", "-Q is not known; allowed: "),
    ("report pages --limit", "--limit: needs a value"), ("report pages -rn", "-rn: needs a value"),
    ("report --robots=5 pages", "--robots=5: takes no value"), ("import --rejected old.log", "--rejected is not known (did you mean --rejects?); allowed: "),
    ("record --visit-timeout 90000", 'record: visit-timeout "90000" cannot be used; allowed: seconds from 1 to 86400'),
    ("record --visitor-key weekly", 'record: visitor-key "weekly" cannot be used; allowed: static or daily'),
    ("--state x report", "--state: options follow the command"), ("reprot", "no such command: reprot (did you mean report?); slimstats --help lists them"),
    ("xyz", "no such command: xyz; slimstats"), ("report pges", "no such report: pges (did you mean pages?); slimstats reports lists them"),
    ("report --fromat csv", "--fromat is not known (did you mean --format?); allowed: "),
    ("report pages --where contry=DE", "no dimension (did you mean country?); allowed: site, page, ")])
def test_the_option_that_is_wrong_is_named(build, words, told):
    result = subprocess.run([build.command, *words.split()], env={**os.environ, **build.environment},
                            capture_output=True, text=True, timeout=30)
    assert result.returncode == 2 and result.stderr.count("\n") == 1
    assert told in result.stderr


@pytest.mark.parametrize("arguments", [["reports"], ["status"], ["report", "pages"], ["export"], ["explain", "http://x.org/"],
                                       ["check"]])
def test_a_full_disk_is_told(visited, arguments):
    with open("/dev/full", "w") as full:
        result = command(visited, *arguments, stdout=full)
    assert result.returncode == 2 and b"No space left" in result.stderr


def test_live_tells_a_full_disk(visited):
    for words in (["live", "--once"], ["live"]):
        with open("/dev/full", "w") as full:
            result = command(visited, *words, stdout=full, stdin=subprocess.DEVNULL)
        assert result.returncode == 2 and b"cannot write: No space left" in result.stderr


@pytest.mark.parametrize("words", [["export", "-o", "-"], ["report", "pages", "--format", "csv", "-o", "-"]])
def test_a_dash_is_standard_output(visited, tmp_path, words):
    result = subprocess.run([visited.build.command, *words, "--store", f"sqlite:{visited.store}"], env=visited.env,
                            cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert result.returncode == 0 and len(result.stdout.splitlines()) >= 2 and os.listdir(tmp_path) == []


@pytest.mark.parametrize("words", [["export", "-o"], ["backup"], ["report", "--format", "html", "-o"]])
def test_a_file_does_not_become_a_closed_stream(visited, tmp_path, words):
    whole, path = tmp_path / "whole", tmp_path / "made"
    visited.cli(*words, str(whole), check=0)
    subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", visited.build.command, *words, path, "--store",
                    f"sqlite:{visited.store}"], env=visited.env, timeout=30)
    assert path.stat().st_size == whole.stat().st_size and b"checked" not in path.read_bytes()[-100:]


def run_here(build, path, *words):
    return subprocess.run([build.command, *words], env={**os.environ, **build.environment}, cwd=path, capture_output=True,
                          text=True, timeout=30)


@pytest.mark.parametrize("words", [["report"], ["live", "--once"], ["status"], ["check"], ["export"], ["rebuild"],
                                   ["purge", "--before", "30d"], ["erase", "--ip", "192.0.2.7"], ["backup", "copy.db"]])
def test_what_is_no_store_is_told(build, tmp_path, words):
    (tmp_path / "empty").write_text("")
    for place, told in (("none/stats.db", "there is no store at none/stats.db; httpd makes one"), ("empty/x.db", "there is no store at"),
                        (".", ". is a directory; use sqlite:./stats.db"), ("/dev/null", "/dev/null is not a regular file"),
                        ("empty", "empty is empty, not a store")):
        result = run_here(build, tmp_path, *words, "--store", f"sqlite:{place}")
        assert result.returncode == 2 and told in result.stderr and "nothing is lost" not in result.stderr
    assert "use sqlite:PATH" in run_here(build, tmp_path, *words, "--store", "mysql://x").stderr
    assert os.listdir(tmp_path) == ["empty"]


def test_a_store_that_is_deleted_under_a_recorder_is_another_matter(own):
    own.expect("is gone|deleted|was replaced")
    own.store.rename(own.store.with_suffix(".away"))
    told = own.cli("report", check=2).stderr
    assert "there is no store at" in told and "hits wait in the journal, nothing is lost" in told


def test_state_is_beside_a_store_that_is_named_without_a_directory(build, tmp_path):
    (tmp_path / "old.log").write_text('192.0.2.7 - - [20/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n')
    assert run_here(build, tmp_path, "import", "old.log", "--store", "sqlite:stats.db").returncode == 0
    assert (tmp_path / "import.lock").exists() and (tmp_path / "stats.db").exists()
    assert "1 hits" in run_here(build, tmp_path, "check", "--store", "sqlite:stats.db").stdout


@pytest.mark.skipif(not IS_ROOT, reason="needs root: to be another user")
def test_another_user_is_told_who_may_ask(own):
    own.state.chmod(0o755)
    for name in ("report", "export", "check", "status"):
        result = command(own, name, user="nobody", stdout=subprocess.DEVNULL)
        assert result.returncode == 2 and b"may not be read by this user" in result.stderr, name


def test_a_message_does_nothing_to_the_terminal(visited):
    hostile = "\x1b[2J\x9b\u202e\x7f" + os.fsdecode(b"\xff") + "é"
    told = command(visited, "report", hostile, stdout=subprocess.DEVNULL).stderr
    assert r"no such report: \x1b[2J\x9b\u{202e}\x7f\xffé".encode() in told


def test_a_password_in_a_stores_address_is_not_repeated(make_server):
    url = "clickhouse+https://visits:Xyzzy77@db.example.org/slimstats"
    server = make_server(config=f"SlimStatsStore {url}")
    said = server.httpd("-t", check=False).stderr
    assert "clickhouse+https://...@db.example.org/slimstats" in said and "Xyzzy77" not in said
    for words in (["report", "pages"], ["status"], ["import", "-"], ["check"], ["restore", "x"], ["live"]):
        result = subprocess.run([server.build.command, words[0], "--store", url, *words[1:]], capture_output=True, text=True, timeout=30)
        assert result.returncode == 2 and "Xyzzy77" not in result.stdout + result.stderr, (words, result)


@pytest.mark.skipif(not IS_ROOT, reason="needs root: to be somebody else than root")
@pytest.mark.parametrize("words", [["report", "pages"], ["check"], ["explain", "--hit", "1"], ["status"], ["export"]])
def test_root_is_not_led_by_who_owns_the_directory(own, tmp_path, words):
    """A file of root in a directory of httpd's user, who may name other files in what lies beside it."""
    own.stop()
    os.chown(own.store, 0, 0)
    os.chmod(own.store, 0o644)
    trace = tmp_path / "trace"
    subprocess.run(["strace", "-f", "-o", trace, "-e", "trace=openat,setresuid", own.build.command, words[0], "--store",
                    f"sqlite:{own.store}", "--state", own.state, *words[1:]], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    lines = trace.read_text().splitlines()
    became = next(n for n, line in enumerate(lines) if "setresuid(" in line)
    assert not [line for line in lines[:became] if str(own.state) in line], lines


def test_a_configuration_that_was_changed_is_kept(build, tmp_path):
    """As by an update with make install."""
    ours, theirs = tmp_path / "ours.conf", tmp_path / "theirs.conf"
    script = Path(__file__).parents[2] / "mod_src/httpd/install-conf"
    ours.write_text("new\n")
    subprocess.run([script, ours, theirs], check=True)
    assert theirs.read_text() == "new\n"
    theirs.write_text("SlimStatsAddress masked\n")
    told = subprocess.run([script, ours, theirs], check=True, capture_output=True, text=True).stdout
    assert theirs.read_text() == "SlimStatsAddress masked\n" and (tmp_path / "theirs.conf.new").read_text() == "new\n"
    assert str(theirs) in told and "theirs.conf.new" in told
    theirs.write_text("new\n")
    subprocess.run([script, ours, theirs], check=True)
    assert not (tmp_path / "theirs.conf.new").exists()
