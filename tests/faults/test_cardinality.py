"""A hundred thousand made-up agents, addresses and referers in a minute are normal on the internet."""
import os
import random
import re
import string
import time

import pytest

from slimhttpd import wait_for
from test_replay import send_all

REAL = [f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0" for v in range(110, 130)]


def flood(count, seed):
    dice = random.Random(seed)
    for n in range(count):
        agent = REAL[n % 200 // 10] if n % 10 == 0 else f"ua-{n} " + "".join(
            dice.choices(string.ascii_letters + " ();/.", k=dice.randrange(40, 200)))
        yield "GET", f"/x/{n}?{n}", {
            "User-Agent": agent, "Referer": f"http://r{n}.invalid/{n}" if n % 2 else f"https://www.google.com/search?q=t{n}",
            "Accept-Language": f"x{n % 1000}-{n}", "X-Forwarded-For": f"2001:db8::{n // 65536:x}:{n % 65536:x}"}


def memory_peak(pid):
    return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)) * 1024


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.fault("F82")
def test_tens_of_thousands_of_new_names_leave_the_recorder_small(make_server, request):
    """What it needs at most it has after 30,000; that a hundred thousand need no more is for whoever has the time."""
    count = min(100_000, 10_000 * request.config.getoption("--rounds"))
    server = make_server(config="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n")
    server.start()
    pid = wait_for(server.recorder_pid)
    began = cpu_seconds(pid)
    send_all(server, list(flood(count, 5)))
    server.wait_stored(count, 120)
    peak = memory_peak(pid)
    print(f"recorder: {peak / 2**20:.1f} MiB at most, {cpu_seconds(pid) - began:.1f} s CPU")
    assert server.recorder_pid() == pid
    assert peak <= 64 << 20
    ledger = wait_for(lambda: (l := server.ledger())["stored"] == count and l)
    assert ledger["unaccounted"] == 0
    firefox = server.report("browsers", "--where", "browser=Firefox", "--limit", "100")
    hits = [c["name"] for c in firefox["columns"]].index("hits")
    versions = {row[1]: row[hits] for row in firefox["rows"]}
    assert versions == {str(v): count // 200 for v in range(110, 130)}
    assert server.sql("select count(*) from language") == [(2,)]  # made-up ones are none


@pytest.mark.fault("F82")
def test_what_comes_after_the_daily_ceiling_is_other(make_server):
    """A thousand sites a day, in mass hosting."""
    server = make_server(settings="SlimStatsSite %{HTTP_HOST}")
    server.start()
    requests = [("GET", "/", {"Host": f"h{n}.invalid"}) for n in range(1200)]
    for start in range(0, 1200, 100):
        part = requests[start:start + 100]
        data = b"".join(f"GET / HTTP/1.1\r\nHost: h{start + n}.invalid\r\n{'Connection: close' if n == 99 else 'X: y'}\r\n\r\n".encode()
                        for n in range(len(part)))
        server.raw(data)
    server.wait_stored(1200)
    sites = dict(server.sql("select site.name, count(*) from hit join site on site.id = hit.site group by 1"))
    assert sites.pop("(other)") == 200
    assert len(sites) == 1000 and set(sites.values()) == {1}
