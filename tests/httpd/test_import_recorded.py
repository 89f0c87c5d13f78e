"""A line of a log is stored once, and not at all when the server had recorded it itself; each line has one fate."""
import re
import sqlite3
import subprocess
import time

import pytest

import traffic
from slimhttpd import wait_for
from test_import_rules import importing  # noqa: F401 (a fixture)
from test_replay import send_all

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
REMOTEIP = "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\nLimitRequestLine 16000\n"
COMBINED = r'%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"'
WITH_SIZES = r'%a %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"'


def logging(form=COMBINED):
    return f'LogFormat "{form}" own\nCustomLog logs/own_log own\n'


def own_format(form):
    return form.replace(r"\"", '"')


def start(make_server, settings="", form=COMBINED, config="", **options):
    server = make_server(settings=settings, config=logging(form) + config, **options)
    server.start()
    return server


def browse(server, count, first=0):
    for n in range(first, first + count):
        server.get(f"/?n={n}", {"User-Agent": AGENT})


def import_log(server, *arguments, log=None, check=0):
    return server.cli("import", *map(str, arguments), str(log or server.logs / "own_log"), check=check)


def account(server):
    """The account of imports without what is 0, once the recorder shows all of the lines."""
    def read():
        imports = server.status()["imports"]
        excluded = imports.pop("excluded")
        return {k: v for k, v in imports.items() if v} | {k: v for k, v in excluded.items() if v}
    return read


def assert_account(server, **expected):
    read = account(server)
    wait_for(lambda: read() == expected, what=f"{expected}, not {read()}")


def assert_well(server):
    assert server.cli("check", check=0).stdout


# --- recorded already ---

@pytest.mark.parametrize("rule", ["full", "masked", "none"])
def test_hits_that_were_recorded_are_not_stored_again(make_server, rule):
    server = start(make_server, f"SlimStatsAddress {rule}")
    browse(server, 10)
    said = import_log(server).stdout
    assert "10 lines: 0 stored, 0 rejected, 0 known before, 10 recorded already" in said
    assert server.count() == 10
    assert server.ledger()["seen"] == 10
    assert_account(server, lines=10, recorded=10)
    assert "0 stored, 0 rejected, 10 known before" in import_log(server).stdout
    assert "10 recorded already" in import_log(server, "--again").stdout
    assert server.count() == 10
    assert_well(server)


def test_an_import_waits_for_what_the_recorder_has_taken(make_server):
    server = start(make_server)
    browse(server, 1)
    for n in range(5):
        browse(server, 200, first=1 + n * 200)
        said = import_log(server).stdout
        assert " 0 stored" in said and "200 recorded already" in said or n == 0, said
    assert server.count() == 1001


def test_without_a_recorder_nothing_is_imported_while_hits_wait(make_server):
    server = start(make_server)
    browse(server, 3)
    server.wait_stored(3)
    wait_for(lambda: set(server.ledger()["waiting"].values()) == {0}, 10, "nothing waits, and that is told")
    server.kill_all()
    assert import_log(server).stdout.count("3 recorded already") == 1


def test_what_was_not_recorded_is_stored(make_server):
    server = start(make_server)
    browse(server, 3)
    server.wait_stored(3)
    lines = (server.logs / "own_log").read_text().splitlines()
    server.stop()
    old = [line.replace("/?n=", "/?old=") for line in lines]
    other = [re.sub(r"^\S+", "192.0.2.1", line) for line in lines]
    path = server.dir / "mixed.log"
    path.write_text("\n".join([*lines, *old, *other]) + "\n")
    assert "9 lines: 6 stored, 0 rejected, 0 known before, 3 recorded already" in import_log(server, log=path).stdout
    assert server.count() == 9


def equal_pair(server):
    """The line of two equal requests that came within one second."""
    for n in range(100):
        for _ in range(2):
            server.get(f"/?same={n}", {"User-Agent": AGENT})
        lines = wait_for(lambda n=n: (lines := (server.logs / "own_log").read_text().splitlines()) and len(lines) == 2 * n + 2 and lines)
        if lines[-1] == lines[-2]:
            return lines[-1], len(lines)
    raise AssertionError("no two requests within a second")


def test_equal_hits_of_one_second_are_as_many_as_were_recorded(make_server):
    server = start(make_server)
    line, count = equal_pair(server)
    assert f"{count} lines: 0 stored, 0 rejected, 0 known before, {count} recorded already" in import_log(server).stdout
    other = re.sub(r"^\S+", "192.0.2.1", line)
    path = server.dir / "more.log"
    path.write_text(f"{other}\n" + f"{line}\n" * 3)
    assert "4 lines: 2 stored, 0 rejected, 0 known before, 2 recorded already" in import_log(server, log=path).stdout
    path.write_text(f"{other}\n" + f"{line}\n" * 4)
    assert "5 lines: 1 stored, 0 rejected, 4 known before" in import_log(server, log=path).stdout
    assert server.count() == count + 3


def test_sizes_tell_equal_hits_apart_where_the_log_has_them(make_server):
    server = start(make_server, form=WITH_SIZES)
    browse(server, 2)
    server.wait_stored(2)
    path = server.dir / "sizes.log"
    lines = (server.logs / "own_log").read_text()
    path.write_text(lines + re.sub(r" 200 (\d+) ", r" 200 1\1 ", lines))
    assert "4 lines: 2 stored, 0 rejected, 0 known before, 2 recorded already" \
        in import_log(server, "--format", own_format(WITH_SIZES), log=path).stdout


def test_another_log_of_the_same_hits_brings_nothing(make_server):
    server = start(make_server, form=WITH_SIZES)
    browse(server, 5)
    server.wait_stored(5)
    import_log(server, "--format", own_format(WITH_SIZES))
    assert "5 recorded already" in import_log(server, "--format", '%>s %O %a "%r" "%{Referer}i" "%{User-Agent}i" %t',
                                              log=with_times(server)).stdout
    assert server.count() == 5


def with_times(server):
    """The access log of every test server, with the times of the other one behind its lines."""
    times = re.findall(r"\[[^]]*\]", (server.logs / "own_log").read_text())
    lines = (server.logs / "access_log").read_text().splitlines()
    path = server.dir / "other.log"
    path.write_text("".join(f"{line} {at}\n" for line, at in zip(lines, times)))
    return path


def test_a_day_of_a_site_is_the_same_live_and_from_its_log(make_server):
    """All that a log tells: every line is a hit that was recorded, and alone it makes the same rows."""
    form = r'%v:%p %a %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\" %D \"%{Accept-Language}i\" \"%{Content-Type}o\"' \
           r' \"%{Sec-Fetch-Site}i\" \"%{Sec-Fetch-Mode}i\" \"%{Sec-Fetch-Dest}i\" \"%{Sec-Purpose}i\" \"%{DNT}i\" \"%{Sec-GPC}i\"'
    server = start(make_server, form=form, config=REMOTEIP)
    server.expect("AH10244", "AH00036", "AH01071", "client denied")
    sent = list(traffic.visitors(1500, seed=11)) + [
        ("GET", "/caf%C3%A9?q=%22quoted%22", {"User-Agent": AGENT}), ("GET", "/a\\b?x='y'", {"User-Agent": AGENT}),
        ("GET", "/\xe4", {"User-Agent": "\xff\xfe"}), ("GET", "http://elsewhere.example/path?x", {"User-Agent": AGENT}),
        ("OPTIONS", "*", {}), ("PROPFIND", "/", {}), ("GET", "/" + 3000 * "a" + "?b", {}), ("HEAD", "/;x?y&z;w", {"User-Agent": 'a "b" c'})]
    send_all(server, sent)
    server.wait_stored(len(sent), 60)
    said = import_log(server, "--format", own_format(form)).stdout
    assert f"{len(sent)} lines: 0 stored, 0 rejected, 0 known before, {len(sent)} recorded already" in said
    apart = server.dir / "apart"
    apart.mkdir()
    (apart / "settings").write_text((server.state / "settings").read_text())
    (apart / "visitor.key").write_bytes((server.state / "visitor.key").read_bytes())
    apart.chmod(0o777)
    done = subprocess.run([server.build.command, "import", "--store", f"sqlite:{apart}/stats.db", "--state", apart,
                           "--format", own_format(form), server.logs / "own_log"], env=server.env, capture_output=True, text=True)
    assert f"{len(sent)} stored" in done.stdout, done.stdout + done.stderr
    columns = """strftime('%s', time), site, ip, method, resource, page, status, bytes, kind, pageview, download, referer,
                 domain, source, channel, searchterms, country, language, browser, version, platform, robot"""
    with sqlite3.connect(apart / "stats.db") as db:
        db.text_factory = lambda b: b.decode("utf-8", "surrogateescape")
        imported = db.execute(f"select {columns} from hits").fetchall()
        visitors = db.execute("select visitor, hits, pageviews, began, ended from visit").fetchall()
    assert sorted(map(str, imported)) == sorted(map(str, server.sql(f"select {columns} from hits")))
    assert sorted(visitors) == sorted(server.sql("select visitor, hits, pageviews, began, ended from visit"))


# --- days and periods ---

def old_lines(first, count):
    return "".join(f'192.0.2.7 - - [{time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(first + n))}] "GET /?old={n} HTTP/1.1" 200 5\n'
                   for n in range(count))


def test_days_without_rows_take_no_lines_unless_told(importing):  # noqa: F811
    server, run = importing()
    now = int(time.time())
    run(old_lines(now - 40 * 86400, 3) + old_lines(now - 3600, 2))
    server.cli("purge", "--before", "30d", check=0)
    out, _ = run(old_lines(now - 35 * 86400, 4) + old_lines(now - 1800, 1))
    assert "5 lines: 1 stored, 0 rejected, 0 known before, 4 too old" in out
    assert_account(server, lines=10, stored=6, old=4)
    out, _ = run(old_lines(now - 35 * 86400, 4) + old_lines(now - 1800, 1), "--again")
    assert "5 lines: 5 stored" in out
    assert_account(server, lines=15, stored=11, old=4)


def test_a_period_can_be_chosen(importing):  # noqa: F811
    server, run = importing()
    log = old_lines(1_794_305_000, 10)
    out, _ = run(log, "--since", "2026-11-10T09:63:22Z", check=2)
    assert out == ""
    out, _ = run(log, "--since", "2026-11-10T10:03:22Z", "--until", "2026-11-10T10:03:26Z")
    assert "10 lines: 4 stored, 0 rejected, 0 known before, 6 excluded (period)" in out
    assert sorted(r for (r,) in server.sql("select resource from slim_stats")) == [f"/?old={n}" for n in range(2, 6)]
    assert_account(server, lines=10, stored=4, period=6)


# --- accounts ---

def test_removed_lines_are_booked_on_their_own_account(importing):  # noqa: F811
    server, run = importing()
    browse(server, 8)
    server.wait_stored(8)
    robot = "Robot/1"
    run(old_lines(1_794_305_000, 5).replace(" 200 5\n", f' 200 5 "-" "{robot}"\n') + old_lines(1_794_306_000, 3).replace(
        " 200 5\n", f' 200 5 "-" "{AGENT}"\n'))
    server.cli("exclude", f"agent={robot}", check=0)
    assert_account(server, lines=8, stored=3, agent=5)
    wait_for(lambda: (ledger := server.ledger())["stored"] == 8 and ledger["excluded"]["agent"] == 0)
    server.cli("erase", "--ip", "192.0.2.7", check=0)
    assert_account(server, lines=8, agent=5, erased=3)
    server.cli("exclude", "path=/", check=0)
    ledger = wait_for(lambda: (ledger := server.ledger())["excluded"]["path"] == 8 and ledger)
    assert (ledger["seen"], ledger["stored"], ledger["unaccounted"]) == (8, 0, 0)
    assert_account(server, lines=8, agent=5, erased=3)
    assert_well(server)


def test_the_account_is_shown_where_the_ledger_is(importing):  # noqa: F811
    server, run = importing()
    assert "imports" not in server.cli("status").stdout
    run(old_lines(1_794_305_000, 2) + "garbage\n", check=1)
    assert_account(server, lines=3, stored=2, rejected=1)
    text = server.cli("status").stdout
    assert re.search(r"imports\n  lines +3\n  stored +2\n  recorded +0  by the server itself, already\n", text), text
    metrics = server.get("/stats/metrics")[2].decode()
    assert 'slimstats_import_lines_total{fate="stored"} 2' in metrics and 'slimstats_import_lines_total{fate="rejected"} 1' in metrics
    assert "3 lines imported: 2 stored" in server.cli("check", check=0).stdout
    server.stop()
    assert "imports\n  lines                    3" in server.cli("status").stdout


def test_a_wrong_account_is_found(importing):  # noqa: F811
    server, run = importing()
    run(old_lines(1_794_305_000, 2))
    server.stop()
    server.write_sql("update import_account set value = value + 1 where counter = 'stored'")
    done = server.cli("check", check=1)
    assert "account of imports" in done.stdout + done.stderr
