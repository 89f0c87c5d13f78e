"""File systems of a test's own: small, full, frozen, or gone."""
import fcntl
import os
import struct
import subprocess

import pytest

from slimhttpd import IS_ROOT, unmount

SHUTDOWN = 0x8004587D  # of ext4 and XFS: as if the power was cut
WITHOUT_FLUSHING = struct.pack("I", 2)


class Disk:
    """A file system in a file."""

    def __init__(self, base, name="disk", kind="ext4", mib=128, options="loop"):
        self.image, self.path = base / f"{name}-{os.getpid()}.img", base / f"{name}-{os.getpid()}"
        self.kind, self.options = kind, options
        self.path.mkdir()
        with open(self.image, "wb") as f:
            f.truncate(mib << 20)
        force = "-F" if kind == "ext4" else "-f"
        subprocess.run([f"mkfs.{kind}", "-q", force, str(self.image)], check=True, stdout=subprocess.DEVNULL)

    def mount(self):
        return subprocess.run(["mount", "-o", self.options, str(self.image), str(self.path)], capture_output=True, text=True)

    def umount(self):
        unmount(self.path)

    def leave(self):
        """Whoever has files open there keeps them; the path is free."""
        subprocess.run(["umount", "-l", str(self.path)], check=True)

    def cut(self):
        directory = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(directory, SHUTDOWN, WITHOUT_FLUSHING)
        finally:
            os.close(directory)

    @property
    def device(self):
        return subprocess.run(["findmnt", "-n", "-o", "SOURCE", str(self.path)], capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def make_disk(build):
    """Makes and mounts them; servers that use one must be made after the first was."""
    if not IS_ROOT:
        pytest.skip("needs root: mounts")
    disks = []

    def make(**options):
        one = Disk(build.base, f"disk{len(disks)}", **options)
        mounted = one.mount()
        if mounted.returncode:
            one.image.unlink()
            one.path.rmdir()
            pytest.skip("needs loop devices: " + mounted.stderr.strip())
        one.path.chmod(0o755)
        disks.append(one)
        return one
    yield make
    for one in disks:
        if os.path.ismount(one.path):
            one.umount()
        one.image.unlink()
        one.path.rmdir()


@pytest.fixture
def disk(make_disk):
    return make_disk()


@pytest.fixture
def make_tmpfs(build):
    """Small ones that httpd's user may write."""
    if not IS_ROOT:
        pytest.skip("needs root: mounts")
    paths = []

    def make(options="size=24m"):
        path = build.base / f"tmpfs{len(paths)}-{os.getpid()}"
        path.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"{options},uid=www-data,gid=www-data,mode=755", "tmpfs", str(path)],
                                 capture_output=True, text=True)
        if mounted.returncode:
            path.rmdir()
            pytest.skip("needs tmpfs mounts: " + mounted.stderr.strip())
        paths.append(path)
        return path
    yield make
    for path in paths:
        unmount(path)
        path.rmdir()


@pytest.fixture
def small_disk(make_tmpfs):
    """With room for what a test stores."""
    return make_tmpfs()


@pytest.fixture
def server_on_small_disk(small_disk, make_server):
    """It is stopped before its disk goes: fixtures end in the order they were asked for, backwards."""
    server = make_server(settings=f"SlimStatsStore sqlite:{small_disk}/stats.db")
    server.store = small_disk / "stats.db"
    return server
