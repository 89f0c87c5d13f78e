"""A small system of Debian's in a directory, with processes, network and mounts of its own: to install packages in."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import zlib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGES = ["apache2", "curl", "procps", "uap-core", "tzdata", "libsqlite3-0", "libmaxminddb0", "libpcre2-8-0", "libyaml-0-2", "libjansson4",
            "libnettle8", "zlib1g", "libapr1", "libaprutil1"]


def base(folder):
    """The system as it is before anything is installed: made anew when it is a month old, or has other packages."""
    archive = folder / f"base-{zlib.crc32(' '.join(PACKAGES).encode()):08x}.tar"
    if not archive.exists() or time.time() - archive.stat().st_mtime > 30 * 86400:
        folder.mkdir(parents=True, exist_ok=True)
        sources = [path for path in (Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d/debian.sources")) if path.exists()]
        subprocess.run(["mmdebstrap", "--quiet", "--format=tar", "--variant=minbase", f"--include={','.join(PACKAGES)}", "bookworm",
                        f"{archive}.new", *map(str, sources)], check=True)
        os.rename(f"{archive}.new", archive)
    return archive


class Box:
    def __init__(self, folder, name):
        self.root = folder / name
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        self.root.chmod(0o755)
        subprocess.run(["tar", "-xf", base(folder), "-C", self.root], check=True)
        (self.root / "etc/apache2/conf-enabled/name.conf").write_text("ServerName localhost\n")
        policy = self.root / "usr/sbin/policy-rc.d"  # without an init, packages start services when they are told that they may
        policy.write_text("#!/bin/sh\nexit 0\n")
        policy.chmod(0o755)
        self.first = subprocess.Popen(["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child", sys.executable,
                                       HERE / "inside.py", self.root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.first.stdout.readline() == "ready\n"
        self.pid = int(Path(f"/proc/{self.first.pid}/task/{self.first.pid}/children").read_text().split()[0])

    def close(self):
        self.first.stdin.close()
        self.first.wait()
        shutil.rmtree(self.root)

    def run(self, *words, check=True, network=False, **environment):
        """What a command says, with what it says of errors; network: the machine's, to fetch packages."""
        done = subprocess.run(["nsenter", f"--target={self.pid}", "--mount", "--pid", *([] if network else ["--net"]), "--ipc", "--uts", "--root", "--wd",
                               "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root",
                               "DEBIAN_FRONTEND=noninteractive", *(f"{name}={value}" for name, value in environment.items()), *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert not check or done.returncode == 0, f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def install(self, package):
        """As apt would, but that all it needs is there."""
        shutil.copy(package, self.root / "root" / package.name)
        return self.run("dpkg", "--force-confdef", "--force-confold", "-i", f"/root/{package.name}")

    @contextlib.contextmanager
    def visitors(self, name, port=80):
        """Traffic, as long as the block runs; afterwards what became of it stands in the dictionary that it gave."""
        told = {}
        process = subprocess.Popen(["nsenter", f"--target={self.pid}", "--net", sys.executable, HERE / "visitor.py", str(port), name],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            yield told
        finally:
            told.update(json.loads(process.communicate()[0]))

    def status(self, *words):
        return json.loads(self.run("slimstats", "status", "--json", *words, check=False))

    def files(self, *left_out):
        """All paths below the root, but for those that are somebody else's."""
        found = set()
        for folder, names, files in os.walk(self.root):
            here = "/" + os.path.relpath(folder, self.root) if folder != str(self.root) else ""
            names[:] = [name for name in names if f"{here}/{name}" not in ("/proc", "/dev", "/sys")]
            found |= {f"{here}/{name}" for name in names + files}
        return {path for path in found if not path.startswith(left_out)}
