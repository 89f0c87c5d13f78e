"""The power is cut: what no fsync had reached is gone from the disk, and all of the ring, which lay in memory. Of the hits
only those of the last interval may be lost; the rest is stored once, and the store is sound."""
import fcntl
import os
import random
import struct
import subprocess
import time

import pytest

from slimhttpd import IS_ROOT, Load, unmount, wait_for

EXT4_IOC_SHUTDOWN = 0x8004587D
WITHOUT_FLUSHING = struct.pack("I", 2)
SYNC_S = 1  # the default of SlimStatsSync
SLACK_S = 2  # for the threads of a busy machine


class Disk:
    """An ext4 of its own, in a file."""

    def __init__(self, base):
        self.image, self.path = base / f"disk-{os.getpid()}.img", base / f"disk-{os.getpid()}"
        self.path.mkdir()
        with open(self.image, "wb") as f:
            f.truncate(128 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(self.image)], check=True)

    def mount(self):
        return subprocess.run(["mount", "-o", "loop", str(self.image), str(self.path)], capture_output=True, text=True)

    def umount(self):
        unmount(self.path)

    def cut(self):
        directory = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(directory, EXT4_IOC_SHUTDOWN, WITHOUT_FLUSHING)
        finally:
            os.close(directory)


@pytest.fixture
def disk(build):
    if not IS_ROOT:
        pytest.skip("needs root: mounts")
    one = Disk(build.base)
    mounted = one.mount()
    if mounted.returncode:
        one.image.unlink()
        one.path.rmdir()
        pytest.skip("needs loop devices: " + mounted.stderr.strip())
    one.path.chmod(0o755)
    yield one
    one.umount()
    one.image.unlink()
    one.path.rmdir()


def load_until_cut(server, disk, seconds):
    """Numbers that had been answered a while before the cut, and how many hits the store showed then. On a busy machine
    the power stays until some have been."""
    samples = []

    def a_while_ago():
        return next((sample for sample in reversed(samples) if sample[0] < time.monotonic() - SYNC_S - SLACK_S), (0, 0, 0))
    with Load(server, pause=0.01, first=server.next_number) as load:
        end = time.monotonic() + seconds
        while time.monotonic() < end or a_while_ago()[1] <= 50 and time.monotonic() < end + 60:
            samples.append((time.monotonic(), len(load.answered), server.count()))
            time.sleep(0.02)
        _, answered, shown = a_while_ago()
        disk.cut()
        server.kill_all()
    server.next_number = load.next
    assert answered > 50
    return set(load.answered[:answered]), shown


def wait_until_all_is_loaded(server):
    """The journal is loaded in order: behind what was there before comes this hit."""
    server.next_number += 1
    server.get(f"/?n={server.next_number}")
    wait_for(lambda: server.next_number in server.stored_numbers(), 15, "all loaded")


def test_a_power_cut_costs_the_last_interval_at_most(disk, make_server, request):
    chance = random.Random(7)
    server = make_server(state=disk.path / "state", mpm="event")
    server.expect("journal-io", "store-io")  # of the moment between the cut and the kill
    server.next_number = 0
    must = set()
    for _ in range(request.config.getoption("--rounds")):
        server.start()
        wait_for(lambda: server.state_word() == "ok", 10, "well again")
        kept, shown = load_until_cut(server, disk, 3.5 + chance.random() * 2)
        must |= kept
        for ring in server.run.glob("slimstats.ring*"):
            ring.unlink()
        disk.umount()
        assert disk.mount().returncode == 0
        server.start()
        wait_until_all_is_loaded(server)
        stored = server.stored_numbers()
        assert not [n for n, times in stored.items() if times > 1]
        lost = must - set(stored)
        assert not lost, f"{len(lost)} of {len(must)}: {sorted(lost)[:10]}"
        assert server.count() >= shown
        assert server.cli("check").returncode == 0
        server.stop()
