"""Data files that users replace while the recorder reads them."""
import os

import pytest

import mmdb
from slimhttpd import wait_for

NETWORKS = {"2.125.160.216/29": "GB", "2001:218::/32": "JP", "81.2.69.0/24": "SE",
            **{f"10.{i}.0.0/16": "DE" for i in range(200)}}


@pytest.fixture
def country_file(build):
    path = build.base / f"country-{os.getpid()}.mmdb"
    mmdb.write(path, NETWORKS)
    path.chmod(0o644)
    yield path
    path.unlink(missing_ok=True)


def by_remote_ip(path):
    return (f"SlimStatsCountry {path}\n"
            "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n")


def countries(server):
    return dict(server.sql("select resource, country from slim_stats"))


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


@pytest.mark.parametrize("layout", ["nested", "flat"])
@pytest.mark.parametrize("bits", [24, 28, 32])
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
