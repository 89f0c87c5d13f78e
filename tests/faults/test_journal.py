"""The journal is not what the store knows: its files are gone, older ones are in their place, or strangers' are there."""
import os
import shutil
import subprocess

import pytest

from injection import everything_is_stored_once, send
from slimhttpd import IS_ROOT, wait_for


def remove_segments(server, _):
    for path in (server.state / "journal").glob("*.journal"):
        path.unlink()


def put_back(server, older):
    shutil.rmtree(server.state / "journal")
    subprocess.run(["cp", "-a", older, server.state / "journal"], check=True)


@pytest.mark.fault("F56")
@pytest.mark.parametrize("lose", [remove_segments, put_back], ids=["files removed", "older directory put back"])
@pytest.mark.parametrize("fate", ["stays", "is killed"])
def test_what_comes_after_the_journal_was_lost_is_stored(server, tmp_path, lose, fate):
    send(server, 0, 10)
    server.wait_stored(10)
    server.stop()
    subprocess.run(["cp", "-a", server.state / "journal", tmp_path / "older"], check=True)
    server.start()
    send(server, 10, 60)
    server.wait_stored(70)
    server.stop()
    lose(server, tmp_path / "older")
    server.expect("the store is ahead of the journal", "the recorder, pid")
    server.start()
    send(server, 70, 20)
    if fate == "is killed":
        server.kill_recorder()
    send(server, 90, 20)
    everything_is_stored_once(server, 110)
    assert fate == "is killed" or any("goes on behind" in line for line in server.our_lines("warn"))


@pytest.mark.fault("F58")
@pytest.mark.parametrize("kind", ["fifo", "directory", "symlink", "socket"])
def test_strange_files_named_like_segments_are_set_aside(server, kind):
    send(server, 0, 5)
    server.wait_stored(5)
    server.stop()
    last = max((server.state / "journal").glob("*.journal"))
    strange = last.with_name(f"{int(last.stem, 16) + 1:016x}.journal")
    {"fifo": os.mkfifo, "directory": os.mkdir, "symlink": lambda p: p.symlink_to("/etc/passwd"),
     "socket": lambda p: os.mknod(p, 0o140600)}[kind](strange)
    server.start()
    send(server, 5, 5)
    everything_is_stored_once(server, 10)
    assert not strange.is_symlink() and not strange.exists() and os.path.lexists(strange.with_suffix(".foreign"))


@pytest.mark.fault("F56")
@pytest.mark.skipif(not IS_ROOT, reason="needs root: to take a file from httpd's user")
def test_a_segment_that_cannot_be_opened_is_waited_for(server):
    server.expect("journal-io", "store-denied")
    send(server, 0, 5)
    server.wait_stored(5)
    server.write_sql("create trigger deny before insert on hit begin select raise(abort, 'no'); end;")
    send(server, 5, 20)
    wait_for(lambda: server.ledger()["waiting"]["journal"] == 20)
    server.stop()
    segment = max((server.state / "journal").glob("*.journal"))
    os.chown(segment, 0, 0)
    segment.chmod(0o600)
    server.start()
    send(server, 25, 5)
    wait_for(lambda: server.status()["areas"]["journal"]["state"] == "journal-io", 10, "it is told")
    assert segment.exists() and not segment.with_suffix(".foreign").exists()
    shutil.chown(segment, "www-data", "www-data")
    server.write_sql("drop trigger deny")
    everything_is_stored_once(server, 30)


def newest_removed(server, _):
    max((server.state / "journal").glob("*.journal")).unlink()


def directory_removed(server, _):
    shutil.rmtree(server.state / "journal")


def older_journal(server, older):
    put_back(server, older / "journal")


def older_state(server, older):
    shutil.rmtree(server.state)
    subprocess.run(["cp", "-a", older, server.state], check=True)


def older_store(server, older):
    for path in server.state.glob("stats.db*"):
        path.unlink()
    subprocess.run(["cp", "-a", *older.glob("stats.db*"), server.state], check=True)


def settled(server):
    def quiet():
        ledger = server.ledger()
        return not any(ledger["waiting"].values()) and ledger["stored"] == server.count() and ledger["unaccounted"] == 0 and ledger
    return wait_for(quiet, 20, "nothing waits")


def assert_all_seen(server, sent):
    """What was sent is stored once, or counted as dropped since its journal is gone."""
    wait_for(lambda: server.ledger()["seen"] == sent, 20, f"{sent} are seen")
    ledger = settled(server)
    stored = server.stored_numbers()
    assert set(stored) <= set(range(sent)) and max(stored.values()) == 1
    assert ledger["seen"] == sent, ledger
    assert ledger["dropped"]["journal-gap"] == sum(ledger["dropped"].values()) == sent - len(stored), (ledger, len(stored))
    return ledger


@pytest.mark.fault("F18", "F56")
@pytest.mark.parametrize("lose", [newest_removed, pytest.param(remove_segments, marks=pytest.mark.thorough), directory_removed, older_journal,
                                  pytest.param(older_state, marks=pytest.mark.thorough), older_store])
@pytest.mark.parametrize("store", ["has some", pytest.param("has none", marks=pytest.mark.thorough)])
def test_what_vanished_with_the_journal_is_counted(make_server, tmp_path, lose, store):
    server = make_server(mpm="prefork")
    server.expect("store-denied", "the store is ahead of the journal", "that were in the journal came neither", "older than the journal's beginning")
    server.start()
    send(server, 0, 10)
    server.wait_stored(10)
    server.stop()
    subprocess.run(["cp", "-a", server.state, tmp_path / "older"], check=True)
    server.start()
    sent = 10
    if store == "has some":
        send(server, sent, 20)
        sent += 20
        server.wait_stored(sent)
    server.write_sql("create trigger deny before insert on hit begin select raise(abort, 'no'); end;")
    send(server, sent, 25)
    sent += 25
    wait_for(lambda: server.ledger()["waiting"]["journal"] == 25, 10, "they wait")
    server.stop()
    server.write_sql("drop trigger deny")
    lose(server, tmp_path / "older")
    server.start()
    assert_all_seen(server, sent)
    send(server, sent, 5)
    sent += 5
    assert set(range(sent - 5, sent)) <= set(wait_for(lambda: (now := server.stored_numbers()).get(sent - 1) and now, 20, "the last is stored"))
    assert_all_seen(server, sent)
    server.kill_recorder()  # what was counted once is not counted again
    server.expect("the recorder, pid")
    send(server, sent, 5)
    assert_all_seen(server, sent + 5)
    server.stop()
    server.start()
    assert_all_seen(server, sent + 5)


def frames_of(segment):
    """Offset, length and number of records of each."""
    content, at, found = segment.read_bytes(), 64, []
    while at < len(content):
        length, records = 72 + int.from_bytes(content[at + 4:at + 8], "little"), int.from_bytes(content[at + 24:at + 28], "little")
        found.append((at, length, records))
        at += length
    return found


def flip(path, *bits):
    with open(path, "r+b") as file:
        for bit in bits:
            file.seek(bit // 8)
            byte = file.read(1)[0]
            file.seek(bit // 8)
            file.write(bytes([byte ^ 1 << bit % 8]))


DAMAGE = {"a bit of the payload": [73 * 8 + 3], "its checksum": [8 * 8], "a bit of the header": [30 * 8 + 1],
          "its length": [6 * 8], "two bits of the header": [24 * 8, 40 * 8], "the mark, and the time": [2, 64 * 8 + 5, 65 * 8]}


@pytest.mark.fault("F52")
@pytest.mark.parametrize("which", [pytest.param("last", marks=pytest.mark.thorough), "middle"])
@pytest.mark.parametrize("ring", [pytest.param("stays", marks=pytest.mark.thorough), "is gone"])
def test_what_a_damaged_frame_held_is_counted(make_server, which, ring):
    """Over and over with other damage: seen stays what was sent, and what is not stored was dropped."""
    server = make_server(mpm="prefork")
    server.expect("store-denied", "is damaged", "that were in the journal came neither", "older than the journal's beginning")
    server.start()
    send(server, 0, 5)
    server.wait_stored(5)
    sent = 5
    for bits in DAMAGE.values():
        if ring == "is gone" and which == "last" and len(bits) > 1:
            continue  # nobody knows how many they were
        server.write_sql("create trigger deny before insert on hit begin select raise(abort, 'no'); end;")
        for _ in range(3):
            send(server, sent, 6)
            sent += 6
            wait_for(lambda: server.ledger()["seen"] == sent and server.ledger()["waiting"]["ring"] == 0)
        server.stop()
        server.write_sql("drop trigger deny")
        segment = max((server.state / "journal").glob("*.journal"))
        frames = [f for f in frames_of(segment) if f[2] > 0]
        at = frames[-1 if which == "last" else len(frames) // 2][0]
        flip(segment, *(at * 8 + bit for bit in bits))
        if ring == "is gone":
            (server.run / "slimstats.ring").unlink()
        server.start()
        wait_for(lambda: server.ledger()["seen"] == sent, 20, f"{sent} are seen")
        ledger = settled(server)
        assert ledger["seen"] == sent and ledger["stored"] + sum(ledger["dropped"].values()) == sent, (bits, ledger)
    assert 2 <= sum(ledger["dropped"].values()) <= 36
    assert any("is damaged" in line for line in server.our_lines("warn"))
