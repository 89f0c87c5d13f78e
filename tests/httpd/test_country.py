"""slimstats country build: a country file from text, used without being asked for."""
import re
import subprocess

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


def mmdblookup(file, address):
    result = subprocess.run(["mmdblookup", "-f", file, "-i", address, "country", "iso_code"], capture_output=True, text=True)
    return re.findall(r'"(..)"', result.stdout)


def test_a_built_file_in_the_state_directory_is_used(make_server):
    server = make_server(settings="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n")
    server.start()
    output = server.cli("country", "build", "--from", texts(server.build, "texts"), check=0).stdout
    file = server.state / "country.mmdb"
    assert output.startswith(f"{file}: 3 ranges"), output
    assert file.stat().st_uid == server.state.stat().st_uid
    assert mmdblookup(file, "1.0.0.1") == ["AU"] and mmdblookup(file, "::ffff:1.0.1.1") == ["CN"]
    assert mmdblookup(file, "2002:100:1::1") == ["AU"] and mmdblookup(file, "2001:200::1") == ["JP"]
    assert mmdblookup(file, "1.0.4.0") == []
    server.stop()
    server.start()
    for n, address in enumerate(["1.0.0.1", "1.0.1.1", "2001:200::1", "192.0.2.1"]):
        server.get(f"/?n={n}", {"X-Forwarded-For": address})
    server.wait_stored(4)
    assert server.sql("select country from slim_stats order by resource") == [("AU",), ("CN",), ("JP",), ("",)]


def test_what_cannot_be_built_is_said_and_leaves_nothing(server):
    directory = texts(server.build, "broken")
    (directory / "geoip6").write_text(GEOIP6 + "<html>\x1b[2J\n")
    output = directory / "out.mmdb"
    result = server.cli("country", "build", "--from", directory, "--output", output, check=2)
    assert f"{directory}/geoip6, line 2" in result.stderr and "\x1b" not in result.stderr
    (directory / "geoip6").unlink()
    assert "geoip6" in server.cli("country", "build", "--from", directory, "--output", output, check=2).stderr
    assert "tor-geoipdb" in server.cli("country", "build", "--from", "/nonexistent", "--output", output, check=2).stderr
    assert "country build" in server.cli("country", check=2).stderr
    assert [p.name for p in directory.iterdir()] == ["geoip"]
