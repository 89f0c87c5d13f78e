"""Debian's package, installed in a small Debian: by itself it records; it is upgraded and removed under traffic, and purged
without a trace."""
import json
import re
import shutil
import subprocess
from collections import Counter

import pytest

from box import ROOT, Box
from slimhttpd import wait_for

STATE, CONF = "/var/lib/slimstats", "/etc/apache2/mods-available/slimstats.conf"

# What dpkg, apt and httpd keep for themselves whatever was installed.
OTHERS = ("/var/lib/dpkg/", "/var/log/", "/var/cache/", "/tmp/", "/root/", "/run/", "/var/lib/apache2/module/")


@pytest.fixture(scope="module")
def package(made):
    found, = made.glob("libapache2-mod-slimstats_*.deb")
    return found


@pytest.fixture(scope="module")
def next_package(folder, package, tmp_path_factory):
    """The same program as another version, with another configuration."""
    tree = tmp_path_factory.mktemp("deb") / "tree"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^(Version: .*)$", r"\1+next", control.read_text(), flags=re.M))
    conf = tree / CONF[1:]
    conf.write_text(conf.read_text() + "# The next version's.\n")
    made = tree.parent / re.sub(r"_([^_]*)_", r"_\1+next_", package.name)
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, made], check=True, stdout=subprocess.DEVNULL)
    return made


@pytest.fixture
def box(folder, request):
    one = Box(folder / "packages", re.sub(r"\W", "_", request.node.name))
    yield one
    one.close()


@pytest.fixture
def serving(box, package):
    """A site that was there before the package."""
    box.run("apache2ctl", "start")
    box.before = box.files(*OTHERS)
    box.install(package)
    wait_for(lambda: answers(box), 20, "httpd answers")
    return box


def answers(box, path="", port=80):
    return "200" == box.run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"http://localhost:{port}/{path}", check=False)


def stored(box, state=STATE):
    """How often each page was stored."""
    lines = box.run("slimstats", "export", "--since", "2d", "--format", "jsonl", "--store", f"sqlite:{state}/stats.db", check=False)
    return Counter(json.loads(line)["resource"] for line in lines.splitlines() if line.startswith("{"))


def settled(box, *words):
    """The ledger, once nothing waits."""
    def ledger():
        found = box.status(*words)["ledger"]
        return found if found["waiting"] == {"ring": 0, "journal": 0} and found["stored"] else None
    return wait_for(ledger, 30, "all hits are stored")


def assert_it_adds_up(box, traffic, starts):
    """Each page was stored once, and no other; of a start of httpd one hit a connection may be gone."""
    ledger = settled(box)
    assert ledger["unaccounted"] == 0 and not any(ledger["dropped"].values())
    assert ledger["seen"] == ledger["stored"] + sum(ledger["excluded"].values())
    pages = Counter({page: n for page, n in stored(box).items() if "?" in page})
    assert traffic["others"] == [] and max(pages.values()) == 1
    assert set(pages) <= set(traffic["asked"])
    assert len(set(traffic["answered"]) - set(pages)) <= 2 * starts
    return pages


def test_readmes_words_install_it(box, package):
    """Word for word, but that what apt would fetch is there already, and that it does not ask."""
    section = (ROOT / "README.md").read_text().split("\n## Install\n")[1].split("\n## ")[0]
    make, install = [line.split("  ")[0] for line in re.search(r"\n\n((?:    .*\n)+)", section)[1].replace("\n    ", "\n").strip().split("\n")]
    assert make == "make deb"
    (box.root / "etc/apt/apt.conf.d/test").write_text('APT::Get::Assume-Yes "true";\nAPT::Install-Recommends "false";\n')
    (box.root / "root/tree/build").mkdir(parents=True)
    shutil.copy(package, box.root / "root/tree/build")
    box.run("sh", "-c", f"cd /root/tree && {install}")
    wait_for(lambda: answers(box), 20, "httpd answers")
    assert answers(box, "slimstats/")
    wait_for(lambda: stored(box), 30, "a hit")


def test_a_hit_is_served_and_reported(serving):
    """The test that comes with the package; and a directory of root's, as an admin makes it, is httpd's user's."""
    script = "/root/hit"
    shutil.copy(ROOT / "conf/package/debian/tests/hit", f"{serving.root}{script}")
    serving.run(script)
    serving.run("apache2ctl", "stop")
    wait_for(lambda: not serving.run("pidof", "apache2", "slimstats", check=False), 30, "the end of httpd and of the recorder")
    shutil.rmtree(f"{serving.root}{STATE}")
    (serving.root / STATE[1:]).mkdir(mode=0o755)
    serving.run(script)
    assert serving.run("stat", "-c", "%U %a", STATE) == "www-data 700\n"


def test_an_upgrade_under_traffic_keeps_hits_and_configuration(serving, next_package):
    conf = (serving.root / CONF[1:])
    conf.write_text(conf.read_text().replace("#SlimStatsSync 1\n", "SlimStatsSync 2\n"))
    with serving.visitors("old") as old:
        wait_for(lambda: sum(stored(serving).values()) > 50, 60, "hits of the old version")
        serving.install(next_package)
        had = sum(stored(serving).values())
        wait_for(lambda: sum(stored(serving).values()) > had + 50, 60, "hits of the next version")
    assert "SlimStatsSync 2" in conf.read_text() and "next version" not in conf.read_text()
    assert "+next" in serving.run("dpkg-query", "-W", "libapache2-mod-slimstats")
    assert_it_adds_up(serving, old, starts=1)
    serving.run("slimstats", "check")


def test_removed_under_traffic_and_purged_without_a_trace(serving):
    with serving.visitors("before") as visits:
        wait_for(lambda: sum(stored(serving).values()) > 50, 60, "hits")
        serving.run("dpkg", "-r", "libapache2-mod-slimstats")
        wait_for(lambda: answers(serving, "index.html"), 20, "httpd answers")
    assert visits["others"] == [] and answers(serving, "index.html")
    assert not serving.run("pidof", "slimstats", check=False)
    assert (serving.root / STATE[1:] / "stats.db").exists() and (serving.root / CONF[1:]).exists()
    serving.run("dpkg", "-P", "libapache2-mod-slimstats")
    assert serving.files(*OTHERS) == serving.before
    left = serving.run("find", "/run", "/var", "/etc", "/usr", "/tmp", "-path", "/var/lib/dpkg", "-prune", "-o", "-name", "*slimstats*", "-print")
    assert left == ""
    assert answers(serving, "index.html")


def test_what_an_admin_disabled_stays_so(serving, next_package):
    serving.run("a2dismod", "-q", "slimstats")
    serving.install(next_package)
    assert not (serving.root / "etc/apache2/mods-enabled/slimstats.load").exists()


def test_further_instances_have_statistics_of_their_own(serving):
    serving.run("sh", "/usr/share/doc/apache2/examples/setup-instance", "web2")
    ports = serving.root / "etc/apache2-web2/ports.conf"
    ports.write_text("Listen 8002\n")
    serving.run("apache2ctl-web2", "start")
    wait_for(lambda: answers(serving, "index.html?two", 8002), 20, "the further instance answers")
    assert answers(serving, "index.html?one")
    for state, page in ((STATE, "one"), (f"{STATE}-web2", "two")):
        where = ("--state", state, "--store", f"sqlite:{state}/stats.db")
        assert settled(serving, *where)["unaccounted"] == 0
        assert {name for name in stored(serving, state) if "?" in name} == {f"/index.html?{page}"}
        assert serving.status(*where)["state"] == "ok"
    assert serving.run("sh", "-c", "ls /run/apache2*/slimstats.ring") == "/run/apache2-web2/slimstats.ring\n/run/apache2/slimstats.ring\n"
    assert len(serving.run("pidof", "slimstats").split()) == 2
    serving.run("apache2ctl-web2", "stop")
    wait_for(lambda: len(serving.run("pidof", "slimstats").split()) == 1, 30, "the recorder of the further instance ends")
    serving.run("dpkg", "-P", "libapache2-mod-slimstats")
    assert serving.run("sh", "-c", "ls -d /var/lib/slimstats* /run/apache2*/slimstats*", check=False).count("No such file") == 2


def test_lintian_finds_nothing(made):
    changes, = made.glob("mod-slimstats_*.changes")
    found = subprocess.run(["lintian", "-EviIL", "+pedantic", changes], capture_output=True, text=True)
    tags = [line for line in found.stdout.splitlines() if re.match(r"[EWIPX]: ", line)]
    assert tags == [] and found.returncode == 0, found.stdout
