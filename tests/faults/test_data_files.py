"""Data files that users replace while the recorder reads them."""
import os
import shutil
import subprocess

import pytest

import mmdb
from slimhttpd import IS_ROOT, poll, wait_for

NETWORKS = {"2.125.160.216/29": "GB", "2001:218::/32": "JP", "81.2.69.0/24": "SE",
            **{f"10.{i}.0.0/16": "DE" for i in range(200)}}


@pytest.fixture
def country_file(build):
    """It outlives the servers, which may end after it: nobody removes it but the end of all tests."""
    build.count += 1
    path = build.base / f"country-{os.getpid()}-{build.count}.mmdb"
    mmdb.write(path, NETWORKS)
    path.chmod(0o644)
    return path


def by_remote_ip(path):
    return (f"SlimStatsCountry {path}\n"
            "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n")


def countries(server):
    return dict(server.sql("select resource, country from slim_stats"))


@pytest.mark.fault("F72")
def test_country_file_is_cut_while_in_use_and_replaced(make_server, country_file):
    server = make_server(settings=by_remote_ip(country_file))
    server.expect("geo-off")
    server.start()
    server.get("/?n=1", {"X-Forwarded-For": "2.125.160.216"})
    server.wait_stored(1)
    assert countries(server)["/?n=1"] == "GB"
    good = country_file.read_bytes()
    with open(country_file, "r+b") as f:
        f.truncate(1000)
    wait_for(lambda: server.status()["areas"]["country"]["state"] == "geo-off", 10)
    server.get("/?n=2", {"X-Forwarded-For": "2.125.160.216"})
    server.wait_stored(2)
    assert countries(server)["/?n=2"] == "GB"  # the last good one stays
    new = country_file.with_suffix(".new")
    new.write_bytes(good)
    new.rename(country_file)
    wait_for(lambda: server.state_word() == "ok", 10)
    lines = server.our_lines()
    assert len(lines) == 2 and "geo-off" in lines[0] and "well again" in lines[1], lines


@pytest.mark.fault("F72")
@pytest.mark.parametrize("content", [b"", b"no database", b"\xab\xcd\xefMaxMind.com" * 100],
                         ids=["empty", "text", "markers"])
def test_country_file_is_no_database(make_server, country_file, content):
    country_file.write_bytes(content)
    server = make_server(settings=by_remote_ip(country_file))
    server.expect("geo-off")
    server.start()
    server.get("/?n=1", {"X-Forwarded-For": "2.125.160.216"})
    server.wait_stored(1)
    assert countries(server)["/?n=1"] == ""
    wait_for(lambda: server.status()["areas"]["country"]["state"] == "geo-off")


@pytest.mark.parametrize("bits, layout", [(24, "nested"), (28, "flat"), (32, "nested"),
                                          *(pytest.param(*one, marks=pytest.mark.thorough) for one in ((24, "flat"), (28, "nested"), (32, "flat")))])
def test_country_of_mapped_and_long_addresses(make_server, country_file, layout, bits):
    mmdb.write(country_file, NETWORKS, layout, bits)
    server = make_server(settings=by_remote_ip(country_file))
    server.start()
    for n, address in enumerate(["::ffff:2.125.160.216", "2001:218::1", "192.0.2.1"]):
        server.get(f"/?n={n}", {"X-Forwarded-For": address})
    server.wait_stored(3)
    assert countries(server) == {"/?n=0": "GB", "/?n=1": "JP", "/?n=2": ""}
    assert dict(server.sql("select resource, ip from slim_stats")) == {
        "/?n=0": "2.125.160.216", "/?n=1": "2001:218::1", "/?n=2": "192.0.2.1"}


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"


@pytest.mark.fault("F42")
@pytest.mark.skipif(not IS_ROOT, reason="needs root: to give a process memory back")
@pytest.mark.parametrize("kibibytes", [72000, 80000])
def test_hits_wait_while_there_is_no_memory_for_rules(make_server, kibibytes):
    server = make_server()
    server.expect("agents-off", "sources-off", "pages-off", "geo-off", "networks-off", "store-", "out of memory", "the recorder, pid", "died .* more times", "cannot ", "has not moved for")
    script = server.dir / "short"
    script.write_text(f'#!/bin/sh\nulimit -S -v {kibibytes}\nexec {server.build.command} "$@"\n')
    script.chmod(0o755)
    server.write_config(settings=f"SlimStatsRecorder {script}")
    server.state.mkdir(mode=0o700, exist_ok=True)
    (server.state / "robots.tsv").write_text("feed\tOwnReader\n")  # or nothing would have to be read
    for path in (server.state, server.state / "robots.tsv"):
        shutil.chown(path, "www-data", "www-data")
    server.start(wait=False)
    for n in range(5):
        assert server.get(f"/?n={n}", {"User-Agent": CHROME})[0] == 200
    poll(lambda: server.count() == 5, 4)  # that it does not store them has no end to wait for
    short = server.count() == 0
    script.write_text(f'#!/bin/sh\nexec {server.build.command} "$@"\n')
    if pid := server.recorder_pid():
        subprocess.run(["prlimit", "--pid", str(pid), "--as=unlimited:"], user="www-data", group="www-data", extra_groups=[], check=True)
    server.wait_stored(5)
    browsers = server.sql("select distinct browser from hits")
    assert [name for (name,) in browsers] == ["Chrome"], (short, browsers)
    wait_for(lambda: server.state_word() == "ok", 20, "all is well")
