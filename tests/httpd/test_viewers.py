"""Many people look at the dashboard at once, with the questions that cost most, while others visit the site."""
import contextlib
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import viewers
from injection import traced
from slimhttpd import Load, assert_visitor_saw_nothing, wait_for

TRAFFIC = Path(__file__).parents[1] / "bench/traffic_log.py"


@pytest.mark.thorough
def test_fifty_viewers_get_an_answer_or_are_told_when_to_come_again(make_server, mpm):
    """Nobody waits for ever or is sent away without a word; a child stays small, and visitors notice nothing."""
    server = make_server(mpm=mpm, config=viewers.SETTINGS[mpm] + "\nKeepAlive Off\n<Location /stats>\nSlimStats Off\n</Location>")
    server.expect("AH00287", "AH00161", "AH10159")  # that there are no more workers, or few
    server.start()
    log = server.dir / "made.log"
    with open(log, "w") as out:
        subprocess.run([sys.executable, TRAFFIC, "100000", "30", "3", "1"], stdout=out, check=True)
    server.cli("import", "--format", "vhost_combined", str(log), check=0)
    with Load(server, pause=0.01) as load, viewers.MemoryWatch(server.children()) as memory, viewers.Crowd(server.port, viewers.WORST) as crowd:
        wait_for(lambda: crowd.with_status(200, 400) >= 20 and crowd.with_status(503) >= 100, 60, "questions are answered")
        load.go_on(100)
    assert not crowd.failed and not crowd.untold, (crowd.failed[:3], crowd.untold[:3])
    assert crowd.with_status(200, 400, 503) == sum(crowd.answers.values()), crowd.answers
    assert_visitor_saw_nothing(load)
    assert memory.most <= 64 << 20, f"{memory.most / 2**20:.0f} MiB"


@pytest.mark.thorough
def test_a_question_out_of_time_is_called_that(make_server):
    """It is no fault of the store, and nobody else's lock: API and log say what it is, and the state is what it was. The disk is a slow
    one, so that no machine is too fast."""
    server = make_server(mpm="prefork", log_level="info", config="StartServers 1\nMinSpareServers 1\nMaxSpareServers 1\nMaxRequestWorkers 1")
    server.expect("AH00161")
    server.start()
    log = server.dir / "made.log"
    with open(log, "w") as out:
        subprocess.run([sys.executable, TRAFFIC, "100000", "30", "3", "1"], stdout=out, check=True)
    server.cli("import", "--format", "vhost_combined", str(log), check=0)
    [child] = server.children()
    with traced(child, "pread64:delay_enter=2000"):
        status, headers, body = server.get(viewers.ENDLESS)
    assert (status, json.loads(body)["error"]) == (503, "the report takes too long: ask for less"), body
    assert dict(headers)["Retry-After"]
    told = [line for line in server.log_lines() if "slimstats:" in line]
    assert not any("busy" in line for line in told), told
    assert any("took longer than" in line for line in told), told
    assert server.state_word() == "ok"


def threads_of(server):
    """Priority of each thread of each child; 0 is that of all that serves visitors."""
    found = []
    for pid in server.children():
        for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
            with contextlib.suppress(OSError):
                found.append(int(stat.read_text().rsplit(")", 1)[1].split()[16]))
    return found


@pytest.mark.parametrize("which", [pytest.param("prefork", marks=pytest.mark.thorough), pytest.param("worker", marks=pytest.mark.thorough), "event"])
def test_visitors_come_before_questions(make_server, which):
    """Whoever asks the store is nice to all others, and what serves visitors stays as it was."""
    server = make_server(mpm=which)
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            assert server.get("/stats/api/pages?exact=on&since=all")[0] == 200
    asking = threading.Thread(target=ask)
    asking.start()
    try:
        wait_for(lambda: 10 in threads_of(server), 20, "a question is asked aside")
    finally:
        stop.set()
        asking.join()
    wait_for(lambda: set(threads_of(server)) == {0}, 10, "nobody else became nice")
