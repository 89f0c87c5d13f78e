"""Places and networks of addresses: what the files tell, what they lack, and lists of networks that host."""
import mmdb
from slimhttpd import wait_for
from test_explain import fields

INNSBRUCK = {"city": {"names": {"de": "Innsbruck", "en": "Innsbruck"}}, "country": {"iso_code": "AT"},
             "subdivisions": [{"iso_code": "7", "names": {"en": "Tyrol"}}]}
CLOUD = {"autonomous_system_number": 64496, "autonomous_system_organization": "Example Cloud"}
HOME = {"autonomous_system_number": 64497, "autonomous_system_organization": "Example Telecom"}
REMOTE_IP = "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n"


def put(path, networks, **how):
    """As those who update such a file do: whole or not at all."""
    new = path.with_suffix(".new")
    mmdb.write(new, networks, **how)
    new.chmod(0o644)
    new.rename(path)
    return path


def directory(build, name):
    path = build.base / name
    path.mkdir()
    path.chmod(0o755)
    return path


def explain(server, address):
    """{field: (value, rule)}"""
    return fields(server.cli("explain", "--ip", address, check=0).stdout)


def start(server):
    server.start()
    server.get("/")
    server.wait_stored(1)  # by then the recorder has left its settings


def test_files_of_cities_and_networks_tell_place_network_and_mark(make_server, build):
    base = directory(build, "places")
    country = put(base / "c.mmdb", {"192.0.2.0/24": INNSBRUCK, "2001:db8::/32": "JP"})
    network = put(base / "n.mmdb", {"192.0.2.0/25": CLOUD, "192.0.2.128/25": HOME})
    server = make_server(settings=f"SlimStatsCountry {country}\nSlimStatsNetwork {network}\n")
    start(server)
    told = explain(server, "192.0.2.7")
    assert {name: told[name] for name in ("country", "region", "city")} == {
        "country": ("AT", str(country)), "region": ("Tyrol", str(country)), "city": ("Innsbruck", str(country))}
    assert told["network"] == ("AS64496", str(network)) and told["network_name"] == ("Example Cloud", str(network))
    assert told["hosting"][0] == "yes"
    file, _, line = told["hosting"][1].rpartition(", line ")
    with open(file, encoding="utf-8") as f:
        assert f.readlines()[int(line) - 1] == "hosting\t*cloud\n"
    told = explain(server, "192.0.2.200")
    assert told["network"][0] == "AS64497" and told["hosting"] == ("no", "no line of hosting.tsv fits")
    told = explain(server, "2001:db8::1")
    assert told["country"] == ("JP", str(country)) and told["region"] == ("", f"{country} does not tell it")
    assert told["network"] == ("", f"{network} does not tell it") and told["hosting"] == ("no", "the network is not known")


def test_what_the_files_tell_is_stored(make_server, build):
    base = directory(build, "stored")
    country = put(base / "c.mmdb", {"192.0.2.0/24": INNSBRUCK, "2001:db8::/32": "JP"})
    network = put(base / "n.mmdb", {"192.0.2.0/25": CLOUD, "192.0.2.128/25": HOME})
    server = make_server(settings=REMOTE_IP + f"SlimStatsCountry {country}\nSlimStatsNetwork {network}\n")
    server.start()
    for n, address in enumerate(["192.0.2.7", "192.0.2.200", "2001:db8::1", "198.51.100.1"]):
        server.get(f"/?n={n}", {"X-Forwarded-For": address})
    server.wait_stored(4)
    assert server.sql("select resource, country, region, city, network_number, network, marks from hits order by resource") == [
        ("/?n=0", "AT", "Tyrol", "Innsbruck", 64496, "Example Cloud", "hosting"),
        ("/?n=1", "AT", "Tyrol", "Innsbruck", 64497, "Example Telecom", None),
        ("/?n=2", "JP", "", "", 0, "", None),
        ("/?n=3", "", "", "", 0, "", None)]
    report = server.report("pages", "--robots", "--until", "2099-01-01", "--where", "mark=hosting")
    assert [row[0] for row in report["rows"]] == ["/?n=0"]


def test_a_file_without_ipv6_is_told_once(make_server, build):
    base = directory(build, "short")
    country = put(base / "c.mmdb", {"192.0.2.0/24": "AT"}, ip_version=4)
    network = put(base / "n.mmdb", {"192.0.2.0/24": HOME}, ip_version=4)
    server = make_server(settings=REMOTE_IP + f"SlimStatsCountry {country}\nSlimStatsNetwork {network}\n")
    server.start()
    for n, address in enumerate(["192.0.2.1", "::ffff:192.0.2.2", "2001:db8::1", "2001:db8::2"]):
        server.get(f"/?n={n}", {"X-Forwarded-For": address})
    server.wait_stored(4)
    told = [f"{country} has IPv4 addresses only: IPv6 visitors get no country",
            f"{network} has IPv4 addresses only: IPv6 visitors get no network"]
    wait_for(lambda: len(server.our_lines()) == 2)
    assert all(line.endswith(text) for line, text in zip(server.our_lines("notice"), told)), server.our_lines()
    server.get("/?n=4", {"X-Forwarded-For": "2001:db8::3"})
    server.wait_stored(5)
    assert dict(server.sql("select resource, country from slim_stats")) == {
        "/?n=0": "AT", "/?n=1": "AT", "/?n=2": "", "/?n=3": "", "/?n=4": ""}
    explained = explain(server, "2001:db8::1")
    assert explained["country"] == ("", f"{country} has IPv4 addresses only")
    assert explained["network"] == ("", f"{network} has IPv4 addresses only")
    put(country, {"192.0.2.0/24": "AT", "2001:db8::/32": "JP"})
    hits = 5

    def country_of_the_next():
        nonlocal hits
        server.get(f"/?n={hits}", {"X-Forwarded-For": "2001:db8::1"})
        hits += 1
        server.wait_stored(hits)
        return server.sql("select country from slim_stats where resource = ?", f"/?n={hits - 1}")[0][0]
    wait_for(lambda: country_of_the_next() == "JP")
    assert len(server.our_lines()) == 2, server.our_lines()


def test_files_and_lists_of_the_state_directory_are_used_and_told_when_broken(make_server):
    server = make_server()
    start(server)
    assert explain(server, "192.0.2.7")["network"][1] == "there is no file of networks; see SlimStatsNetwork"
    put(server.state / "a-country.mmdb", {"192.0.2.0/24": "SE"})
    city = put(server.state / "z-city.mmdb", {"192.0.2.0/24": INNSBRUCK})
    network = put(server.state / "GeoLite2-ASN.mmdb", {"192.0.2.0/24": CLOUD})
    own = server.state / "hosting.tsv"
    own.write_text("# ours\npeople\tAS64496\tthe office's own machines\n")
    own.chmod(0o644)
    told = explain(server, "192.0.2.7")
    assert told["country"] == ("AT", str(city)) and told["network"] == ("AS64496", str(network))
    assert told["hosting"] == ("no", f"{own}, line 2")
    server.expect("networks-off")
    own.write_text("people\n")
    wait_for(lambda: server.status()["areas"]["networks"]["state"] == "networks-off")
    [line] = server.our_lines()
    assert f"{own}: line 1, column 1: needs the number of a network" in line, line
    own.unlink()
    wait_for(lambda: server.state_word() == "ok")
    assert "networks is well again" in server.our_lines()[-1]
    assert explain(server, "192.0.2.7")["hosting"][0] == "yes"
