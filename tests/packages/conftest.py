"""What the tests of packages share: the packages."""
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from box import ROOT

NOBODY = 65534


@pytest.fixture(scope="session")
def folder(request):
    return ROOT / request.config.getoption("--build")


@pytest.fixture(scope="session")
def made(folder):
    """Where the packages are: made of the tarball, by a user who is nobody, without a network. SLIM_PACKAGES: made already."""
    if os.environ.get("SLIM_PACKAGES"):
        yield ROOT / os.environ["SLIM_PACKAGES"]
        return
    home = Path(tempfile.mkdtemp(prefix="slimstats-deb-"))
    home.chmod(0o755)
    make = ["make", "--no-print-directory", "-C"]
    subprocess.run([*make, ROOT, "dist", f"BUILD={home}"], check=True, stdout=subprocess.DEVNULL)
    tarball, = home.glob("*.tar.gz")
    shutil.unpack_archive(tarball, home)
    tree = home / tarball.name.removesuffix(".tar.gz")
    for path in (home, *home.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    nobody = ["unshare", "--net", "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "env", "-u", "MAKEFLAGS", f"HOME={home}",
              f"TMPDIR={home}"]
    log = folder / "packages/deb.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as out:
        assert subprocess.run([*nobody, *make, tree, "deb", "BUILD=build"], stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL).returncode == 0, log
    assert re.search(r"^unit tests: \d{3,} passed, 0 failed$", log.read_text(), re.M)
    yield tree / "build"
    shutil.rmtree(home)
