"""Many people look at the dashboard at once, with the questions that cost most, while others visit the site."""
import json
import subprocess
import sys
from pathlib import Path

import pytest

import viewers
from slimhttpd import Load, assert_visitor_saw_nothing, wait_for

TRAFFIC = Path(__file__).parents[1] / "bench/traffic_log.py"


@pytest.mark.thorough
def test_fifty_viewers_get_an_answer_or_are_told_when_to_come_again(make_server, mpm):
    """Nobody waits for ever or is sent away without a word; a child stays small, and visitors notice nothing."""
    server = make_server(mpm=mpm, config=viewers.SETTINGS[mpm] + "\nKeepAlive Off\n<Location /stats>\nSlimStats Off\n</Location>")
    server.expect("AH00287", "AH00161")  # that there are no more workers
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
    """It is no fault of the store, and nobody else's lock: API and log say what it is, and the state is what it was."""
    server = make_server(log_level="info")
    server.start()
    log = server.dir / "made.log"
    with open(log, "w") as out:
        subprocess.run([sys.executable, TRAFFIC, "400000", "30", "3", "1"], stdout=out, check=True)
    server.cli("import", "--format", "vhost_combined", str(log), check=0)
    status, headers, body = server.get(viewers.ENDLESS)
    assert (status, json.loads(body)["error"]) == (503, "the report takes too long: ask for less"), body
    assert dict(headers)["Retry-After"]
    told = [line for line in server.log_lines() if "slimstats:" in line]
    assert not any("busy" in line for line in told), told
    assert any("took longer than" in line for line in told), told
    assert server.state_word() == "ok"
