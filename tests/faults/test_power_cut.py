"""The power is cut: what no fsync had reached is gone from the disk, and all of the ring, which lay in memory. Of the hits
only those of the last interval may be lost; the rest is stored once, and the store is sound."""
import os
import random
import struct
import subprocess
import time
from pathlib import Path

import pytest

from injection import give
from slimhttpd import Load, wait_for

SYNC_S = 1  # the default of SlimStatsSync
SLACK_S = 2  # for the threads of a busy machine


def load_until_cut(server, disks, seconds):
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
        for disk in disks:
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


def cut_again_and_again(server, disks, rounds):
    chance = random.Random(7)
    server.expect("journal-io", "store-io", "ckpt-failing")  # of the moment between the cut and the kill
    server.expect("the store is ahead of the journal")  # its disk had power for a moment longer
    server.next_number = 0
    must = set()
    for _ in range(rounds):
        server.start()
        wait_for(lambda: server.state_word() == "ok", 10, "well again")
        kept, shown = load_until_cut(server, disks, 3.5 + chance.random() * 2)
        must |= kept
        for ring in server.run.glob("slimstats.ring*"):
            ring.unlink()
        for disk in disks:
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


@pytest.mark.fault("F61")
def test_a_power_cut_costs_the_last_interval_at_most(disk, make_server, request):
    server = make_server(state=disk.path / "state", mpm="event")
    cut_again_and_again(server, [disk], request.config.getoption("--rounds"))


@pytest.mark.fault("F61")
@pytest.mark.thorough
@pytest.mark.parametrize("kinds", [["xfs"], ["ext4", "ext4"], ["ext4", "xfs"]], ids=["XFS", "two disks", "two kinds"])
def test_a_power_cut_of_other_disks_costs_no_more(make_disk, make_server, request, kinds):
    """Journal and store on two of them have their power cut one after the other."""
    disks = [make_disk(kind=kind, mib=320) for kind in kinds]
    place = disks[-1].path / "place"
    place.mkdir()
    give(place)
    server = make_server(state=disks[0].path / "state", settings=f"SlimStatsStore sqlite:{place}/stats.db\nSlimStatsJournalLimit 1M")
    server.store = place / "stats.db"
    cut_again_and_again(server, disks, request.config.getoption("--rounds"))


# --- without a disk: each write that no fsync had reached is kept, lost or garbled ---

ENTRY = struct.Struct("<III4xQQQ")  # of unsynced.c
WRITTEN, SYNCED, CUT, SYNC_BEGINS = 1, 2, 3, 4


def unsynced_writes(log):
    """Of each file: offset, length, size before, and the bytes before, in their order."""
    content, at, pending, begun = log.read_bytes(), 0, {}, {}
    while at + ENTRY.size <= len(content):
        kind, path_length, before_length, offset, length, size = ENTRY.unpack_from(content, at)
        at += ENTRY.size
        path = content[at:at + path_length].decode()
        before = content[at + path_length:at + path_length + before_length]
        at += path_length + before_length
        writes = pending.setdefault(path, [])
        if kind == WRITTEN:
            writes.append((offset, length, size, before))
        elif kind == SYNC_BEGINS:
            begun[path] = len(writes)
        elif kind == SYNCED:
            del writes[:begun.get(path, 0)]
            begun[path] = 0
    return pending


def settle_fates(pending, chance):
    """Backwards, as what a later write found may be an earlier one's."""
    lost = garbled = 0
    for path, writes in pending.items():
        if not os.path.isfile(path):
            continue
        with open(path, "r+b") as file:
            for offset, length, size, before in reversed(writes):
                fate = chance.choice(["kept", "lost", "garbled"])
                if fate == "lost":
                    at_end = os.fstat(file.fileno()).st_size == offset + length > size
                    file.seek(offset)
                    file.write(before + bytes(max(0, length - len(before))))
                    if at_end:
                        file.truncate(size)
                    lost += 1
                elif fate == "garbled":
                    file.seek(offset + chance.randrange(length))
                    file.write(chance.randbytes(min(512, offset + length - file.tell())))
                    garbled += 1
                file.flush()
    return lost, garbled


@pytest.mark.fault("F62")
@pytest.mark.thorough
def test_writes_that_were_not_synced_reach_the_disk_in_any_order(make_server, build, tmp_path, request):
    """Each cut is tried with many fates of the same writes."""
    shim = build.base / "unsynced.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", shim, Path(__file__).with_name("unsynced.c")], check=True)
    server = make_server(settings="SlimStatsJournalLimit 1M")
    server.expect("is damaged", "store-", "that were in the journal came neither", "the store is ahead of the journal",
                  "older than the journal's beginning", "the recorder, pid", "AH00060", "exit signal")
    log, script = server.dir / "unsynced.log", server.dir / "watched"
    script.write_text(f'#!/bin/sh\nexport LD_PRELOAD={shim} SLIM_UNSYNCED_LOG={log} SLIM_UNSYNCED_BELOW={server.state}/\n'
                      f'exec {server.build.command} "$@"\n')
    script.chmod(0o755)
    kept, server.next_number, chance, touched = tmp_path / "kept", 0, random.Random(62), 0
    for _ in range(request.config.getoption("--rounds")):
        log.unlink(missing_ok=True)
        log.touch()
        log.chmod(0o666)
        server.write_config(settings=f"SlimStatsJournalLimit 1M\nSlimStatsRecorder {script}")
        server.start()
        wait_for(lambda: server.state_word() == "ok", 10, "well again")
        must, shown = load_until_cut(server, [], 4 + chance.random() * 2)
        pending = unsynced_writes(log)
        for ring in server.run.glob("slimstats.ring*"):
            ring.unlink()
        server.store.with_name("stats.db-shm").unlink(missing_ok=True)
        subprocess.run(["rm", "-rf", kept], check=True)
        subprocess.run(["cp", "-a", server.state, kept], check=True)
        server.write_config(settings="SlimStatsJournalLimit 1M")
        for seed in range(8):
            subprocess.run(["rm", "-rf", server.state], check=True)
            subprocess.run(["cp", "-a", kept, server.state], check=True)
            lost, garbled = settle_fates(pending, random.Random(seed))
            touched += lost + garbled
            server.start()
            wait_until_all_is_loaded(server)
            stored = server.stored_numbers()
            assert max(stored.values()) == 1
            assert must <= set(stored), f"seed {seed}: {sorted(must - set(stored))[:10]} of {len(must)}"
            assert server.count() >= shown and server.cli("check").returncode == 0
            server.stop()
            for ring in server.run.glob("slimstats.ring*"):
                ring.unlink()
    assert touched > 0
