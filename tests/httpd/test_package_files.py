"""The files of packages fit the tree: what has to be built and run is built in tests/packages."""
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "conf/package"
CONTROL = (PACKAGE / "debian/control").read_text()
SPEC = (PACKAGE / "rpm/mod_slimstats.spec").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
VERSION = re.search(r'SLIM_VERSION "(.*)"', (ROOT / "mod_src/core/version.h").read_text())[1]


def test_the_version_stands_in_one_place():
    written = [str(path.relative_to(ROOT)) for path in [*PACKAGE.rglob("*"), ROOT / "Makefile"]
               if path.is_file() and re.search(rf"(?<![\d.]){re.escape(VERSION)}(?![\d.])", path.read_text())]
    assert written == []


def test_packages_ask_for_each_library():
    """pkg-config's name, and that of Debian's package."""
    libraries = re.search(r"^LIBRARIES := (.*)$", MAKEFILE, re.M)[1].split()
    asked = set(re.findall(r"^BuildRequires: +pkgconfig\((.*)\)$", SPEC, re.M))
    assert set(libraries) <= asked
    needed = re.search(r"^BUILD_PACKAGES := ((?:.*\\\n)*.*)$", MAKEFILE, re.M)[1].replace("\\\n", " ").split()
    depends = set(re.findall(r"^ ([a-z0-9-]+)", CONTROL.split("Build-Depends:")[1].split("\nStandards")[0], re.M))
    always = {"gcc", "make", "apache2-bin"}  # build-essential, and what apache2-dev depends on
    assert set(needed) - always <= depends


def test_debians_files_name_what_is_installed():
    lines = (PACKAGE / "debian/libapache2-mod-slimstats.apache2").read_text().split("\n")
    assert {os.path.basename(line) for line in lines} == {"", "mod_slimstats.so", "slimstats.load", "slimstats.conf"}
    assert os.access(PACKAGE / "debian/rules", os.X_OK) and "dh $@ --with apache2" in (PACKAGE / "debian/rules").read_text()
    ring = re.search(r'ap_runtime_dir_relative\(pconf, "(.*)"\)', (ROOT / "mod_src/httpd/ring_file.c").read_text())[1]
    assert f"/run/apache2/{ring}*" in (PACKAGE / "debian/libapache2-mod-slimstats.postrm").read_text()
    assert f"/run/httpd/{ring}*" in SPEC


def test_each_installed_file_is_in_the_rpm():
    files = SPEC.split("%files\n")[1]
    for name in ("mod_slimstats.so", "10-slimstats.conf", "%{_httpd_confdir}/slimstats.conf", "%{_bindir}/slimstats", "%{_datadir}/slimstats/",
                 "slimstats.1*", "mod_slimstats.8*", "LICENSE", "NOTICE"):
        assert name in files


@pytest.mark.parametrize("script", [path for path in PACKAGE.rglob("*") if path.is_file() and path.read_text().startswith("#!/bin/sh")],
                         ids=lambda path: path.name)
def test_scripts_can_be_read_by_a_shell(script):
    subprocess.run(["sh", "-n", script], check=True)


def test_the_container_is_nobodys_and_says_how_it_is():
    recipe = (PACKAGE / "container/Containerfile").read_text()
    assert re.search(r"^USER www-data$", recipe, re.M) and re.search(r"^VOLUME /var/lib/slimstats$", recipe, re.M)
    assert re.search(r'^HEALTHCHECK .*CMD \["slimstats", "status"\]$', recipe, re.M)


def test_what_only_linux_has_is_behind_one_header():
    linux = re.compile(r"\b(prctl|syscall|fallocate|renameat2|malloc_trim|CLOCK_BOOTTIME|SYS_\w+|__linux__|__GLIBC__)\b|/proc/")
    without_comments = re.compile(r"/\*.*?\*/", re.DOTALL)
    found = {str(path.relative_to(ROOT / "mod_src")) for path in (ROOT / "mod_src").rglob("*.[ch]")
             if linux.search(without_comments.sub("", path.read_text()))}
    assert found == {"core/platform.h"}
