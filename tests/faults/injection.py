"""Ways to break things for a while, and what must hold then."""
import contextlib
import os
import pwd
import re
import subprocess

from slimhttpd import Load, alive, assert_conserved, assert_visitor_saw_nothing, poll, wait_for

DENY = """
create trigger deny before insert on hit
begin
  select raise(abort, 'INSERT command denied to user ''blog''@''localhost'' for table ''wp_slim_stats''');
end;
"""


def send(server, first, count):
    """Requests that are answered one after the other, each with a number of its own. Returns the next one's."""
    for n in range(first, first + count):
        assert server.get(f"/?n={n}")[0] == 200
    return first + count


def everything_is_stored_once(server, count):
    """All numbers below count, and the ledger says so."""
    server.wait_stored(count)
    assert server.stored_numbers() == {n: 1 for n in range(count)}
    ledger = wait_for(lambda: (now := server.ledger())["stored"] == count and not any(now["waiting"].values()) and now)
    assert ledger["seen"] == count + sum(ledger["excluded"].values()), ledger
    assert not any(ledger["dropped"].values()) and ledger["unaccounted"] == 0, ledger


def fail_and_heal(server, break_it, state, mend, told_s=10, pause=0.01, area="store", count=300):
    """Load goes on while something breaks, stays broken and is mended; returns the error log's lines. state: a regular expression, as a
    store that cannot be written may be another one when it is opened again."""
    before = len(server.our_lines())
    with Load(server, pause=pause) as load:
        wait_for(lambda: len(load.answered) > 20)
        break_it()
        wait_for(lambda: re.fullmatch(state, server.status()["areas"].get(area, {}).get("state", "")), 10, state)
        status = server.status()
        assert status["areas"][area]["since"], status
        assert server.cli("status").returncode == 1
        wait_for(lambda: any(re.search(state, line) for line in server.our_lines()[before:]), told_s, "the admin is told")
        load.go_on(count)
        mend()
        wait_for(lambda: server.state_word() == "ok", 10, "healed")
        wait_for(lambda: any("well again" in line for line in server.our_lines()[before:]), 10, "the admin is told again")
    assert_visitor_saw_nothing(load)
    ledger = assert_conserved(server, load)
    assert sum(ledger["dropped"].values()) == 0
    return server.our_lines()[before:]


def assert_told_once(lines, state):
    assert len(lines) == 2, lines
    assert ":error]" in lines[0] and re.search(state, lines[0])
    assert ":notice]" in lines[1] and "well again" in lines[1] and re.search(state, lines[1])


def fill(path):
    """Takes all the space there is, to the last byte."""
    with open(path, "wb", buffering=0) as f, contextlib.suppress(OSError):
        while True:
            f.write(b"\0" * 4096)
    with open(path, "ab", buffering=0) as f, contextlib.suppress(OSError):
        while True:
            f.write(b"\0")


def give(path, user="www-data"):
    """A path, and what is below it, becomes a user's."""
    who = pwd.getpwnam(user)
    for one in [path, *path.rglob("*")] if path.is_dir() else [path]:
        os.chown(one, who.pw_uid, who.pw_gid)


def limit(pid, *words):
    """Sets a soft limit of a running process of httpd's user, as the user itself may."""
    subprocess.run(["prlimit", "--pid", str(pid), *words], user="www-data", group="www-data", extra_groups=[], check=True)


@contextlib.contextmanager
def traced(pid, *injections, paths=()):
    """System calls of a process and its threads fail, are late or deadly, as strace's inject= has it; paths: those that touch one of
    these alone."""
    options = [word for path in paths for word in ("-P", str(path))]
    calls = ",".join(dict.fromkeys(call for one in injections for call in one.split(":")[0].split(",")))
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(pid), *options, "-e", f"trace={calls}",
                               *[word for one in injections for word in ("-e", f"inject={one}")]], stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: tracer.poll() is not None or all(is_traced(thread) for thread in threads_of(pid)), 10, "the tracer is there")
        # one that ended before all was seen may have had what it waited for: the process is dead by it
        assert tracer.poll() is None or poll(lambda: not alive(pid), 2), tracer.stderr.read()
        yield tracer
    finally:
        tracer.terminate()
        try:
            tracer.communicate(timeout=5)
        except subprocess.TimeoutExpired:  # it may wait for ever for a thread that it had killed
            tracer.kill()
            tracer.communicate()


def threads_of(pid):
    with contextlib.suppress(OSError):
        return os.listdir(f"/proc/{pid}/task")
    return []


def is_traced(thread):
    with contextlib.suppress(OSError), open(f"/proc/{thread}/status") as lines:
        return "TracerPid:\t0\n" not in lines.read()
    return True
