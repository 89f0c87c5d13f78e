"""What visitors notice of fifty people who look at the dashboard at once, with the questions that cost most: their p99 beside
that of visitors beside fifty readers of a static file, under each MPM; and what became of the questions.

    viewers.py BUILD [HITS]
"""
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "browser")]

import viewers
from screenshot import readable_copy
from slimhttpd import Server

SECONDS = 10
PAUSE = 0.1  # of each of the fifty, between two questions

VISIT = """
import http.client, json, sys, time
port, seconds, took = int(sys.argv[1]), float(sys.argv[2]), []
connection, end = http.client.HTTPConnection("127.0.0.1", port), time.monotonic() + seconds
while time.monotonic() < end:
    began = time.perf_counter()
    connection.request("GET", "/")
    response = connection.getresponse()
    response.read()
    took.append(time.perf_counter() - began)
    if response.will_close:
        connection.close()
    time.sleep(0.002)
took.sort()
print(json.dumps([took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000, len(took)]))
"""


def visit(port):
    """Median and p99 in ms, and the number, of a visitor in a process of its own."""
    return json.loads(subprocess.run([sys.executable, "-c", VISIT, str(port), str(SECONDS)], capture_output=True, text=True, check=True).stdout)


def measure(build, mpm, log):
    server = Server(build, mpm, mpm=mpm, config=viewers.SETTINGS[mpm] + "\n<Location /stats>\nSlimStats Off\n</Location>")
    with server.running():
        server.cli("import", "--format", "vhost_combined", str(log), check=0)
        alone = visit(server.port)
        with viewers.Crowd(server.port, ["/"], pause=PAUSE):
            readers = visit(server.port)
        with viewers.Crowd(server.port, viewers.WORST, pause=PAUSE) as crowd, viewers.MemoryWatch(server.children()) as memory:
            beside = visit(server.port)
    answered, sent_away = crowd.with_status(200, 400), crowd.with_status(503)
    print(f"{mpm:<8} {alone[1]:8.2f} {readers[1]:8.2f} {beside[1]:8.2f} {beside[1] / readers[1]:6.2f} {memory.most / 2**20:6.0f} "
          f"{answered:9} {sent_away:6} {len(crowd.failed) + len(crowd.untold):6}")


def main(out, hits):
    with tempfile.TemporaryDirectory(prefix="slimstats-bench-") as base:
        Path(base).chmod(0o755)
        log = Path(base) / "made.log"
        with open(log, "w") as made:
            subprocess.run([sys.executable, HERE / "traffic_log.py", str(hits), "30", "3", "1", str(int(time.time()) - 30 * 86400)], stdout=made, check=True)
        log.chmod(0o644)
        print(f"visitors' p99 in ms; fifty people, {hits:,} hits\n"
              "MPM         alone  readers  viewers  ratio    MiB  answered  503s  wrong")
        for mpm in viewers.SETTINGS:
            (Path(base) / mpm).mkdir()
            measure(readable_copy(out, Path(base) / mpm), mpm, log)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int((sys.argv[2:] or ["300000"])[0]))
