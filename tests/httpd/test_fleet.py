"""Several front ends of one store, on one machine: each has its state, journal and recorder."""
import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from slimhttpd import Clock, Load, wait_for
from test_archive import FIREFOX

REMOTEIP = "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n"


@pytest.fixture
def place(build):
    """A directory of httpd's user, for what front ends share."""
    shared = Path(tempfile.mkdtemp(prefix="shared-", dir=build.base))
    if os.geteuid() == 0:
        shutil.chown(shared, "www-data", "www-data")
    return shared  # servers that go on until the test's end need it: it goes with the build's


@pytest.fixture
def fleet(make_server, place):
    """Front ends web1, web2 of one store; not started."""
    def begin(settings="", **options):
        servers = []
        for name in ("web1", "web2"):
            server = make_server(settings=f"SlimStatsServer {name}\nSlimStatsStore sqlite:{place}/stats.db\n{settings}",
                                 modules=["remoteip"], config=REMOTEIP, **options)
            server.store = place / "stats.db"
            servers.append(server)
        return servers
    return begin


def browse(servers, who, pages=4):
    """One client, by each server in turn."""
    for n in range(pages):
        servers[n % 2].get(f"/?n={n}", {"User-Agent": FIREFOX, "X-Forwarded-For": who})


def make_key(server, path, *options):
    done = server.cli("key", *options, str(path), check=0)
    assert str(path) in done.stdout
    if os.geteuid() == 0:
        shutil.chown(path, "www-data")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path


# --- one key of visitors ---

@pytest.mark.clock
@pytest.mark.parametrize("kind", ["static", "daily"])
def test_who_comes_by_two_front_ends_is_one_visitor(fleet, place, build, kind):
    """At noon, far from where keys of days change."""
    clock = Clock(build)
    clock.go_on_from(int(time.time()) // 86400 * 86400 + 43200)
    servers = fleet(f"SlimStatsVisitorKey {kind}\nSlimStatsVisitorSecret {place}/visitor.secret", env=clock.env)
    make_key(servers[0], place / "visitor.secret", *(["--daily"] if kind == "daily" else []))
    for server in servers:
        server.start()
    for who in ("192.0.2.7", "192.0.2.8"):
        browse(servers, who)
    servers[0].wait_stored(8)
    assert servers[0].sql("select pageviews, count(distinct visitor) from visits group by visit") == [(4, 1), (4, 1)]
    assert servers[0].sql("select server, count(*) from hits group by 1") == [("web1", 4), ("web2", 4)]
    told = servers[1].cli("report", "overview", "--since", "all", "--format", "tsv", check=0).stdout.splitlines()
    assert dict(zip(*(line.split("\t") for line in told)))["visitors"] == "2"
    assert "all is well" in servers[0].cli("check", check=0).stdout
    assert not (servers[0].state / "visitor.key").exists()


@pytest.mark.clock
def test_front_ends_with_copies_agree_on_the_next_day(make_server, place, build):
    """Each has the file for itself, and one was off at midnight."""
    day = int(time.time()) // 86400
    clock = Clock(build)
    clock.go_on_from(day * 86400 + 43200)
    servers = [make_server(settings=f"SlimStatsServer {name}\nSlimStatsStore sqlite:{place}/stats.db\nSlimStatsVisitorKey daily\n"
                                    f"SlimStatsVisitorSecret {place}/{name}.secret", modules=["remoteip"], config=REMOTEIP,
                           env=clock.env) for name in ("web1", "web2")]
    first = make_key(servers[0], place / "web1.secret", "--daily").read_text()
    shutil.copy(place / "web1.secret", place / "web2.secret")
    (place / "web2.secret").chmod(0o600)
    if os.geteuid() == 0:
        shutil.chown(place / "web2.secret", "www-data")
    for server in servers:
        server.store = place / "stats.db"
    servers[0].expect("clock-ahead")
    servers[0].start()
    clock.go_on_from((day + 1) * 86400 + 60)
    wait_for(lambda: f"chain {day + 1} " in (place / "web1.secret").read_text(), 30, "the next day's file")
    servers[1].start()
    browse(servers, "192.0.2.7")
    servers[0].wait_stored(4)
    assert servers[0].sql("select pageviews from visits") == [(4,)]
    assert (place / "web1.secret").read_text() == (place / "web2.secret").read_text() != first
    secret = first.split()[2]
    for path in (path for top in (place, servers[0].dir, servers[1].dir) for path in top.rglob("*") if path.is_file()):
        assert secret.encode() not in path.read_bytes() and bytes.fromhex(secret) not in path.read_bytes(), path


def test_a_secret_that_cannot_be_used_is_refused_with_what_to_do(fleet, place):
    server, _ = fleet(f"SlimStatsVisitorSecret {place}/secret")
    path = place / "secret"

    def told():
        done = server.httpd("-t", check=False)
        return done.stderr if done.returncode else ""
    assert "No such file" in told()
    make_key(server, path)
    assert told() == ""
    assert "there already" in server.cli("key", str(path), check=2).stderr or path.exists()
    path.chmod(0o640)
    assert f"chmod 600 {path}" in told()
    path.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(path, 0, 0)
        assert re.search(f"belongs to uid 0: chown [0-9]+ {path}", told())
        shutil.chown(path, "www-data")
    text = path.read_text()
    for wrong in (text[:-3] + "\n", "chain 1 " + text.split()[1] + "\n", ""):
        path.write_text(wrong)
        assert "slimstats key FILE" in told(), wrong
    server.write_config(settings=f"SlimStatsVisitorKey daily\nSlimStatsVisitorSecret {path}")
    path.write_text(text)
    assert "slimstats key --daily FILE" in told()
    path.write_text("chain 1 " + text.split()[1] + "\n")
    assert told() == ""
    if os.geteuid() == 0:
        os.chown(place, 0, 0)
        place.chmod(0o755)
        assert "its directory has to belong to uid" in told()


# --- one store ---

@pytest.mark.thorough
def test_two_recorders_share_a_store(fleet):
    """Both are killed, and their servers reloaded: nothing is lost or stored twice, and the ledger adds up."""
    servers = fleet()
    for server in servers:
        server.expect("the recorder, pid")
        server.start()
    loads = [Load(server, threads=2, first=1_000_000 * n) for n, server in enumerate(servers)]
    with loads[0], loads[1]:
        for n in range(3):
            for server, load in zip(servers, loads):
                load.go_on(50)
                server.kill_recorder()
                wait_for(server.recorder_pid, 30, "a recorder")
            servers[n % 2].graceful()
    assert [len(load.bodies) for load in loads] == [1, 1]
    answered = {n for load in loads for n in load.answered}
    wait_for(lambda: servers[0].count() >= len(answered), 60, f"{len(answered)} hits")

    def settled():
        return all(set(server.ledger()["waiting"].values()) == {0} for server in servers)
    wait_for(settled, 30, "nothing waits")
    stored = servers[0].stored_numbers()
    failed = {n for load in loads for n in load.failed}  # a reload may close a connection whose request was seen
    assert answered <= set(stored) <= answered | failed and set(stored.values()) == {1}
    for server in servers:
        ledger = wait_for(lambda server=server: adds_up(server.ledger(), len(stored)), 60, "the ledger of the store")
        assert ledger["unaccounted"] == 0 and sum(ledger["dropped"].values()) == 0
    assert servers[0].sql("select distinct server, cast(substr(resource, 5) as integer) > 1000000 from hits order by 1") == [("web1", 0), ("web2", 1)]
    assert "all is well" in servers[1].cli("check", check=0).stdout


def adds_up(ledger, hits):
    return ledger["seen"] == ledger["stored"] == hits and ledger


def test_recorders_of_a_store_are_told_and_who_is_silent(fleet, place):
    servers = fleet()
    for server in servers:
        server.start()
    for n, server in enumerate(servers):
        for _ in range(n + 1):
            server.get("/", {"User-Agent": FIREFOX})
    servers[0].wait_stored(3)

    def told():
        recorders = servers[0].status()["recorders"]
        return [(one["server"], one["state"], one["stored"], one["silent_seconds"]) for one in recorders]
    wait_for(lambda: told() == [("web1", "ok", 1, 0), ("web2", "ok", 2, 0)], 10, "both are told of")
    text = servers[0].cli("status", check=0).stdout
    assert re.search(r"web1 +ok +1 stored, heard \d+ (seconds?|minutes?) ago", text), text
    servers[1].stop()
    servers[1].write_sql("update recorder set heard = heard - 725 where server = 'web2'")
    wait_for(lambda: told()[1][3] >= 725, what="silence")
    assert re.search(r"web2 +ok +2 stored, has been silent for 1[23] minutes", servers[0].cli("status", check=0).stdout)
    metrics = servers[0].get("/stats/metrics")[2].decode()
    heard = dict(re.findall(r'slimstats_recorder_heard_timestamp_seconds\{server="(.*)"\} (\d+)', metrics))
    assert int(heard["web1"]) - int(heard["web2"]) > 600
    servers[0].stop()

    def without_ring():
        return subprocess.run([servers[0].build.command, "status", "--store", f"sqlite:{servers[0].store}", "--state", place],
                              env=servers[0].env, capture_output=True, text=True).stdout
    assert "has been silent for" in without_ring()
    servers[0].write_sql("update recorder set heard = heard - 31 * 86400 where server = 'web2'")
    assert "web2" not in without_ring()
    servers[0].write_sql("update recorder set heard = 9223372036854775807, server = 'web2' || char(27) || '[2J' where server = 'web2'")
    text = without_ring()  # a file may say anything
    assert "(without a name)" in text and "\x1b" not in text


def test_hits_do_not_make_a_recorder_heard_more_often(fleet):
    server, _ = fleet()
    server.start()
    began, heard = time.time(), set()
    for n in range(3):
        server.get(f"/?n={n}", {"User-Agent": FIREFOX})
        server.wait_stored(n + 1)
        heard |= set(server.sql("select heard from recorder"))
    assert 1 <= len(heard) <= 1 + (time.time() - began) // 30
