"""slimstats live: on a terminal, in a pipe, and with visitors who would like to own the terminal."""
import fcntl
import itertools
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading

import pyte
import pytest

from slimhttpd import wait_for

# What curses sends for a terminal of the kinds below.
OURS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][0-9A-Z]|\x1b[=>78M]|\x1b\][RP][0-9a-f]*|[\x0e\x0f]")
BIDI, C1 = "\u202e".encode(), "\u009b2J".encode()
DOWN, LEFT, PAGE_DOWN, UNKNOWN = b"\x1b[B", b"\x1b[D", b"\x1b[6~", b"\x1b[99;9Z"


class Terminal:
    """The command under a pseudo terminal that is its own; all that it wrote, and how that looks."""
    running = []

    def __init__(self, server, *arguments, rows=24, columns=100, kind="linux", keeps=()):
        self.master, slave = pty.openpty()
        self.display = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.display)
        self.resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.bytes = b""
        self.process = subprocess.Popen(  # with it as controlling terminal, so that its keys make signals
            [str(server.build.command), "live", "--store", f"sqlite:{server.store}", "--state", str(server.state), *arguments],
            stdin=slave, stdout=slave, stderr=slave, env=dict(server.env, LC_ALL="C.UTF-8", TERM=kind, **dict(keeps)),
            preexec_fn=lambda: (os.setsid(), fcntl.ioctl(slave, termios.TIOCSCTTY, 0)))
        self.running.append(self.process)

    def resize(self, rows, columns):
        self.display.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds=0.2):
        while select.select([self.master], [], [], seconds)[0]:
            chunk = os.read(self.master, 65536)
            if not chunk:
                break
            self.bytes += chunk
            self.stream.feed(chunk)
        return self.bytes

    def text(self):
        self.read()
        return "\n".join(line.rstrip() for line in self.display.display)

    def key(self, bytes_):
        os.write(self.master, bytes_)

    def shows(self, pattern, what=None):
        """Waits for it, and returns where it stands."""
        return wait_for(lambda: re.search(pattern, self.text(), re.M), 20, f"the screen shows {what or pattern!r}")

    def panel(self, label):
        """The lines of a panel, its title left out."""
        lines = self.text().split("\n")
        begin = next(n for n, line in enumerate(lines) if re.match(rf"[> ] (\d )?{label}( |$)", line))
        return "\n".join(itertools.takewhile(str.strip, lines[begin + 1:]))

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
    terminal = Terminal(visited, kind="xterm")
    wait_for(lambda: b"/index.html" in terminal.read(), 20, "the page is shown")
    assert b"\x1b[?1049h" in terminal.bytes
    assert not termios.tcgetattr(terminal.slave)[3] & (termios.ICANON | termios.ECHO)
    keys = {"q": b"q", "ctrl-c": b"\x03"}
    if end in keys:
        status, after = terminal.end(lambda: terminal.key(keys[end]))
    else:
        status, after = terminal.end(lambda: terminal.process.send_signal(getattr(signal, end)))
    assert status == 0
    assert terminal.bytes.rindex(b"\x1b[?1049l") > terminal.bytes.rindex(b"\x1b[?1049h")
    assert after == terminal.before
    check_harmless(terminal.bytes)


def test_a_terminal_that_is_not_known_is_told(visited):
    terminal = Terminal(visited, kind="nothing-like-it")
    status, _ = terminal.end(lambda: None)
    assert status == 2 and b"slimstats: live: this terminal is not known: set TERM, or use --once" in terminal.bytes


def test_hits_appear_and_hostile_ones_do_nothing(visited):
    terminal = Terminal(visited, columns=150)
    terminal.shows("online now 1 ")
    terminal.key(b"9")
    terminal.shows("/hostile", "the hostile hit")
    visited.get("/later?n=7", {"User-Agent": "Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36"})
    terminal.shows(r"/later\?n=7", "a new hit")
    text = terminal.text()
    assert re.search(r"^slimstats live  \d{4}-.*Z  ok  today$", text, re.M)
    assert "hits a minute |" in text and "\u2588" in text
    assert r"/hostile\xc2\x9b2J\u{202e}%FF" in text
    terminal.end(lambda: terminal.key(b"q"))
    check_harmless(terminal.bytes)


@pytest.fixture
def read(server):
    """Three pages, twice, thrice and once; a browser and another, and what is not there."""
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
    chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
    for path, agent in (("/index.html?p=a", firefox), ("/index.html?p=b", firefox), ("/index.html?p=b", chrome),
                        ("/index.html?p=a", firefox), ("/index.html?p=b", firefox), ("/index.html?p=c", chrome), ("/nothing", firefox)):
        server.get(path, {"User-Agent": agent})
    server.get("/index.html?p=a", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"})
    server.wait_stored(8)
    yield server
    while Terminal.running:
        Terminal.running.pop().kill()


def test_panels_are_moved_through_expanded_sorted_searched_and_filtered(read):
    terminal = Terminal(read, columns=120)
    terminal.shows(r"^Visits 2   Visitors 2 .* Page views 6 ")
    terminal.shows(r"^> 1 Pages  1-3 of 3$")
    assert re.search(r"^> +3 +50.0 % +2 .*\u2588{10}  /index.html\?p=b$", terminal.panel("Pages"), re.M)

    terminal.key(b"\r")  # alone, and its last row
    wait_for(lambda: "2 Sources" not in terminal.text(), 20, "the panel is alone")
    terminal.key(b"G")
    terminal.shows(r"^> +1 .*p=c$", "the last row is marked")
    terminal.key(b"r")  # the least read first
    terminal.shows(r"^> +1 .*p=c$(\n.*)*^ +3 .*p=b$", "in the other order")
    terminal.key(b"q")
    terminal.shows(r"^  2 Sources", "other panels again")

    terminal.key(b"/")
    terminal.shows("^rows with: _")
    terminal.key("p=ä".encode() + b"\x7fa\r")  # what was typed wrong is rubbed out
    terminal.shows(r'^> 1 Pages  1-1 of 1  with "p=a"')
    terminal.key(b"/" + b"\x7f" * 3 + b"\r")
    terminal.shows("^> 1 Pages  1-3 of 3$")

    terminal.key(b"4")  # browsers
    terminal.shows(r"^> 4 Browsers  1-2 of 2$")
    assert "Firefox" in terminal.panel("Browsers") and "Chrome" in terminal.panel("Browsers")
    terminal.key(b"ss")  # by the next columns
    terminal.shows("^ +Hits +Share +Visitors +Visits ", "another column is first")
    while "Chrome" not in next(line for line in terminal.panel("Browsers").split("\n") if line.startswith(">")):
        terminal.key(DOWN)
        terminal.read()
    terminal.key(b"f")
    terminal.shows("  today   only browser=Chrome$")
    terminal.shows("^Visits 1   Visitors 1 .* Page views 2 ")
    terminal.key(b"F")
    terminal.shows("^Visits 2   Visitors 2 ")

    terminal.key(b"b")
    terminal.shows("  today, with robots$")
    terminal.shows("Page views 7 ", "robots' page views, too")
    terminal.key(b"bp")
    terminal.shows("  7 days and today$")
    terminal.key(b"?")
    terminal.shows("Shift-Tab", "help")
    terminal.key(b"q")
    terminal.key(b"\t\t\t" + UNKNOWN + LEFT)
    terminal.shows("^> 6 Robots  1-1 of 1$")
    terminal.key(b"9")
    terminal.shows(r"^> \d{4}-.* 127.0.0.1 ", "a hit that is marked")
    terminal.key(b"f")
    terminal.shows("only ip=127.0.0.1$")
    assert terminal.end(lambda: terminal.key(b"q"))[0] == 0
    check_harmless(terminal.bytes)


def test_rows_beyond_the_screen_come_when_they_are_looked_at(server):
    for n in range(250):
        server.get(f"/index.html?n={n:03}", {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"})
    server.wait_stored(250)
    terminal = Terminal(server)
    terminal.shows("^> 1 Pages  1-6 of 250$")
    terminal.key(b"\r")
    terminal.shows("^> 1 Pages  1-16 of 250$")
    for _ in range(6):
        terminal.key(PAGE_DOWN)
    terminal.shows(r"^> 1 Pages  \d+-\d+ of 250$(\n.*)+^> .*n=090$")
    terminal.key(b"G")
    terminal.shows(r"^> 1 Pages  235-250 of 250$(\n.*)+^> .*n=249$")
    terminal.key(b"g")
    terminal.shows(r"^> 1 Pages  1-16 of 250$(\n.*)+^> .*n=000$")
    terminal.end(lambda: terminal.key(b"qq"))


def test_keys_are_heard_while_the_store_is_away(read):
    terminal = Terminal(read)
    terminal.shows("^> 1 Pages  1-3 of 3$")
    read.expect("store-moved")  # if the recorder looks meanwhile
    os.rename(read.store, f"{read.store}.away")
    terminal.shows("^.*(no such|cannot open|does not exist|there is no).*$", "what is wrong")
    terminal.key(b"?")
    terminal.shows("Shift-Tab", "help")
    terminal.key(b"?")
    os.rename(f"{read.store}.away", read.store)
    terminal.shows("^> 1 Pages  1-3 of 3$")
    terminal.end(lambda: terminal.key(b"q"))


@pytest.mark.parametrize(("no_color", "colored"), [("", True), ("1", False)])
def test_colors_are_for_those_who_want_them(visited, no_color, colored):
    terminal = Terminal(visited, keeps={"NO_COLOR": no_color})
    terminal.shows("^> 1 Pages  1-1 of 1$")
    assert (re.search(rb"\x1b\[([0-9]+;)*3[0-7](;[0-9]+)*m", terminal.bytes) is not None) == colored
    terminal.end(lambda: terminal.key(b"q"))


def test_pages_that_were_only_fetched_ahead_are_no_page_views(visited):
    visited.get("/index.html?ahead=1", {"User-Agent": "Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36", "Sec-Purpose": "prefetch"})
    visited.wait_stored(3)
    frame = visited.cli("live", "--once", check=0).stdout
    assert "ahead=1" in frame.split("last hits")[1]
    views = frame.split("page views in 30 minutes")[1].split("last hits")[0]
    assert "known=1" in views and "ahead=1" not in views


def test_the_screen_follows_the_terminals_size(visited):
    terminal = Terminal(visited, rows=12, columns=40)
    terminal.shows("^> 1 Pages")
    assert "2 Sources" not in terminal.text()
    terminal.resize(60, 170)
    terminal.shows(r"1 Pages .* 2 Sources", "two panels side by side")
    terminal.resize(3, 10)
    terminal.resize(24, 80)
    terminal.shows(r"^  2 Sources", "one below the other")
    terminal.end(lambda: terminal.key(b"q"))


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


def test_segments_are_their_filters_and_goals_have_panels(read):
    read.cli("segment", "add", "bees", 'page="/index.html?p=b" browser=Firefox', check=0)
    read.cli("goal", "add", "third", "/index.html[?]p=c", check=0)
    try:
        assert "p=b" in read.cli("live", "--once", "--segment", "bees", check=0).stdout
        assert "p=c" not in read.cli("live", "--once", "--segment", "bees", check=0).stdout
        terminal = Terminal(read, "--segment", "bees", columns=140)
        terminal.shows("  today   only page=/index.html\\?p=b, browser=Firefox$")
        terminal.key(b"FF" + LEFT + LEFT)  # the last but one panel is that of goals
        terminal.shows("^> Goals  1-1 of 1$")
        assert "third" in terminal.panel("Goals")
        terminal.key(b"f")
        terminal.shows("only goal=third$")
        assert terminal.end(lambda: terminal.key(b"q"))[0] == 0
    finally:
        read.cli("segment", "remove", "bees", check=0)
        read.cli("goal", "remove", "third", check=0)


@pytest.mark.parametrize("arguments", [("--interval", "0"), ("--interval", "x"), ("--tz", "Nowhere"),
                                       ("--where", "nothing=1"), ("--unknown",), ("--segment", "nobodys"),
                                       ("--where", "goal=none")])
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
