"""Fedora's package, built where Debian's rpmbuild is all there is: its files, its paths, its settings."""
import os
import re
import subprocess

import pytest

from box import ROOT


@pytest.fixture(scope="module")
def rpm(request, tmp_path_factory):
    top = tmp_path_factory.mktemp("rpm")
    make = ["make", "--no-print-directory", "-C", ROOT, f"BUILD={top}"]
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    subprocess.run([*make, "dist"], check=True, stdout=subprocess.DEVNULL, env=environment)
    tarball, = top.glob("*.tar.gz")
    version = tarball.name.removeprefix("mod_slimstats-").removesuffix(".tar.gz")
    done = subprocess.run([ROOT / "conf/package/rpm/build", top, tarball.name, version, "--nocheck"], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env=environment)  # the same programs were checked for Debian's package
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    assert (top / f"mod_slimstats-{version}-1.src.rpm").exists()
    return next(top.glob("mod_slimstats-[0-9]*.x86_64.rpm"), None) or next(top.glob("mod_slimstats-[0-9]*.[!s]*.rpm"))


def ask(rpm, *words):
    return subprocess.run(["rpm", "-qp", *words, rpm], check=True, capture_output=True, text=True).stdout


def test_files_are_where_fedora_has_them(rpm):
    files = set(ask(rpm, "--list").split())
    assert {"/usr/lib64/httpd/modules/mod_slimstats.so", "/etc/httpd/conf.modules.d/10-slimstats.conf", "/etc/httpd/conf.d/slimstats.conf",
            "/usr/bin/slimstats", "/usr/share/slimstats/robots.tsv"} <= files
    for page in ("man1/slimstats.1", "man8/mod_slimstats.8", "man7/slimstats-start.7"):
        assert [path for path in files if path.startswith(f"/usr/share/man/{page}")], page
    assert set(ask(rpm, "--configfiles").split()) == {"/etc/httpd/conf.modules.d/10-slimstats.conf", "/etc/httpd/conf.d/slimstats.conf"}
    assert not [path for path in files if "local" in path or "/apache2" in path or "mods-available" in path]
    assert re.search(r"^httpd-mmn = ", ask(rpm, "--requires"), re.M)


def test_what_is_in_it_names_fedoras_paths(rpm, tmp_path):
    subprocess.run(f"rpm2cpio {rpm} | cpio -id --quiet", shell=True, cwd=tmp_path, check=True)
    load = tmp_path / "etc/httpd/conf.modules.d/10-slimstats.conf"
    assert load.read_text() == "LoadModule slimstats_module /usr/lib64/httpd/modules/mod_slimstats.so\n"
    module = tmp_path / "usr/lib64/httpd/modules/mod_slimstats.so"
    assert b"/usr/bin/slimstats" in module.read_bytes()
    told = subprocess.run([tmp_path / "usr/bin/slimstats", "--version"], check=True, capture_output=True, text=True).stdout
    assert told.split()[1] in rpm.name
