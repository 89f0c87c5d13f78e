"""Requests that httpd passes on, and answers that go on for long: one hit each, as the access log has it."""
import contextlib
import http.client
import socket
import ssl
import struct
import threading

import pytest

from slimhttpd import free_port, wait_for
from test_capture import assert_equals_access_log, h2_connection

PROXY = ["proxy", "proxy_http", "proxy_connect", "proxy_wstunnel"]


class Backend:
    """Answers one connection after the other by a function of the test's own."""

    def __init__(self, answer):
        self.socket = socket.create_server(("127.0.0.1", free_port()))
        self.port = self.socket.getsockname()[1]
        self.answer = answer
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                with connection:
                    request = b""
                    while b"\r\n\r\n" not in request and (chunk := connection.recv(65536)):
                        request += chunk
                    self.answer(connection, request)

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


@pytest.fixture
def make_backend():
    made = []

    def make(answer):
        made.append(Backend(answer))
        return made[-1]
    yield make
    for one in made:
        one.close()


@pytest.mark.fault("F90")
def test_what_a_backend_answers_is_one_hit(make_server, make_backend):
    """One that is not there, too, and one that hangs up in the middle."""
    def answer(connection, request):
        if b"GET /up/half" in request:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nContent-Type: text/html\r\n\r\nhalf")
        elif b"GET /up/none" in request:
            return
        elif b"GET /up/odd" in request:
            connection.sendall(b"no HTTP at all\r\n\r\n")
        else:
            connection.sendall(b"HTTP/1.1 201 Made\r\nContent-Length: 5\r\nConnection: close\r\nContent-Type: text/html\r\n\r\nhello")
    backend = make_backend(answer)
    server = make_server(modules=PROXY, config=f"""
ProxyPass /up/ http://127.0.0.1:{backend.port}/up/ disablereuse=On retry=0
ProxyPass /down/ http://127.0.0.1:{free_port()}/ retry=0
ProxyRequests On
AllowCONNECT {backend.port}
""")
    server.expect("AH0111[14]", "AH00957", "AH01102", "AH01084", "AH01097", "AH01070", "AH02430", "proxy:error", "proxy_http:error", "core:error")
    server.start()
    statuses = {}
    for path in ("/up/", "/up/half", "/up/none", "/up/odd", "/down/"):
        with contextlib.suppress(http.client.HTTPException):
            statuses[path] = server.get(path)[0]
    assert statuses["/up/"] == 201 and statuses["/down/"] == 503
    assert b"200" in server.raw(f"CONNECT 127.0.0.1:{backend.port} HTTP/1.1\r\nHost: x\r\n\r\nGET /up/ HTTP/1.0\r\n\r\n".encode()).split(b"\r\n")[0]
    assert_equals_access_log(server, 6)


@pytest.mark.fault("F93")
def test_an_event_stream_is_one_hit_at_its_end(make_server, make_backend):
    """Meanwhile others are stored, and nothing waits."""
    gate = threading.Event()

    def answer(connection, request):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: 1\n\n")
        gate.wait(60)
        connection.sendall(b"data: 2\n\n")
    backend = make_backend(answer)
    server = make_server(modules=PROXY, config=f"ProxyPass /events http://127.0.0.1:{backend.port}/ flushpackets=on")
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), 60) as stream:
        stream.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answered = b""
        while b"data: 1" not in answered:
            answered += stream.recv(65536)
        server.get("/?n=1")
        server.wait_stored(1)
        wait_for(lambda: not any((now := server.ledger())["waiting"].values()) and now["seen"] == 1, 10, "nothing waits")
        gate.set()
        while chunk := stream.recv(65536):
            answered += chunk
    assert b"data: 2" in answered
    assert_equals_access_log(server, 2)


@pytest.mark.fault("F93")
def test_a_websocket_is_one_hit_at_its_end(make_server, make_backend):
    def answer(connection, request):
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        while frame := connection.recv(65536):
            connection.sendall(frame)
    backend = make_backend(answer)
    server = make_server(modules=PROXY, config=f"ProxyPass /ws ws://127.0.0.1:{backend.port}/")
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), 60) as client:
        client.sendall(b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        answered = b""
        while b"\r\n\r\n" not in answered:
            answered += client.recv(65536)
        assert b" 101 " in answered.split(b"\r\n")[0]
        client.sendall(b"\x81\x05hello")
        assert client.recv(65536).endswith(b"hello")
        server.get("/?n=1")
        server.wait_stored(1)
        assert server.ledger()["seen"] == 1
    assert_equals_access_log(server, 2)
    assert server.sql("select status from hit join resource on resource.id = hit.resource where name = '/ws'") == [(101,)]


@pytest.mark.fault("F88")
@pytest.mark.parametrize("read", [pytest.param(0, marks=pytest.mark.thorough), 1, pytest.param(100_000, marks=pytest.mark.thorough)], ids=["before the answer", "at its first byte", "in the middle"])
def test_hundreds_give_up_at_once(make_server, read):
    server = make_server()
    (server.www / "big").write_bytes(b"x" * 8_000_000)
    (server.www / "big").chmod(0o644)
    server.start()
    count, clients = 200, []
    for n in range(count):
        client = socket.create_connection(("127.0.0.1", server.port), 60)
        client.sendall(b"GET /big?n=%d HTTP/1.1\r\nHost: x\r\n\r\n" % n)
        clients.append(client)
        if len(clients) == 20:
            for one in clients:
                got = 0
                while got < read:
                    got += len(one.recv(read - got))
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.close()
            clients = []
    wait_for(lambda: server.ledger()["seen"] > 0 and len((server.logs / "access_log").read_text().splitlines()) >= (count if read else 1), 20, "all are logged")
    if read:  # else httpd may not have seen the request before the connection was gone
        assert_equals_access_log(server, count)
        assert set(server.stored_numbers().values()) == {1}
    else:
        wait_for(lambda: server.count() == len((server.logs / "access_log").read_text().splitlines()), 10, "a row for each line")


@pytest.mark.fault("F83")
def test_streams_that_are_reset_are_one_hit_each(make_server):
    """Some before their answer, some within it; then the connection is left."""
    server = make_server(tls=True)
    (server.www / "big").write_bytes(b"x" * 3_000_000)
    (server.www / "big").chmod(0o644)
    server.expect("AH")
    server.start()
    for first in range(0, 48, 6):  # who resets more of them on one connection is sent away
        with h2_connection(server) as (connection, s):
            for n in range(first, first + 6):
                stream = connection.get_next_available_stream_id()
                connection.send_headers(stream, [(":method", "GET"), (":path", f"/big?n={n}"), (":scheme", "https"),
                                                 (":authority", f"localhost:{server.tls_port}")], end_stream=True)
                if n % 3 == 0:
                    connection.reset_stream(stream, 8)
                s.sendall(connection.data_to_send())
                if n % 3 == 1:
                    connection.receive_data(s.recv(65536))
                    connection.reset_stream(stream, 8)
                    s.sendall(connection.data_to_send())
            connection.close_connection()
            s.sendall(connection.data_to_send())
    server.get("/?n=1000000")
    server.wait_stored(1)

    def settled():
        lines = len((server.logs / "access_log").read_text().splitlines())
        return lines > 1 and server.count() == lines and not any(server.ledger()["waiting"].values())
    wait_for(settled, 20, "a row for each line")
    assert max(server.stored_numbers().values()) == 1
    assert_equals_access_log(server, server.count())


@pytest.mark.fault("F92", "F91")
def test_the_proxy_protocol_names_the_client(make_server):
    server = make_server(config="RemoteIPProxyProtocol On")
    server.expect("AH034")
    server.start()

    def ask(first, n):
        return server.raw(first + f"GET /?n={n} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert b" 200 " in ask(b"PROXY TCP4 203.0.113.9 127.0.0.1 1234 80\r\n", 1)
    assert b" 200 " in ask(b"PROXY TCP6 2001:db8::7 ::1 1234 80\r\n", 2)
    binary = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + socket.inet_aton("198.51.100.4") + socket.inet_aton("127.0.0.1") + struct.pack("!HH", 1234, 80)
    assert b" 200 " in ask(binary, 3)
    ask(b"", 4)
    assert_equals_access_log(server, 3)
    assert dict(server.sql("select resource, ip from slim_stats")) == {
        "/?n=1": "203.0.113.9", "/?n=2": "2001:db8::7", "/?n=3": "198.51.100.4"}


@pytest.mark.fault("F92")
def test_the_site_is_that_of_the_name_in_the_handshake(make_server):
    server = make_server(tls=True)
    names = ("one.example", "two.example")
    server.write_config(config="".join(f"<VirtualHost 127.0.0.1:{server.tls_port}>\nServerName {n}\nSSLEngine on\nSSLCertificateFile {server.dir}/cert.pem\n"
                                       f"SSLCertificateKeyFile {server.dir}/key.pem\n</VirtualHost>\n" for n in names))
    server.expect("AH01909", "AH02032")
    server.start()
    context = ssl._create_unverified_context()
    for name in names:
        with socket.create_connection(("127.0.0.1", server.tls_port), 60) as plain, context.wrap_socket(plain, server_hostname=name) as s:
            s.sendall(f"GET /?of={name} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
            while s.recv(65536):
                pass
    assert_equals_access_log(server, 2)
    assert dict(server.sql("select resource, site from slim_stats")) == {f"/?of={name}": name for name in names}
