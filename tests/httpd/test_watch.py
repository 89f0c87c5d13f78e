"""slimstats watch: alerts are told once when they begin and once when they are over; as a plugin, in metrics, and as notes."""
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from slimhttpd import now, wait_for
from test_archive import FIREFOX
from test_own_lists import put

ROOT = Path(__file__).resolve().parents[2]
WEEK = 7 * 86400
GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"


@pytest.fixture
def server(make_server):
    """With a store that can be asked, before the first hit, too."""
    one = make_server()
    one.start()
    wait_for(lambda: one.cli("report", "overview").returncode == 0, 10, "the store is made")
    return one


def line(second, who, path="/", status=200, size=1000, us=1000, referer="-", agent=FIREFOX):
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second))
    return f'{who} - - [{stamp}] "GET {path} HTTP/1.1" {status} {size} "{referer}" "{agent}" {us}\n'


def people(at, count):
    """Views of pages by so many people, within the hour before."""
    return "".join(line(at - 600 - n, f"192.0.2.{n + 1}") for n in range(count))


def fill(server, log):
    path = server.dir / "old.log"
    path.write_text(log)
    server.cli("import", "--site", "localhost", "--format", '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D',
               str(path), check=0)


def watch(server, *options, code):
    """The lines by their alerts; the first one is the plugin's."""
    done = server.cli("watch", *options)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout.splitlines()


def words(lines):
    return {m[2]: (m[1], m[3]) for text in lines[1:] if (m := re.fullmatch(r"([A-Z]+) ([\w-]+): (.*)", text))}


def test_what_is_shipped_is_told_when_it_is_so(server):
    """Four usual weeks, and an hour in which all goes wrong."""
    at = now()
    log = people(at, 3)  # 30 are usual
    for week in (4, 3, 2, 1):
        log += line(at - week * WEEK - 900, "192.0.2.99") + people(at - week * WEEK, 30)
        log += "".join(line(at - week * WEEK - 5000 - n, "192.0.2.50", f"/gone/{n}", 404, referer="http://localhost/") for n in range(25))
    log += "".join(line(at - 5000 - n, "192.0.2.50", f"/gone/{n}", 404, referer="http://localhost/") for n in range(90))
    log += "".join(line(at - 300 - n, "198.51.100.7", f"/app/{n}", 500 if n < 6 else 200, us=9000) for n in range(120))
    log += line(at - 7000, "198.51.100.8", "/big.html", size=200_000_000, agent=GPTBOT) + line(at - 400, "198.51.100.9", "/.env", size=400)
    fill(server, "".join(sorted(log.splitlines(True), key=lambda text: time.strptime(text.split("[")[1][:20], "%d/%b/%Y:%H:%M:%S"))))
    told = watch(server, "--run", f'echo "$SLIMSTATS_CHANGE $SLIMSTATS_SEVERITY $SLIMSTATS_ALERT $SLIMSTATS_LINE" >>{server.state}/ran', code=2)
    said = words(told)
    assert said["errors"] == ("CRITICAL", "4.8 % (> 2 %)"), said
    assert said["visitors"] == ("CRITICAL", "4, usual 31 (< 20 % of usual)"), said
    assert said["broken-links"] == ("WARNING", "90, usual 25 (> 300 % of usual)"), said
    assert said["robot"][0] == "WARNING" and said["robot"][1].startswith("99"), said
    assert said["slow"] == ("WARNING", "0.009, usual 0.001 (> 300 % of usual)"), said
    assert said["leaks"] == ("CRITICAL", "1 (> 0)") and said["recorder"] == ("OK", "ok") and said["dropped"][0] == said["lag"][0] == "OK", said
    assert told[0].startswith("SLIMSTATS CRITICAL: errors 4.") and re.search(r" \|.* visitors=4 ", told[0])
    ran = (server.state / "ran").read_text().splitlines()
    assert len(ran) == 6 and "begins critical leaks CRITICAL leaks: 1 (> 0)" in ran
    # It is told once.
    assert watch(server, "--changes", "--run", f"echo again >>{server.state}/ran", code=2) == []
    assert len((server.state / "ran").read_text().splitlines()) == 6
    # Others' metrics know it, and the course of the numbers has it.
    body = server.get("/stats/metrics")[2].decode()
    assert 'slimstats_alert{alert="errors",severity="critical"} 1\n' in body and 'slimstats_alert{alert="lag",severity="warning"} 0\n' in body
    assert abs(int(re.search(r"^slimstats_watch_timestamp_seconds (\d+)$", body, re.M)[1]) - now()) < 300
    notes = server.report("notes", "--since", "today", "--search", "=alert", "--limit", "100")
    text = [column["name"] for column in notes["columns"]].index("text")
    assert "leaks: leaks.open > 0" in [row[text] for row in notes["rows"]] and len(notes["rows"]) == 6
    # Other limits: all is over, and said so once.
    put(server, "alerts.tsv", "".join(f"{name}\twarning\toff\n" for name in ("errors", "broken-links", "robot", "slow", "leaks"))
        + "visitors\tcritical\toverview.visitors\t< 10 % of usual\t1h\t20\n")
    assert watch(server, "--changes", "--run", f'echo "$SLIMSTATS_CHANGE $SLIMSTATS_LINE" >>{server.state}/ran', code=0) == \
        ["is over: OK visitors: 4, usual 31 (< 10 % of usual)", *(f"is over: OK {name}: its line is gone" for name in
                                                                  ("errors", "broken-links", "robot", "slow", "leaks"))]
    assert "over OK visitors: 4, usual 31 (< 10 % of usual)\n" in (server.state / "ran").read_text()
    assert watch(server, code=0)[0].startswith("SLIMSTATS OK: 4 alerts, nothing to tell |")


def test_new_sites_and_quiet_hours_are_not_judged(server):
    """Two weeks are no four, one is none; of nine hits nobody knows a rate."""
    at = now()
    fill(server, people(at - WEEK, 30) + people(at, 2) + "".join(line(at - 200 + n, "192.0.2.9", status=500) for n in range(9)))
    said = words(watch(server, code=0))
    assert said["visitors"] == ("OK", "not judged (< 20 % of usual)") and said["errors"] == ("OK", "not judged (> 2 %)"), said


def test_a_store_that_is_gone_is_told_and_ends_nothing(server):
    server.expect("store")
    server.get("/")
    server.wait_stored(1)
    put(server, "alerts.tsv", "recorder\tcritical\trecorder.broken\t> 0\t5m\nhits\twarning\toverview.hits(robots)\t> 0\t1h\n")
    assert words(watch(server, code=1))["recorder"] == ("OK", "ok")
    server.store.rename(server.store.with_suffix(".away"))
    wait_for(lambda: server.state_word() == "store-moved", 20, "it is seen")
    done = server.cli("watch", "--changes")
    assert done.returncode == 2 and str(server.store) in done.stderr, done.stdout + done.stderr
    assert done.stdout == "begins: CRITICAL recorder: store-moved\n"
    said = words(watch(server, code=2))
    assert said["hits"] == ("WARNING", "cannot be said") and said["errors"] == ("UNKNOWN", "cannot be said")
    server.store.with_suffix(".away").rename(server.store)
    wait_for(lambda: server.state_word() == "ok", 20, "all is well")
    assert watch(server, "--changes", code=1) == ["is over: OK recorder: ok"]


@pytest.mark.parametrize("arguments, says", [
    (["--tz", "Mars"], "Mars"), (["--runn", "x"], "--runn"), (["more"], "more"), (["--store", "nosuch:x"], "nosuch"),
])
def test_what_cannot_be_asked_is_unknown(server, arguments, says):
    done = server.cli("watch", *arguments)
    assert done.returncode == 3 and says in done.stderr, done.stdout + done.stderr


def test_a_line_with_a_mistake_is_told_and_the_others_are_looked_at(server):
    put(server, "alerts.tsv", "mine\twarning\tpages.pagevews\t> 1\t1h\nfine\twarning\toverview.hits\t> 1000\t1h\n")
    done = server.cli("watch")
    assert done.returncode == 3 and "OK fine: 0 (> 1000)" in done.stdout
    assert "alerts.tsv: line 1, column 14: the report pages has no column pagevews that counts" in done.stderr
    for command in (["lists"], ["status"]):
        done = server.cli(*command)
        assert done.returncode == 1 and "alerts.tsv: line 1" in done.stdout + done.stderr


def test_what_nobody_could_be_told_is_told_again(server):
    put(server, "alerts.tsv", "one\twarning\toverview.hits\t< 1\t1h\n")
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(server.build.command), "watch", "-c", "--store", f"sqlite:{server.store}", "--state", str(server.state)],
                              env=server.env, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2 and "standard output: No space left" in done.stderr, done.stderr
    for command, says in (("false", "ended with 1"), ("kill -9 $$", "ended by signal 9")):
        done = server.cli("watch", "-c", "--run", command)
        assert done.stdout == "begins: WARNING one: 0 (< 1)\n" and says in done.stderr, done.stdout + done.stderr
    assert watch(server, "-c", "--run", "true", code=1) == ["begins: WARNING one: 0 (< 1)"]
    assert watch(server, "-c", "--run", "true", code=1) == []
    # A mistake in its line ends nothing; a line that is gone does, and a command that fails then is run again.
    put(server, "alerts.tsv", "one\twarning\toverview.hits\t< 1\t1hour\n")
    assert watch(server, "-c", code=3) == []
    assert watch(server, code=3)[0].startswith("SLIMSTATS UNKNOWN: alerts.tsv: line 1, column ")
    put(server, "alerts.tsv", "")
    for command in ("false", "true"):
        assert server.cli("watch", "-c", "--run", command).stdout == "is over: OK one: its line is gone\n"
    assert watch(server, "-c", code=0) == []


def test_more_is_remembered_than_there_can_be_alerts(server):
    """All of them are told, and hidden by a mistake, when others come."""
    (server.state / "watch.state").write_text("looked\t1\n" + "".join(f"n{n}\twarning\t5\t6\t0\t0\t0\t0\n" for n in range(500)))
    put(server, "alerts.tsv", "bad\n" + "".join(f"m{n}\twarning\toverview.hits\t> 1\t1h\n" for n in range(55)))
    assert len(watch(server, code=3)) == 1 + 64 + 64  # of 128 that were read half are over, since there is no room for them
    put(server, "alerts.tsv", "")
    assert len(watch(server, "-c", code=0)) == 64


def test_only_one_looks_at_a_time(server):
    """One that hangs in its command keeps others from telling the same."""
    put(server, "alerts.tsv", "one\twarning\toverview.hits\t< 1\t1h\n")
    (server.state / "go").unlink(missing_ok=True)
    first = subprocess.Popen([str(server.build.command), "watch", "--store", f"sqlite:{server.store}", "--state", str(server.state), "--run",
                              f"touch {server.state}/there; while [ ! -e {server.state}/go ]; do sleep 0.05; done"], env=server.env,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        wait_for((server.state / "there").exists, 20, "the first one runs its command")
        done = server.cli("watch")
        assert done.returncode == 3 and "watch.state" in done.stderr, done.stderr
    finally:
        (server.state / "go").touch()
        first.wait()
    assert first.returncode == 1
    assert watch(server, "--changes", code=1) == []


def test_the_service_mails_what_it_says(server):
    """What systemd makes of its line: $$ is a dollar."""
    server.get("/")
    server.wait_stored(1)
    put(server, "alerts.tsv", "one\twarning\toverview.hits(robots)\t> 0\t1h\n")
    unit = (ROOT / "conf/package/systemd/slimstats-watch.service").read_text()
    command = re.search(r"^ExecStart=/usr/bin/slimstats (.*)$", unit, re.M)[1].replace("$$", "$")
    (server.www / "mail").write_text(f'#!/bin/sh\necho "$@" >>{server.state}/sent; cat >>{server.state}/sent\n')
    (server.www / "mail").chmod(0o755)
    done = subprocess.run(["/bin/sh", "-c", f"{server.build.command} {command} --store sqlite:{server.store} --state {server.state}"],
                          env={**server.env, "PATH": f"{server.www}:{os.environ['PATH']}"}, capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == "begins: WARNING one: 1 (> 0)\n", done.stdout + done.stderr
    assert (server.state / "sent").read_text() == "-s slimstats: one root\nbegins: WARNING one: 1 (> 0)\n"
    assert "SuccessExitStatus=1 2\n" in unit
