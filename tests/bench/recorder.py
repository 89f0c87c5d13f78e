"""What the recorder costs a hit: its CPU, by thread, while hits come at a rate.

    recorder.py BUILD [RATE...]

Visitors, pages and agents are skewed, and the same each time. RATE: hits a second; a goal is known for 5000, 240 and 48.
"""
import random
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "browser")]

from screenshot import readable_copy
from slimhttpd import Server

SECONDS = 20
GOALS = {5000: 5, 240: 15, 48: 40}  # µs a hit
ADDRESSES = 64
BURST = 25  # requests that are sent at once, at the most


def requests_of(dice):
    while True:
        version = 90 + int(50 * dice.random() ** 2)
        path = f"/page/{int(2000 * dice.random() ** 4)}" if dice.random() < 0.4 else f"/asset/{int(300 * dice.random())}.png"
        referer = f"Referer: https://blog{int(500 * dice.random())}.example/\r\n" if dice.random() < 0.1 else ""
        yield (f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html,*/*;q=0.8\r\n{referer}"
               f"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:{version}.0) Gecko/20100101 Firefox/{version}.0\r\n\r\n").encode()


def cpu_by_thread(pid):
    """Seconds by the order in which threads began."""
    tasks = sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda task: int(task.name))
    return [int((task / "schedstat").read_text().split()[0]) / 1e9 for task in tasks]


def take_answers(connection, count):
    got = 0
    while got < count:
        got += connection.recv(1 << 20).count(b"HTTP/1.1 ")


class Visitors:
    def __init__(self, port):
        self.requests = requests_of(random.Random(1))
        self.connections = [socket.create_connection(("127.0.0.1", port), 60, (f"127.0.1.{n + 1}", 0)) for n in range(ADDRESSES)]

    def come(self, rate, seconds):
        """Returns how many came."""
        began, sent = time.monotonic(), 0
        burst = max(1, min(BURST, rate // 200))
        while (due := int((time.monotonic() - began) * rate) - sent) is not None:
            if time.monotonic() - began > seconds:
                return sent
            if due < burst:
                time.sleep(burst / rate / 2)
                continue
            connection = self.connections[sent // burst % ADDRESSES]
            connection.sendall(b"".join(next(self.requests) for _ in range(burst)))
            take_answers(connection, burst)
            sent += burst


def measure(build, rate):
    server = Server(build, f"recorder{rate}", config="MaxKeepAliveRequests 0\nKeepAliveTimeout 60")
    with server.running():
        visitors = Visitors(server.port)
        visitors.come(rate, 3)
        pid = server.recorder_pid()
        before = cpu_by_thread(pid)
        came = visitors.come(rate, SECONDS)
        micro = [(b - a) * 1e6 / came for a, b in zip(before, cpu_by_thread(pid))]
    goal = f"; goal {GOALS[rate]}" if rate in GOALS else ""
    print(f"{came / SECONDS:6.0f} hits a second: {sum(micro):6.1f} µs a hit{goal} (main {micro[0]:.1f}, drain {micro[1]:.1f}, "
          f"sync {micro[2]:.1f}, load {micro[3]:.1f})", flush=True)


def main(out, rates):
    for rate in rates:
        base = Path(tempfile.mkdtemp(prefix="slimstats-bench-"))
        try:
            measure(readable_copy(out, base), rate)
        finally:
            shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), [int(word) for word in sys.argv[2:]] or GOALS)
