"""What a request leaves behind, compared with httpd's own access log line by line."""
import contextlib
import re
import socket
import ssl
import struct
import subprocess
from collections import Counter

import pytest

from slimhttpd import Load, Server, wait_for

ROWS = """
select hit.status, hit.bytes,
       case typeof(hit.address) when 'integer' then printf('%d.%d.%d.%d', hit.address >> 24,
         (hit.address >> 16) & 255, (hit.address >> 8) & 255, hit.address & 255) else hit.address end,
       method.name, resource.name
from hit join method on method.id = hit.method join resource on resource.id = hit.resource
"""


def access_log(server):
    """Status, bytes, address, method and target of each line."""
    lines = (server.logs / "access_log").read_text(errors="surrogateescape").splitlines()
    parsed = []
    for line in lines:
        status, size, address, request = re.match(r'(\d+) (\d+) (\S+) "((?:[^"\\]|\\.)*)"', line).groups()
        parts = request.split(" ")
        parsed.append((int(status), int(size), address, *(parts[:2] if len(parts) > 1 else (request, ""))))
    return parsed


def rows(server):
    return server.sql(ROWS)


def assert_equals_access_log(server, count):
    server.wait_stored(count)
    wait_for(lambda: len(access_log(server)) >= count, 10, "the access log has all")
    wait_for(lambda: set(server.ledger()["waiting"].values()) == {0}, 10, "nothing waits")
    expected = Counter(access_log(server))
    assert sum(expected.values()) == count
    assert Counter(rows(server)) == expected


SITE = """
DirectoryIndex index.html
ErrorDocument 404 /missing.html
RewriteEngine On
RewriteRule ^/rewritten$ /index.html [PT]
RewriteRule ^/gone$ - [G]
RewriteRule ^/elsewhere$ /index.html [R=302,L]
<Location /secret>
    AuthType Basic
    AuthName x
    AuthUserFile /dev/null
    Require valid-user
</Location>
<Location /forbidden>
    Require all denied
</Location>
TraceEnable off
"""


HTTPD_SAYS = [r"AH01630: client denied", r"AH10244: invalid URI path", r"AH00036: access to /x+ failed|File name too long",
              r"AH00135: Invalid method"]


def make_site(server):
    server.expect(*HTTPD_SAYS)
    (server.www / "missing.html").write_text("<p>missing\n")
    (server.www / "file.zip").write_bytes(b"x" * 100000)
    (server.www / "sub").mkdir()
    (server.www / "sub/index.html").write_text("<p>sub\n")
    for path in server.www.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.fault("F84", "F85", "F87", "F40")
def test_each_kind_of_answer_is_one_hit_as_the_access_log_has_it(make_server, mpm):
    server = make_server(mpm=mpm, config=SITE)
    make_site(server)
    server.start()
    requests = [("GET", "/", {}), ("GET", "/sub", {}), ("GET", "/sub/", {}), ("GET", "/none", {}),
                ("HEAD", "/", {}), ("GET", "/rewritten", {}), ("GET", "/gone", {}), ("GET", "/elsewhere", {}),
                ("GET", "/secret", {}), ("GET", "/forbidden", {}), ("OPTIONS", "/", {}), ("TRACE", "/", {}),
                ("POST", "/", {}), ("PUT", "/x", {}), ("DELETE", "/x", {}), ("PROPFIND", "/", {}),
                ("GET", "/file.zip", {"Range": "bytes=0-99"}), ("GET", "/file.zip", {"Range": "bytes=500-"}),
                ("GET", "/file.zip", {"Range": "bytes=0-9,20-29"}), ("GET", "/file.zip", {"Range": "bytes=999999-"}),
                ("GET", "/", {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"}),
                ("GET", "/?a=1&b=%20%C3%A4", {}), ("GET", "/%2e%2e/%2e%2e/etc/passwd", {}),
                ("GET", "/" + "x" * 1500, {})]
    for method, path, headers in requests:
        server.get(path, headers, method)
    assert_equals_access_log(server, len(requests))


RAW = {
    "no request line end": b"GET / HTTP/1.0",
    "bad method": b"G/T / HTTP/1.0\r\n\r\n",
    "lower case": b"get / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "control in header": b"GET / HTTP/1.0\r\nFoo: b\x01ar\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "bad host": b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    "options star": b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "connect": b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "absolute": b"GET http://localhost/?abs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "empty uri": b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "nul": b"GET /\0 HTTP/1.0\r\n\r\n",
    "escaped nul": b"GET /%00 HTTP/1.0\r\n\r\n",
    "long line": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "garbage": bytes(range(256)),
    "tls hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "http2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "chunks": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "long method": b"A" * 8000 + b" / HTTP/1.1\r\nHost: x\r\n\r\n",
}


def without_date(answer):
    """What may differ between two servers: the time, and the order in which methods are named."""
    answer = re.sub(rb"Allow: ([^\r]*)", lambda m: b"Allow: " + b",".join(sorted(m[1].split(b","))), answer)
    return re.sub(rb"Date: [^\r]*\r\n", b"", answer)


@pytest.mark.fault("F84", "F86")
def test_malformed_requests_are_answered_as_without_the_module(make_server):
    plain = make_server(load_module=False)
    server = make_server()
    for one in (plain, server):
        one.expect(*HTTPD_SAYS)
        one.start()
    for name, data in RAW.items():
        expected = without_date(plain.raw(data)).replace(str(plain.port).encode(), b"PORT")
        got = without_date(server.raw(data)).replace(str(server.port).encode(), b"PORT")
        assert got == expected, name
    assert server.get("/?n=1")[0] == 200
    server.wait_stored(1)
    wait_for(lambda: 1 in server.stored_numbers())
    lines = len((server.logs / "access_log").read_text().splitlines())
    wait_for(lambda: server.count() == lines, 5, "a row for each line of the access log")
    assert Counter(r[:2] for r in rows(server)) == Counter(l[:2] for l in access_log(server))


@pytest.mark.fault("F86")
def test_a_timeout_without_a_request_is_survived(make_server):
    server = make_server(modules=["reqtimeout"], config="RequestReadTimeout header=1\nTimeout 1")
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.sendall(b"GET /half")
        s.settimeout(5)
        s.recv(1000)
    server.get("/?n=1")
    server.wait_stored(2)
    assert 408 in [row[0] for row in rows(server)]


@pytest.mark.fault("F89")
def test_a_thousand_requests_on_one_connection_keep_their_order(make_server):
    server = make_server(config="MaxKeepAliveRequests 0")
    server.start()
    data = b"".join(b"GET /?n=%d HTTP/1.1\r\nHost: x\r\n%s\r\n" % (n, b"Connection: close\r\n" if n == 999 else b"")
                    for n in range(1000))
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.settimeout(10)
        sender = __import__("threading").Thread(target=s.sendall, args=(data,))
        sender.start()
        while s.recv(1 << 20):
            pass
        sender.join()
    server.wait_stored(1000)
    names = [n for (n,) in server.sql("select resource.name from hit join resource on resource.id = hit.resource order by hit.id")]
    assert names == [f"/?n={n}" for n in range(1000)]


@pytest.mark.fault("F88")
def test_an_aborted_download_is_one_hit_with_the_bytes_really_sent(make_server):
    server = make_server()
    (server.www / "big").write_bytes(b"x" * 30_000_000)
    (server.www / "big").chmod(0o644)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        s.recv(1000)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert_equals_access_log(server, 1)
    [(size, flags)] = server.sql("select bytes, flags from hit")
    assert size < 30_000_000 and flags & 2


@pytest.mark.fault("F80")
def test_fields_have_ceilings_and_the_hit_says_so(make_server):
    server = make_server(config="LimitRequestLine 100000\nLimitRequestFieldSize 100000")
    server.start()
    server.get("/?n=1&" + "x" * 50000, {"User-Agent": "y" * 50000, "Referer": "http://example.org/" + "z" * 50000,
                                        "Accept-Language": "en," + "w" * 50000})
    server.get("/?n=2")
    server.wait_stored(2)
    [(length, flags)] = server.sql("select length(resource.name), flags from hit join resource on resource.id = "
                                   "hit.resource where resource.name like '/?n=1%'")
    assert length == 2048 and flags & 4
    assert server.sql("select flags & 4 from hit join resource on resource.id = hit.resource where name = '/?n=2'") == [(0,)]
    assert server.sql("select language from slim_stats where resource like '/?n=1%'") == [("en",)]


HEADERS = [b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x9b31m", b"\xc2\x9b2J", b"\xe2\x80\xae evil",
           b"a%0d%0ab", b"\\x22 \\x5c", b"%s%n%x", b"<script>alert(1)</script>", b"' or 1=1 --", b"\x80" * 300]


def kept(value):
    """What is no UTF-8 is kept as %XX."""
    text = value.decode("utf-8", "surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda c: f"%{ord(c[0]) - 0xdc00:02X}", text)


@pytest.mark.fault("F81")
def test_any_bytes_arrive_as_they_were_sent(server):
    for n, value in enumerate(HEADERS):
        path = b"/?n=%d&v=" % n + value.replace(b" ", b"+").replace(b"\x9b", b"%9b")
        server.raw(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUser-Agent: " + value +
                   b"\r\nReferer: http://example.org/" + value.replace(b" ", b"+") +
                   b"\r\nAccept-Language: " + value + b"\r\n\r\n")
    server.wait_stored(len(HEADERS))
    assert {a for (a,) in server.sql("select name from agent where id > 1")} == set(map(kept, HEADERS))
    for output in (server.cli("report", "recent", "--limit", "1000").stdout,
                   server.cli("report", "recent", "--format", "csv", "--limit", "1000").stdout,
                   server.cli("report", "referers", "--format", "tsv", "--limit", "1000").stdout):
        for c in output:
            assert c == "\n" or c == "\t" or (ord(c) >= 32 and not 0x7f <= ord(c) < 0xa0), repr(c)
            assert not 0x202a <= ord(c) <= 0x202e
    assert len(server.report("recent", "--limit", "1000")["rows"]) == len(HEADERS)
    assert "<" not in server.cli("report", "recent", "--format", "json").stdout


def test_client_hints_fetch_metadata_and_privacy_signals(server):
    base = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
    cases = [
        ("/p", {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}, "page", 1),
        ("/a", {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"}, "api", 0),
        ("/i", {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"}, "asset", 0),
        ("/pre", {"Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Dest": "document"}, "prefetch", 0),
        ("/moz", {"X-Moz": "prefetch"}, "prefetch", 0),
        ("/purpose", {"Purpose": "prefetch"}, "prefetch", 0),
        ("/safari", {"X-Purpose": "preview"}, "prefetch", 0),
        ("/any", {"Accept": "*/*"}, "api", 0),
        ("/html", {"Accept": "text/html,*/*;q=0.8"}, "page", 1),
        ("/html2", {"Accept": "application/xml, text/html;q=0.9"}, "page", 1),
        ("/xhr", {"Accept": "text/html", "X-Requested-With": "xmlhttprequest"}, "api", 0),
        ("/app", {"Accept": "text/html", "X-Requested-With": "com.example.app"}, "page", 1),
        ("/worker", {"Accept": "text/html", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "navigate"}, "page", 1),
        ("/turbo", {"Sec-Fetch-Dest": "empty", "X-Turbo-Request-Id": "7"}, "page", 1),
        ("/part", {"Sec-Fetch-Dest": "empty", "X-Turbo-Request-Id": "7", "Turbo-Frame": "x"}, "api", 0),
        ("/boosted", {"Sec-Fetch-Dest": "empty", "HX-Boosted": "true"}, "page", 1),
    ]
    for path, headers, _, _ in cases:
        (server.www / path[1:]).write_text("<p>x")
        (server.www / path[1:]).chmod(0o644)
    for path, headers, _, _ in cases:
        server.get(path, base | headers)
    server.get("/", base | {"DNT": "1", "Sec-GPC": "1", "Sec-CH-UA-Mobile": "?1"})
    server.wait_stored(len(cases) + 1)
    kinds = {name: (kind, view) for name, kind, view in server.sql(
        "select resource.name, kind.name, pageview from hit join resource on resource.id = hit.resource "
        "join kind on kind.id = hit.kind")}
    for path, _, kind, view in cases:
        assert kinds[path] == (kind, view), path
    assert server.sql("select flags & 112 from hit join resource on resource.id = hit.resource where name = '/'") == [(112,)]


@pytest.mark.fault("F90")
def test_locations_hold_for_what_mod_cache_answers(make_server):
    """Its quick handler comes before httpd looks for sections."""
    config = """
CacheRoot {cache}
CacheEnable disk /
CacheQuickHandler on
CacheHeader on
CacheIgnoreNoLastMod On
CacheDefaultExpire 3600
<Location /closed>
    SlimStats Off
</Location>
<Location /part>
    SlimStatsExclude path=*/left*
</Location>
"""
    server = make_server(modules=["cache", "cache_disk"])
    cache = server.dir / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    server.write_config(config=config.replace("{cache}", str(cache)))
    for name in ("open", "closed", "part/left", "part/kept"):
        (server.www / name).mkdir(parents=True)
        (server.www / name / "a.html").write_text("<p>a")
    server.start()
    paths = ("/open/a.html", "/closed/a.html", "/cl%6fsed//a.html", "/part/left/a.html", "/part/kept/a.html")
    asked = Counter()

    def is_answered_by_the_cache(path):
        asked[path] += 1
        return dict(server.get(path)[1]).get("X-Cache", "").startswith("HIT")

    for path in paths:
        wait_for(lambda p=path: is_answered_by_the_cache(p))
    wanted = {path: asked[path] for path in ("/open/a.html", "/part/kept/a.html")}
    server.wait_stored(sum(wanted.values()))
    wait_for(lambda: server.ledger()["excluded"].get("path") == asked["/part/left/a.html"])
    assert dict(server.sql("select resource.name, count(*) from hit join resource on resource.id = hit.resource "
                           "group by 1")) == wanted


def test_what_decides_a_kind_is_kept_with_the_hit(make_server):
    """An ErrorDocument makes the method GET for httpd; what was sent stands in the request line."""
    server = make_server(config='''Header set Content-Disposition "attachment; filename=x" "expr=%{QUERY_STRING} == 'save'"
ErrorDocument 404 /index.html''')
    server.start()
    server.get("/?save", {"Accept": "text/html", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"})
    server.get("/nothing", {"Accept": "*/*", "Sec-Purpose": "prefetch;prerender"}, "POST")
    server.get("/nowhere", {}, "REPORT")
    server.wait_stored(3)
    found = server.sql("select method.name, kind.name, evidence from hit join kind on kind.id = kind "
                       "join method on method.id = method order by method.name")
    # given, HTML, Accept names it, attachment, navigate, document; Accept without it, prerender
    html = 1 | 2 << 1
    assert found == [("GET", "download", html | 2 << 6 | 1 << 8 | 2 << 14 | 2 << 17),
                     ("POST", "prefetch", html | 1 << 6 | 3 << 11), ("REPORT", "other", html)]


def test_downloads_count_once_however_many_ranges(make_server):
    server = make_server()
    make_site(server)
    server.start()
    ranges = {"": 1, "bytes=0-999": 1, "bytes=1000-1999": 0, "bytes=0-9,20-29": 1}
    for header in ranges:
        server.get(f"/file.zip?{header}", {"Range": header} if header else {})
    server.wait_stored(4)
    found = dict(server.sql("select resource.name, download from hit join resource on resource.id = hit.resource"))
    assert found == {f"/file.zip?{header}": count for header, count in ranges.items()}


@pytest.mark.fault("F91")
def test_the_client_is_who_mod_remoteip_says(make_server):
    server = make_server(config="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1")
    server.start()
    sent = ["1.2.3.4", "1.2.3.4, 5.6.7.8", "::ffff:1.2.3.4", "2001:db8::1", "unknown", "127.0.0.1", "1.2.3", "",
            "10.0.0.1", "<script>", "1.2.3.4:8080", "fe80::1"]
    for value in sent:
        server.get("/", {"X-Forwarded-For": value})
    server.wait_stored(len(sent))
    ours = Counter(r[2] for r in rows(server))
    theirs = Counter(re.sub(r"^::ffff:", "", l[2]) for l in access_log(server))
    assert ours == theirs


@pytest.mark.fault("F91")
def test_without_mod_remoteip_a_header_is_not_believed(server):
    for header in ("X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "Client-IP", "Forwarded"):
        server.get("/", {header: "1.2.3.4"})
    server.wait_stored(6)
    assert {r[2] for r in rows(server)} == {"127.0.0.1"}


@pytest.mark.fault("F92")
def test_virtual_hosts_without_own_directives_are_sites_too(make_server):
    server = make_server()
    names = ("one.example", "two.example")
    server.write_config(config="".join(f"<VirtualHost *:{server.port}>\nServerName {n}\n</VirtualHost>\n" for n in names))
    server.start()
    for name in names:
        server.get("/", {"Host": name})
    server.wait_stored(2)
    assert sorted(r[0] for r in server.sql("select site from slim_stats")) == sorted(names)


@pytest.mark.fault("F92")
def test_virtual_hosts_are_sites(make_server):
    server = make_server(capture=False, config="""
<VirtualHost *:{port}>
    ServerName one.example
    ServerAlias www.one.example
    SlimStats On
</VirtualHost>
<VirtualHost *:{port}>
    ServerName two.example
    SlimStats On
    SlimStatsSite "second"
</VirtualHost>
<VirtualHost *:{port}>
    ServerName mass.example
    ServerAlias *.mass.example
    SlimStats On
    SlimStatsSite %{HTTP_HOST}
</VirtualHost>
<VirtualHost *:{port}>
    ServerName off.example
</VirtualHost>
""")
    server.write_config(config=server.options["config"].replace("{port}", str(server.port)))
    server.start()
    wait_for(lambda: server.state_word() != "recorder-down")
    for host in ("one.example", "WWW.one.example", "two.example", "a.mass.example", "B.mass.example", "off.example",
                 "unknown.example"):
        server.get("/", {"Host": host, "Referer": "http://www.one.example/x"})
    server.wait_stored(6)
    assert Counter(s for (s,) in server.sql("select site from slim_stats")) == {
        "one.example": 3, "second": 1, "a.mass.example": 1, "b.mass.example": 1}
    channels = dict(server.sql("select site.name, channel.name from hit join site on site.id = hit.site join source "
                               "on source.id = hit.source join channel on channel.id = source.channel"))
    assert channels["one.example"] == "internal" and channels["second"] == "website"


@contextlib.contextmanager
def h2_connection(server):
    """An HTTP/2 connection with TLS, and its socket."""
    import h2.connection
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2"])
    with socket.create_connection(("127.0.0.1", server.tls_port)) as plain, \
            context.wrap_socket(plain, server_hostname="localhost") as s:
        connection = h2.connection.H2Connection()
        connection.initiate_connection()
        s.sendall(connection.data_to_send())
        yield connection, s


def h2_requests(server, count):
    """GETs over one HTTP/2 connection with TLS; returns the statuses."""
    import h2.events
    with h2_connection(server) as (connection, s):
        ended, statuses, sent = 0, [], 0
        while ended < count:
            while sent < count and sent - ended < 50:
                connection.send_headers(connection.get_next_available_stream_id(), [
                    (":method", "GET"), (":path", f"/?n={sent}"), (":scheme", "https"),
                    (":authority", f"localhost:{server.tls_port}"), ("user-agent", "h2 test")], end_stream=True)
                sent += 1
            s.sendall(connection.data_to_send())
            data = s.recv(65536)
            assert data
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.ResponseReceived):
                    statuses.append(int(dict(event.headers)[b":status"]))
                elif isinstance(event, h2.events.DataReceived):
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    ended += 1
            s.sendall(connection.data_to_send())
        return statuses


@pytest.mark.fault("F83")
@pytest.mark.parametrize("which", ["worker", "event"])
def test_http2_over_tls_is_one_hit_a_stream(make_server, which):
    server = make_server(mpm=which, tls=True)
    server.start()
    assert h2_requests(server, 300) == [200] * 300
    assert_equals_access_log(server, 300)
    assert server.sql("select distinct protocol, flags & 1, hits.tls from hits join hit on hit.id = hits.hit") == [(2000, 1, "TLSv1.3")]


@pytest.mark.fault("F92")
def test_tls_with_http1(make_server, mpm):
    server = make_server(mpm=mpm, tls=True)
    server.start()
    context = ssl._create_unverified_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    import http.client
    connection = http.client.HTTPSConnection("127.0.0.1", server.tls_port, context=context)
    for n in range(5):
        connection.request("GET", f"/?n={n}")
        connection.getresponse().read()
    connection.close()
    server.get("/?n=5")
    assert_equals_access_log(server, 6)
    assert server.sql("select flags & 1, count(*) from hit group by 1") == [(0, 1), (1, 5)]
    assert server.sql("select tls, count(*) from hits group by 1") == [("", 1), ("TLSv1.2", 5)]


def test_answers_are_the_same_with_the_module_on_off_and_absent(make_server):
    def answers(server):
        return [without_date(server.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()))
                for path in ("/", "/none", "/sub/", "/file.zip", "/forbidden", "/elsewhere")]
    servers = [make_server(load_module=False, config=SITE), make_server(capture=False, config=SITE),
               make_server(config=SITE)]
    for server in servers:
        make_site(server)
        for path in server.www.rglob("*"):
            __import__("os").utime(path, (1700000000, 1700000000))
        server.start()
    first, *others = [[re.sub(rb"localhost:\d+|Port \d+", b"", a) for a in answers(s)] for s in servers]
    for other in others:
        assert other == first


@pytest.mark.fault("F40")
def test_many_children_come_and_go(make_server):
    server = make_server(mpm="prefork", config="MaxConnectionsPerChild 3\nStartServers 5\nMaxRequestWorkers 20")
    server.start()
    load = Load(server, threads=4).run_count(600)
    from slimhttpd import assert_conserved
    assert_conserved(server, load)
