"""Ten thousand requests of a site's day arrive as ten thousand rows, equal to httpd's own access log.

SLIMSTATS_TEST_LOG names a combined access log to replay instead of made-up visitors.
"""
import os
import re
import socket
from collections import Counter

import traffic
from slimhttpd import wait_for

COUNT = 10_000


def unescape(text):
    """What httpd's access log escapes."""
    def one(match):
        c = match.group(1)
        return {"n": "\n", "t": "\t", "r": "\r"}.get(c, c) if c[0] != "x" else chr(int(c[1:], 16))
    return re.sub(r"\\(x[0-9a-f]{2}|.)", one, text).encode("latin-1", "replace")


def logged(server):
    pattern = re.compile(r'(\d+) (\d+) (\S+) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$')
    for line in (server.logs / "access_log").read_text(encoding="latin-1").splitlines():
        status, size, address, request, referer, agent = pattern.match(line).groups()
        method, target = request.split(" ")[:2]
        yield (int(status), int(size), address, method.encode(), unescape(target),
               b"" if agent == "-" else unescape(agent))


def stored(server):
    rows = server.sql("""
        select hit.status, hit.bytes,
               case typeof(hit.address)
                 when 'integer' then printf('%d.%d.%d.%d', hit.address >> 24, (hit.address >> 16) & 255,
                                            (hit.address >> 8) & 255, hit.address & 255)
                 else hit.address
               end,
               method.name, resource.name, agent.name
        from hit
        join method on method.id = hit.method
        join resource on resource.id = hit.resource
        join agent on agent.id = hit.agent""")
    for status, size, address, method, target, agent in rows:
        yield (status, size, address, *(x.encode("utf-8", "surrogateescape") for x in (method, target, agent)))


def requests():
    path = os.environ.get("SLIMSTATS_TEST_LOG")
    return list(traffic.from_access_log(path)) if path else list(traffic.visitors(COUNT))


def send_all(server, requests):
    """Over keep-alive connections, a hundred requests at a time."""
    for start in range(0, len(requests), 100):
        part = requests[start:start + 100]
        with socket.create_connection(("127.0.0.1", server.port), 20) as s:
            data = b""
            for n, (method, target, headers) in enumerate(part):
                lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *(f"{k}: {v}" for k, v in headers.items())]
                if n == len(part) - 1:
                    lines.append("Connection: close")
                data += ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")
            s.sendall(data)
            while s.recv(1 << 20):
                pass


def test_a_day_of_a_site_arrives_whole(make_server):
    server = make_server(config="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\nLimitRequestLine 16000\n")
    server.expect("AH10244", "AH00036", "AH01071", "client denied")
    server.start()
    sent = requests()
    send_all(server, sent)
    server.wait_stored(len(sent), 60)
    ledger = wait_for(lambda: (l := server.ledger())["stored"] == len(sent) and l)
    assert ledger["seen"] == len(sent) and ledger["unaccounted"] == 0
    ours, theirs = Counter(stored(server)), Counter(logged(server))
    assert ours - theirs == Counter() and theirs - ours == Counter()
    by_status = dict(server.sql("select status, count(*) from hit group by status"))
    assert by_status == Counter(row[0] for row in logged(server))
    [(total,)] = server.sql("select sum(bytes) from hit")
    assert total == sum(row[1] for row in logged(server))


def test_reports_of_that_day_add_up(make_server):
    server = make_server(config="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n")
    server.start()
    sent = list(traffic.visitors(2000, seed=3))
    send_all(server, sent)
    server.wait_stored(2000, 30)
    overview = server.report("overview", "--robots")
    figures = dict(zip((c["name"] for c in overview["columns"]), overview["rows"][0]))
    assert figures["hits"] == 2000
    for name in ("countries", "languages", "browsers", "platforms", "status", "addresses", "timeline"):
        answer = server.report(name, "--robots", "--limit", "1000")
        hits = [c["name"] for c in answer["columns"]].index("hits")
        assert answer["totals"]["hits"] == 2000, name
        assert sum(row[hits] for row in answer["rows"]) == 2000 or answer["more"], name
    people = server.report("overview")["totals"]["hits"]
    assert people == 2000 - figures["robots"]
    assert server.report("robots", "--limit", "1000")["totals"]["hits"] == figures["robots"]
    pages = server.report("pages", "--robots", "--limit", "1000")
    assert pages["totals"]["pageviews"] == figures["pageviews"]
    assert not any("utm_" in row[0] for row in pages["rows"])
