"""Commands that make a file die at a random moment: its name leads to all of it, to what was there, or to nothing."""
import contextlib
import os
import random
import re
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from slimhttpd import IS_ROOT, wait_for

LINE = '192.0.2.{} - - [01/Oct/2026:{:02}:{:02}:{:02} +0000] "GET /page-{} HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n'
ROWS = 8000


@pytest.fixture(scope="module")
def filled(make_shared_server):
    """Commands only read it."""
    server = make_shared_server()
    server.start()
    log = server.dir / "old.log"
    log.write_text("".join(LINE.format(n % 250, n // 3600, n // 60 % 60, n % 60, n) for n in range(ROWS)))
    log.chmod(0o644)
    server.cli("import", str(log), check=0)
    server.stop()
    return server


def start(server, *arguments):
    return subprocess.Popen([server.build.command, arguments[0], "--store", f"sqlite:{server.store}", "--state",
                             server.state, *arguments[1:]], env=server.env, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def is_whole_store(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute("select count(*) from hit").fetchone()[0] == ROWS and \
            db.execute("pragma integrity_check").fetchone()[0] == "ok"


def is_whole_table(path):
    return len(path.read_text().splitlines()) == ROWS + 1


def is_whole_page(path):
    return path.read_text().rstrip().endswith("</html>")


COMMANDS = {"backup": (["backup"], is_whole_store), "export": (["export", "-o"], is_whole_table),
            "report": (["report", "--format", "html", "--since", "all", "-o"], is_whole_page)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_leaves_no_half_of_a_file(filled, tmp_path, name, request):
    words, is_whole = COMMANDS[name]
    path = tmp_path / "made"
    began = time.monotonic()
    filled.cli(*words, str(path), check=0)
    takes = time.monotonic() - began
    dice = random.Random(len(name))
    for _ in range(5 * request.config.getoption("--rounds")):
        path.unlink(missing_ok=True)
        process = start(filled, *words, path)
        time.sleep(dice.uniform(0, takes))
        process.kill()
        process.wait()
        assert not path.exists() or is_whole(path)
    path.unlink(missing_ok=True)
    wait_for(lambda: filled.cli(*words, str(path)).returncode == 0, 10, "nobody holds what was left")
    assert is_whole(path) and os.listdir(tmp_path) == ["made"]
    assert not list(filled.state.glob("*.carried")) and not list(filled.state.glob("*partial*"))


def test_a_killed_build_leaves_the_countries_as_they_were(filled, tmp_path, request):
    ranges = (f"{n * 65536},{n * 65536 + 65535},{'AT' if n % 2 else 'DE'}\n" for n in range(40000))
    (tmp_path / "geoip").write_text("# Generated: Thu, 01 Oct 2026 10:00:00 GMT\n" + "".join(ranges))
    (tmp_path / "geoip6").write_text("")
    path = tmp_path / "made.ranges"
    words = ["country", "build", "--from", str(tmp_path), "-o"]
    began = time.monotonic()
    filled.cli(*words, str(path), check=0)
    takes, whole = time.monotonic() - began, path.read_bytes()
    dice = random.Random(1)
    for _ in range(5 * request.config.getoption("--rounds")):
        path.write_text("as it was")
        process = start(filled, *words, path)
        time.sleep(dice.uniform(takes / 2, takes))
        process.kill()
        process.wait()
        assert path.read_bytes() in (b"as it was", whole)
    filled.cli(*words, str(path), check=0)
    assert path.read_bytes() == whole and sorted(os.listdir(tmp_path)) == ["geoip", "geoip6", "made.ranges"]


@pytest.mark.parametrize("name", ["export", "report"])
def test_an_interrupted_command_takes_its_file_away(filled, tmp_path, name):
    words, _ = COMMANDS[name]
    process = start(filled, *words, tmp_path / "made")
    wait_for(lambda: os.listdir(tmp_path) or process.poll() is not None, 10, "it begins")
    process.send_signal(signal.SIGINT)
    process.wait()
    wait_for(lambda: os.listdir(tmp_path) in ([], ["made"]), 10, "no part stays")


@pytest.mark.skipif(not IS_ROOT, reason="needs root: a command that becomes the store's owner")
@pytest.mark.parametrize("name", ["export", "report"])
def test_one_process_writes_a_file_and_is_root_no_longer_than_that_takes(filled, tmp_path, name):
    words, is_whole = COMMANDS[name]
    trace, path, owner = tmp_path / "trace", tmp_path / "made", filled.store.stat().st_uid
    subprocess.run(["strace", "-f", "-qq", "-o", trace, "-e", "trace=fork,vfork,clone,clone3,setresuid,renameat2",
                    filled.build.command, *words, path, "--store", f"sqlite:{filled.store}"],
                   env={**os.environ, **filled.env}, check=True, timeout=60)
    calls = [re.sub(r"^\d+ +", "", line) for line in trace.read_text().splitlines()]
    assert [call for call in calls if "resuid" in call or "rename" in call] == calls, "no other process"
    assert is_whole(path)
    numbers = [re.search(r"\((.*)\)", call)[1] if "resuid" in call else "named" for call in calls]
    assert numbers == [f"{owner}, {owner}, 0", "-1, 0, -1", "named", f"{owner}, {owner}, {owner}"]


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_no_file_is_written_as_it_is(filled, tmp_path, name):
    words, is_whole = COMMANDS[name]
    pipe, got, kept = tmp_path / "pipe", tmp_path / "got", tmp_path / "kept"
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.write_bytes(pipe.read_bytes()))
    reader.start()
    filled.cli(*words, str(pipe), check=0)
    reader.join()
    assert is_whole(got) and pipe.is_fifo()
    with open(kept, "wb") as out:
        subprocess.run([filled.build.command, *words, "/dev/stdout", "--store", f"sqlite:{filled.store}"], stdout=out,
                       env=filled.env, check=True, timeout=60)
    assert is_whole(kept)
    refused = filled.cli(*words, "/dev/full", check=2)
    assert "No space left" in refused.stderr


def test_a_device_is_no_place_for_countries(filled, tmp_path):
    (tmp_path / "geoip").write_text("1,2,AT\n")
    (tmp_path / "geoip6").write_text("")
    (tmp_path / "link").symlink_to("/dev/null")
    for path in ("/dev/null", tmp_path / "link"):
        refused = filled.cli("country", "build", "--from", str(tmp_path), "-o", str(path), check=2)
        assert "it is not a regular file" in refused.stderr
    assert (tmp_path / "link").is_symlink() and os.path.exists("/dev/null")
    assert "it is a directory" in filled.cli("country", "build", "--from", str(tmp_path), "-o", str(tmp_path),
                                             check=2).stderr


@pytest.mark.skipif(not IS_ROOT, reason="needs root: what is written by root, in a directory of somebody else")
def test_what_somebody_put_where_the_part_goes_is_not_written_into(filled, tmp_path):
    planted = tmp_path / "made.slimstats-partial"
    mine = tmp_path / "mine"
    mine.write_text("mine")
    for plant in (lambda: planted.symlink_to(mine), lambda: os.link(mine, planted), lambda: os.mkfifo(planted)):
        plant()
        filled.cli("export", "-o", str(tmp_path / "made"), check=0)
        assert mine.read_text() == "mine" and is_whole_table(tmp_path / "made") and not planted.exists()
        (tmp_path / "made").unlink()
