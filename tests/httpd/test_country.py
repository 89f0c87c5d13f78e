"""slimstats country build: a country file from text, used without being asked for."""
import mmdb
from slimhttpd import wait_for
from test_explain import fields

GEOIP = "# Generated: Thu, 25 Jun 2026 04:33:59 GMT\n\n16777216,16777471,AU\n16777472,16778239,CN\n"
GEOIP6 = "2001:200::,2001:200:134:ffff:ffff:ffff:ffff:ffff,JP\n"


def texts(build, name):
    directory = build.base / name
    directory.mkdir()
    directory.chmod(0o755)
    for file, text in [("geoip", GEOIP), ("geoip6", GEOIP6)]:
        (directory / file).write_text(text)
        (directory / file).chmod(0o644)
    return directory


def countries(server, addresses):
    """As the command tells them."""
    return [fields(server.cli("explain", "--ip", address, check=0).stdout)["country"] for address in addresses]


def test_a_built_file_in_the_state_directory_is_used(make_server):
    server = make_server(settings="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n")
    server.start()
    output = server.cli("country", "build", "--from", texts(server.build, "texts"), check=0).stdout
    file = server.state / "countries.ranges"
    assert output.startswith(f"{file}: 3 ranges"), output
    assert file.stat().st_uid == server.state.stat().st_uid
    server.stop()
    server.start()
    for n, address in enumerate(["1.0.0.1", "1.0.1.1", "2001:200::1", "192.0.2.1"]):
        server.get(f"/?n={n}", {"X-Forwarded-For": address})
    server.wait_stored(4)
    assert server.sql("select country from slim_stats order by resource") == [("AU",), ("CN",), ("JP",), ("",)]
    assert countries(server, ["1.0.0.1", "::ffff:1.0.1.1", "2002:100:1::1", "2001:200::1"]) == [
        ("AU", str(file)), ("CN", str(file)), ("AU", str(file)), ("JP", str(file))]
    assert countries(server, ["1.0.4.0"]) == [("", f"{file} does not tell it")]


def test_what_is_built_is_read_while_the_recorder_runs(make_server):
    server = make_server(settings="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n")
    server.start()
    hits = 0

    def country_of_the_next():
        nonlocal hits
        server.get(f"/?n={hits}", {"X-Forwarded-For": "1.0.0.1"})
        hits += 1
        server.wait_stored(hits)
        return server.sql("select country from slim_stats where resource = ?", f"/?n={hits - 1}")[0][0]
    assert country_of_the_next() == ""
    server.cli("country", "build", "--from", texts(server.build, "running"), check=0)
    wait_for(lambda: country_of_the_next() == "AU")
    # what an earlier version built has another name, and is read where nothing else is
    mmdb.write(server.state / "country.mmdb", {"1.0.0.0/24": "SE"})
    (server.state / "country.mmdb").chmod(0o644)
    (server.state / "countries.ranges").unlink()
    wait_for(lambda: country_of_the_next() == "SE")


def test_a_damaged_file_is_told_and_the_last_good_one_stays(make_server):
    server = make_server(settings="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n")
    texts_directory = texts(server.build, "damaged")
    server.start()
    server.get("/")
    server.wait_stored(1)  # by then the recorder has left its settings
    server.cli("country", "build", "--from", texts_directory, check=0)
    server.stop()
    server.start()
    server.get("/?n=1", {"X-Forwarded-For": "1.0.0.1"})
    server.wait_stored(2)
    server.expect("geo-off")
    file = server.state / "countries.ranges"
    with open(file, "r+b") as f:
        f.truncate(file.stat().st_size - 1)
    wait_for(lambda: server.status()["areas"]["country"]["state"] == "geo-off")
    server.get("/?n=2", {"X-Forwarded-For": "1.0.0.2"})
    server.wait_stored(3)
    assert server.sql("select country from slim_stats where resource like '/?n=%' order by resource") == [("AU",), ("AU",)]
    server.cli("country", "build", "--from", texts_directory, check=0)
    wait_for(lambda: server.state_word() == "ok")


def test_what_cannot_be_built_is_said_and_leaves_nothing(server):
    directory = texts(server.build, "broken")
    (directory / "geoip6").write_text(GEOIP6 + "<html>\x1b[2J\n")
    output = directory / "out.ranges"
    result = server.cli("country", "build", "--from", directory, "--output", output, check=2)
    assert f"{directory}/geoip6, line 2" in result.stderr and "\x1b" not in result.stderr
    (directory / "geoip6").unlink()
    assert "geoip6" in server.cli("country", "build", "--from", directory, "--output", output, check=2).stderr
    assert "tor-geoipdb" in server.cli("country", "build", "--from", "/nonexistent", "--output", output, check=2).stderr
    assert "country build" in server.cli("country", check=2).stderr
    assert [p.name for p in directory.iterdir()] == ["geoip"]
