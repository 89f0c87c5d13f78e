"""make install, uninstall and dist, on a machine without apxs."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSION = re.search(r'SLIM_VERSION "(.*)"', (ROOT / "mod_src/core/version.h").read_text())[1]


def make(*words, tree=ROOT):
    made = subprocess.run(["make", "--no-print-directory", "APXS=/there/is/no/apxs", *words], cwd=tree, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"})
    assert made.returncode == 0, made.stderr
    return made.stdout


@pytest.fixture
def prefix(request):
    """That of the build, or make would make it anew."""
    return (ROOT / request.config.getoption("--build") / "gen/prefix").read_text().strip()


@pytest.fixture
def built(request, tmp_path, prefix):
    return f"BUILD={request.config.getoption('--build')}", f"STAGE={tmp_path}/stage", f"PREFIX={prefix}"


@pytest.fixture
def root(tmp_path):
    return tmp_path / "root"


def files(top):
    return sorted("/" + str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir())


def installed(prefix, modules="/usr/lib/apache2/modules", settings=("/etc/apache2/mods-available/slimstats.load",
                                                                     "/etc/apache2/mods-available/slimstats.conf")):
    data = [path.name for pattern in ("*.tsv", "*.yaml", "*.txt", "*.json", "*.yml", "*.conf", "mail-report") for path in (ROOT / "conf").glob(pattern)]
    pages = [path.stem for path in (ROOT / "mod_src/manual").glob("*.md")]
    return sorted([f"{modules}/mod_slimstats.so", f"{prefix}/bin/slimstats", *settings, f"{prefix}/share/man/man1/slimstats.1",
                   *(f"{prefix}/share/man/man7/slimstats-{page}.7" for page in pages),
                   f"{prefix}/share/man/man8/mod_slimstats.8", *(f"{prefix}/share/slimstats/{name}" for name in data)])


def assert_they_name_their_paths(root, prefix):
    """Pages and settings, and the version."""
    for name, path in (("man/man7/slimstats-own-visits.7", "share/slimstats/slimstats.conf"), ("man/man1/slimstats.1", "share/slimstats/hosting.tsv"), ("man/man8/mod_slimstats.8", "bin/slimstats"),
                       ("slimstats/slimstats.conf", "bin/slimstats"), ("slimstats/owner.conf", "share/slimstats/owner.conf")):
        text = re.sub(r"\\f.", "", (root / f"{prefix[1:]}/share" / name).read_text())
        assert set(re.findall(rf"[\w/]*/{path}", text)) == {f"{prefix}/{path}"}
        assert "/man/" not in f"/{name}" or re.search(rf'^\.TH [\w\\-]+ \d "\d{{4}}-\d\d-\d\d" "mod_slimstats {VERSION}"', text, re.M)


def test_what_is_installed_is_removed_again(built, prefix, root):
    make(*built, "install", f"DESTDIR={root}")
    assert files(root) == installed(prefix)
    assert_they_name_their_paths(root, prefix)
    load = root / "etc/apache2/mods-available/slimstats.load"
    assert load.read_text() == "LoadModule slimstats_module /usr/lib/apache2/modules/mod_slimstats.so\n"
    enabled = root / "etc/apache2/mods-enabled"
    enabled.mkdir()
    (enabled / "slimstats.load").symlink_to("../mods-available/slimstats.load")
    make(*built, "uninstall", f"DESTDIR={root}")
    assert files(root) == []
    assert sorted(root.rglob("*")) == [root / "etc", root / "etc/apache2", enabled]  # the one that it did not make


def test_a_configuration_that_was_changed_is_left(built, root):
    make(*built, "install", f"DESTDIR={root}")
    conf = root / "etc/apache2/mods-available/slimstats.conf"
    conf.write_text("SlimStats Off\n")
    make(*built, "install", f"DESTDIR={root}")
    assert conf.read_text() == "SlimStats Off\n" and conf.with_suffix(".conf.new").exists()
    assert "kept" in make(*built, "uninstall", f"DESTDIR={root}")
    assert files(root) == ["/etc/apache2/mods-available/slimstats.conf"] and conf.read_text() == "SlimStats Off\n"


def test_the_manner_of_fedora(built, prefix, root):
    make(*built, "install", f"DESTDIR={root}", "MODULEDIR=/usr/lib64/httpd/modules", "CONFDIR=/etc/httpd/conf")
    assert files(root) == installed(prefix, modules="/usr/lib64/httpd/modules", settings=(
        "/etc/httpd/conf.modules.d/10-slimstats.conf", "/etc/httpd/conf.d/slimstats.conf"))
    make(*built, "uninstall", f"DESTDIR={root}", "MODULEDIR=/usr/lib64/httpd/modules", "CONFDIR=/etc/httpd/conf")
    assert list(root.iterdir()) == []


def test_elsewhere_the_line_for_httpd_conf_is_printed(built, prefix, root):
    told = make(*built, "install", f"DESTDIR={root}", "MODULEDIR=/opt/httpd/modules", "CONFDIR=/opt/httpd/conf")
    assert files(root) == installed(prefix, modules="/opt/httpd/modules", settings=())
    assert "LoadModule slimstats_module /opt/httpd/modules/mod_slimstats.so\n" in told


@pytest.mark.thorough
def test_the_tarball_has_the_same_bytes_wherever_it_is_made(tmp_path):
    def dist(tree, out):
        make("dist", f"BUILD={out}", tree=tree)
        name, = out.glob("*.tar.gz")
        assert (out / "SHA256SUMS").read_text().split()[1] == name.name == f"mod_slimstats-{VERSION}.tar.gz"
        subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=out, check=True)
        return name

    first = dist(ROOT, tmp_path / "first")
    shutil.unpack_archive(first, tmp_path / "other")
    other = tmp_path / "other" / f"mod_slimstats-{VERSION}"
    for path in other.rglob("*"):
        path.touch()  # as by an editor that writes all of them
    assert {"CHANGELOG.md", "LICENSE", "Makefile", "NOTICE", "README.md", "SECURITY.md", "conf", "mod_src", "sql", "tests"} \
        == {path.name for path in other.iterdir() if not path.name.startswith(".")}
    assert dist(other, other / "build").read_bytes() == first.read_bytes()
    check_that_the_manual_comes_with_it(other)


def check_that_the_manual_comes_with_it(tree):
    """What cmark-gfm makes is in the tarball for machines without it: the same bytes again."""
    made = tree / "mod_src/manual/made"
    for page in (ROOT / "mod_src/manual").glob("*.md"):
        for form, name in (("man", f"{page.stem}.7"), ("html", f"{page.stem}.html")):
            told = subprocess.run([tree / "mod_src/manual/make-page", form, tree / "mod_src/manual" / page.name], check=True, capture_output=True,
                                  env={**os.environ, "MARKDOWN": "/there/is/no/cmark"}).stdout
            assert told == (made / name).read_bytes() and len(told) > 500


def test_the_changelog_begins_with_this_version(build):
    head, = re.findall(rf"^## ({re.escape(VERSION)} \(\d{{4}}-\d\d-\d\d\))$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert (ROOT / "CHANGELOG.md").read_text().split("\n## ")[1].startswith(head)
    for part in (ROOT / "CHANGELOG.md").read_text().split("\n## ")[1:]:
        assert "\n### Numbers that change by this update\n" in part
    told = subprocess.run([build.command, "--version"], env=build.environment, capture_output=True, text=True, check=True).stdout
    assert told == f"slimstats {VERSION}\n"
