"""One Chromium for all tests of the page, and a server with a small site's visits."""
import shutil
import tempfile
import time

import pytest

import mmdb
import site_log
from browser import Browser
from slimhttpd import Server, now


@pytest.fixture(scope="session")
def chromium():
    profile = tempfile.mkdtemp(prefix="slimstats-chromium-")
    one = Browser(profile)
    yield one
    one.quit()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
def page(chromium):
    """The browser as a new tab would be; the page may not complain."""
    chromium.size(1440)
    chromium.scheme("light")
    chromium.logs()
    chromium.requests()
    yield chromium
    chromium.leave()


def from_gibraltar(second):
    """A visit from a territory that is too small for a shape on the map."""
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second))
    return f'203.0.113.7 - - [{stamp}] "GET / HTTP/1.1" 200 3000 "-" "{site_log.BROWSERS[0]}"'


TYROL = {"country": {"iso_code": "AT"}, "subdivisions": [{"names": {"en": "Tyrol"}}], "city": {"names": {"en": "Imst"}}}


@pytest.fixture(scope="session")
def visited(build):
    """A server whose store holds five weeks of a small site; nobody changes it."""
    country, network = build.base / "country.mmdb", build.base / "network.mmdb"
    mmdb.write(country, {n: TYROL if code == "AT" else code for n, code in site_log.NETWORKS.items()} | {"203.0.113.0/24": "GI"})
    mmdb.write(network, {"198.18.0.0/15": {"autonomous_system_number": 64496, "autonomous_system_organization": "Example Net"}})
    for path in (country, network):
        path.chmod(0o644)
    server = Server(build, "visited", settings=f"SlimStatsCountry {country}\nSlimStatsNetwork {network}", config="<Location /stats>\nSlimStats Off\n</Location>")
    log = server.dir / "old.log"
    log.write_text("\n".join(site_log.lines(35, now()) + [from_gibraltar(now() - 3 * 86400)]) + "\n")
    with server.running():
        server.cli("import", "--site", "localhost", str(log), check=0)
        yield server
