"""Where the C library is musl, as in Alpine: each file compiles with its headers."""
import subprocess
from pathlib import Path

from box import ROOT

SYSTEM = Path("/usr/include")
LIBRARIES = ("sqlite3.h", "maxminddb.h", "maxminddb_config.h", "pcre2.h", "yaml.h", "jansson.h", "jansson_config.h", "zlib.h", "zconf.h", "xxhash.h",
             "nettle", "curses.h", "ncurses_dll.h", "unctrl.h", "apr-1.0", "apache2")


def test_each_file_compiles_with_musls_headers(tmp_path):
    multiarch = SYSTEM / subprocess.run(["gcc", "-print-multiarch"], check=True, capture_output=True, text=True).stdout.strip()
    for name in LIBRARIES:
        (tmp_path / name).symlink_to(next(folder / name for folder in (multiarch, SYSTEM) if (folder / name).exists()))
    sources = sorted((ROOT / "mod_src").rglob("*.c"))
    done = subprocess.run(["musl-gcc", "-std=gnu11", "-fsyntax-only", "-D_GNU_SOURCE", '-DSLIM_BINDIR="/usr/bin"', '-DSLIM_DATADIR="/usr/share/slimstats"',
                           f"-I{ROOT}/mod_src", "-isystem", tmp_path, "-isystem", tmp_path / "apr-1.0", "-isystem", tmp_path / "apache2", "-Wall",
                           "-Werror=implicit-function-declaration", *sources], capture_output=True, text=True)
    assert done.returncode == 0 and "warning" not in done.stderr, done.stderr
