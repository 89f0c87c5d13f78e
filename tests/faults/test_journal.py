"""The journal is not what the store knows: its files are gone, older ones are in their place, or strangers' are there."""
import os
import shutil
import subprocess

import pytest

from slimhttpd import IS_ROOT, wait_for


def send(server, first, count):
    for n in range(first, first + count):
        assert server.get(f"/?n={n}")[0] == 200


def everything_is_stored_once(server, count):
    server.wait_stored(count)
    assert server.stored_numbers() == {n: 1 for n in range(count)}
    wait_for(lambda: (now := server.ledger())["stored"] == count and not any(now["waiting"].values()) and now["unaccounted"] == 0)


def remove_segments(server, _):
    for path in (server.state / "journal").glob("*.journal"):
        path.unlink()


def put_back(server, older):
    shutil.rmtree(server.state / "journal")
    subprocess.run(["cp", "-a", older, server.state / "journal"], check=True)


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
