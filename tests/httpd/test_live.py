"""slimstats live: on a terminal, in a pipe, and with visitors who would like to own the terminal."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading

import pytest

from slimhttpd import wait_for

ENTER, LEAVE = b"\x1b[?1049h\x1b[?25l", b"\x1b[?25h\x1b[?1049l"
OURS = re.compile(rb"\x1b\[(\?1049[hl]|\?25[hl]|2J|H|K|J)")
BIDI, C1 = "\u202e".encode(), "\u009b2J".encode()


class Terminal:
    """The command under a pseudo terminal that is its own; all that it wrote."""
    running = []

    def __init__(self, server, *arguments, rows=24, columns=100):
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.bytes = b""
        self.process = subprocess.Popen(  # with it as controlling terminal, so that its keys make signals
            [str(server.build.command), "live", "--store", f"sqlite:{server.store}", "--state", str(server.state), *arguments],
            stdin=slave, stdout=slave, stderr=slave, env=dict(server.env, LC_ALL="C.UTF-8"), preexec_fn=lambda: (os.setsid(), fcntl.ioctl(slave, termios.TIOCSCTTY, 0)))
        self.running.append(self.process)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds=0.2):
        while select.select([self.master], [], [], seconds)[0]:
            chunk = os.read(self.master, 65536)
            if not chunk:
                break
            self.bytes += chunk
        return self.bytes

    def frames(self):
        return self.read().split(b"\x1b[H")[1:]

    def end(self, how):
        how()
        wait_for(lambda: (self.read(0.05), self.process.poll())[1] is not None, 10, "it ends")
        self.read()
        after = termios.tcgetattr(self.slave)
        os.close(self.slave)
        os.close(self.master)
        return self.process.returncode, after


@pytest.fixture
def visited(server):
    server.get("/index.html?known=1", {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"})
    server.raw(b"GET /hostile" + C1 + BIDI + b"\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
               b"Referer: http://evil.example/" + C1 + BIDI + b"\r\nUser-Agent: curl/" + C1 + BIDI + b"\xfe\r\n\r\n")
    server.wait_stored(2)
    yield server
    while Terminal.running:
        Terminal.running.pop().kill()  # nothing, unless a test failed


def check_harmless(data):
    rest = OURS.sub(b"", data)
    assert b"\x1b" not in rest and b"\x07" not in rest and b"\x7f" not in rest
    rest.decode()
    assert C1 not in rest and BIDI not in rest


@pytest.mark.parametrize("end", ["q", "SIGINT", "SIGTERM", "SIGHUP", "ctrl-c"])
def test_the_terminal_is_put_back_however_it_ends(visited, end):
    terminal = Terminal(visited)
    wait_for(lambda: b"known=1" in terminal.read(), 10, "the hit is shown")
    assert terminal.bytes.startswith(ENTER)
    assert not termios.tcgetattr(terminal.slave)[3] & (termios.ICANON | termios.ECHO)
    if end == "q":
        status, after = terminal.end(lambda: os.write(terminal.master, b"q"))
    elif end == "ctrl-c":
        status, after = terminal.end(lambda: os.write(terminal.master, b"\x03"))
    else:
        status, after = terminal.end(lambda: terminal.process.send_signal(getattr(signal, end)))
    assert status == 0
    assert terminal.bytes.endswith(LEAVE)
    assert after == terminal.before
    check_harmless(terminal.bytes)


def test_hits_appear_and_hostile_ones_do_nothing(visited):
    terminal = Terminal(visited)
    wait_for(lambda: b"/hostile" in terminal.read(), 10, "the hostile hit is shown")
    visited.get("/later?n=7", {"User-Agent": "Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36"})
    wait_for(lambda: b"/later?n=7" in terminal.read(), 20, "a new hit is shown")
    frame = terminal.frames()[-1].decode()
    assert "slimstats live" in frame and "  ok  " in frame
    assert "hits a minute |" in frame and "\u2588" in frame
    assert r"/hostile\xc2\x9b2J\u{202e}%FF" in frame
    terminal.end(lambda: os.write(terminal.master, b"q"))
    check_harmless(terminal.bytes)


def test_pages_that_were_only_fetched_ahead_are_no_page_views(visited):
    visited.get("/index.html?ahead=1", {"User-Agent": "Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36", "Sec-Purpose": "prefetch"})
    visited.wait_stored(3)
    terminal = Terminal(visited)
    wait_for(lambda: b"ahead=1" in terminal.read(), 10, "the hit is shown")
    views = terminal.frames()[-1].decode().split("page views in 30 minutes")[1].split("last hits")[0]
    assert "known=1" in views and "ahead=1" not in views
    terminal.end(lambda: os.write(terminal.master, b"q"))


def test_a_frame_fits_the_terminal_and_follows_its_size(visited):
    terminal = Terminal(visited, rows=12, columns=40)
    wait_for(lambda: len(terminal.frames()) >= 2, 10, "frames")

    def sizes():
        text = OURS.sub(b"", terminal.frames()[-2]).decode().split("\r\n")[:-1]
        return len(text), max(map(len, text))
    lines, width = sizes()
    assert lines <= 11 and width <= 40
    terminal.resize(40, 150)
    wait_for(lambda: sizes()[1] > 40, 10, "wider lines")
    terminal.end(lambda: os.write(terminal.master, b"q"))


def test_one_frame_without_a_terminal(visited):
    result = visited.cli("live", "--once", "--tz", "Asia/Kolkata", check=0)
    assert "+05:30" in result.stdout and "known=1" in result.stdout and "\x1b" not in result.stdout
    assert "online now 1 " in result.stdout  # the other one is a robot
    none = visited.cli("live", "--once", "--where", "page=/nowhere", check=0).stdout
    assert "page=/nowhere" in none and "known=1" not in none and "online now 0" in none


def test_online_are_visitors_and_not_addresses(visited):
    for agent in ("Firefox/115.0", "Firefox/116.0"):
        for path in ("/index.html", "/nothing", "/index.html?known=2"):
            visited.get(path, {"User-Agent": f"Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 {agent}"})
    visited.get("/nothing", {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:115.0) Gecko/20100101 Firefox/115.0"})
    visited.wait_stored(9)
    assert "online now 2 " in visited.cli("live", "--once", check=0).stdout
    assert "online now 0 " in visited.cli("live", "--once", "--where", "page=/nowhere", check=0).stdout
    assert "online now 2 " in visited.cli("live", "--once", "--where", "status=404", check=0).stdout
    assert visited.report("online")["totals"]["online"] == 2


@pytest.mark.parametrize("arguments", [("--interval", "0"), ("--interval", "x"), ("--tz", "Nowhere"),
                                       ("--where", "nothing=1"), ("--unknown",)])
def test_wrong_words_are_told_before_anything_is_drawn(visited, arguments):
    result = visited.cli("live", *arguments, check=2)
    assert result.stderr.startswith("slimstats: live") and not result.stdout


def test_in_a_pipe_each_hit_is_one_line_and_comes_once(visited):
    process = subprocess.Popen(
        [str(visited.build.command), "live", "--store", f"sqlite:{visited.store}", "--state", str(visited.state)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=visited.env)
    Terminal.running.append(process)
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    reader.start()
    wait_for(lambda: len(lines) >= 2, 10, "the hits that were there")
    for n in range(30):
        visited.get(f"/follow?n={n}")
    wait_for(lambda: len(lines) >= 32, 20, "the new hits")
    visited.get("/last")  # comes by another look, which must bring nothing else
    wait_for(lambda: b"/last" in lines[-1], 20, "the last one")
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    reader.join(60)
    numbers = [int(m.group(1)) for line in lines if (m := re.search(rb"/follow\?n=(\d+)", line))]
    assert sorted(numbers) == list(range(30)) and len(lines) == 33
    check_harmless(b"".join(lines))
