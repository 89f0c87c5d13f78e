"""httpd where it may write state, runtime directory and logs alone, as conf/package/systemd/slimstats.conf has it."""
import os
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DROP_IN = (ROOT / "conf/package/systemd/slimstats.conf").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts")
def test_state_runtime_directory_and_logs_are_all_that_is_written(make_server):
    server = make_server()
    server.state.mkdir()
    places = [str(place) for place in (server.state, server.run, server.logs)]
    server.wrapper = ["unshare", "--mount", sys.executable, str(ROOT / "tests/confined.py"), *places, "--"]
    server.start()
    server.get("/?n=1", {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Accept": "text/html"})
    server.wait_stored(1)
    for report in ("overview", "pages?where=page~n%3D1", "browsers", "recent"):
        status, _, body = server.get(f"/stats/api/{report}")
        assert status == 200, body
    assert server.state_word() == "ok"
    for pid in (server.pid, server.recorder_pid(), server.processes()[0]):
        process = Path(f"/proc/{pid}")
        assert "NoNewPrivs:\t1\n" in (process / "status").read_text()
        writable = {line.split()[4] for line in (process / "mountinfo").read_text().splitlines() if line.split()[5].startswith("rw")}
        # the kernel's own places apart, where the tests' directories may lie, too
        assert {place for place in writable if place in places or not place.startswith(("/proc", "/sys", "/dev"))} == set(places)
        assert not re.search(r"^\S+ .wx", (process / "maps").read_text(), re.M)


def test_the_drop_in_names_what_was_tried():
    assert re.search(r"^ProtectSystem=strict$", DROP_IN, re.M) and re.search(r"^NoNewPrivileges=yes$", DROP_IN, re.M)
    assert re.search(r"^MemoryDenyWriteExecute=yes$", DROP_IN, re.M)
    places = re.search(r"^ReadWritePaths=(.*)$", DROP_IN, re.M)[1].split()
    assert {"-/var/lib/slimstats", "-/run/apache2", "-/var/log/apache2"} <= set(places)
