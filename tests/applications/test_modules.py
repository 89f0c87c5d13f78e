"""Modules of httpd that answer for others: DAV, caches, proxies."""
import base64
import contextlib
import os
import socket
import threading

from person import AGENT, Walker, counted, of, rows
from slimhttpd import wait_for

DAV = """
DavLockDB {dir}/dav/lock
<Directory {www}/dav>
    Dav On
</Directory>
"""


def writable(path):
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o777)
    return path


def test_an_editor_of_shared_files_sees_no_pages(make_server):
    """What a file manager does by WebDAV, and then a person who opens the page and a file in a browser."""
    server = make_server(modules=["dav", "dav_fs", "dav_lock"])
    writable(server.www / "dav")
    writable(server.dir / "dav")
    server.write_config(config=DAV.format(dir=server.dir, www=server.www))
    server.start()
    manager = {"User-Agent": "gvfs/1.50.3", "Accept": "*/*"}

    def ask(method, path, status, body=None, **headers):
        answered, fields, text = server.get(path, manager | {k.replace("_", "-"): v for k, v in headers.items()}, method, body)
        assert answered == status, f"{method} {path}: {text}"
        return dict(fields)
    ask("OPTIONS", "/dav/", 200)
    ask("PROPFIND", "/dav/", 207, Depth="1")
    ask("PUT", "/dav/page.html", 201, "<p>page")
    ask("PUT", "/dav/paper.pdf", 201, "paper")
    ask("MKCOL", "/dav/more", 201)
    lock = ask("LOCK", "/dav/page.html", 200, '<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>'
               "<D:locktype><D:write/></D:locktype></D:lockinfo>", Content_Type="application/xml")["Lock-Token"]
    ask("PUT", "/dav/page.html", 204, "<p>page two", If=f"({lock})")
    ask("UNLOCK", "/dav/page.html", 204, Lock_Token=lock)
    ask("PROPFIND", "/dav/page.html", 207, Depth="0")
    ask("COPY", "/dav/page.html", 201, Destination=f"http://127.0.0.1:{server.port}/dav/copy.html")
    ask("MOVE", "/dav/copy.html", 201, Destination=f"http://127.0.0.1:{server.port}/dav/moved.html")
    ask("DELETE", "/dav/moved.html", 204)
    assert counted(server) == of([], visits=0)
    person = Walker(server)
    person.open("/dav/page.html")
    person.open("/dav/paper.pdf")
    assert counted(server) == of(["/dav/page.html"], ["/dav/paper.pdf"])


CACHE = """
CacheRoot {cache}
CacheEnable disk /
CacheQuickHandler {quick}
CacheHeader on
CacheIgnoreNoLastMod On
CacheDefaultExpire 3600
"""


def test_what_a_cache_answers_is_counted(make_server):
    """By the quick handler, and by the other."""
    for quick in ("on", "off"):
        server = make_server(modules=["cache", "cache_disk"])
        server.write_config(config=CACHE.format(cache=writable(server.dir / "cache"), quick=quick))
        for name in ("a.html", "b.html", "style.css", "paper.pdf"):
            (server.www / name).write_text(f"<p>{name}")
            os.utime(server.www / name, (1700000000, 1700000000))  # what is young is not kept for long
        server.start()
        readers = [Walker(server) for _ in range(3)]
        answers = []
        for number, person in enumerate(readers):
            person.cookies.load(f"reader={number}")
            for page in ("/a.html", "/b.html"):
                answers.append(person.open(page)[0])
                answers.append(person.part("/style.css", "style")[0])
            answers.append(person.open("/paper.pdf")[0])
        assert sum(answer.get("X-Cache", "").startswith("HIT") for answer in answers) >= 10
        # three at one address with one browser are one visitor
        assert counted(server) == of({"/a.html": 3, "/b.html": 3}, ["/paper.pdf"])
        assert rows(server, "kinds", "kind hits") == [("asset", "6"), ("page", "6"), ("download", "3")]
        tag = readers[0].ask("/a.html")[0]["ETag"]
        readers[0].open("/a.html", 304, If_None_Match=tag)
        assert counted(server)["pages"]["/a.html"] == 5


class Talker:
    """A server of pages, and of a socket that says back what it hears."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.talk, args=(self.socket.accept()[0],), daemon=True).start()

    def talk(self, connection):
        with connection, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (more := connection.recv(65536)):
                head += more
            if b"websocket" in head.lower():
                connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
                while said := connection.recv(65536):
                    connection.sendall(said)
            elif head:
                kind, text = (b"application/json", b"{}") if head.startswith(b"GET /app/list") else (b"text/html", b"<p>page")
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (kind, len(text), text))


def test_a_page_that_talks_by_a_socket_is_one_page(make_server):
    behind = Talker()
    server = make_server(modules=["proxy", "proxy_http", "proxy_wstunnel"])
    server.write_config(config=f"ProxyPass /app/talk ws://127.0.0.1:{behind.port}/app/talk\nProxyPass /app http://127.0.0.1:{behind.port}/app")
    server.start()
    person = Walker(server)
    person.open("/app/")
    person.ask("/app/list", Accept="*/*", Sec_Fetch_Dest="empty", Sec_Fetch_Mode="cors")
    with socket.create_connection(("127.0.0.1", server.port), 60) as talk:
        key = base64.b64encode(os.urandom(16)).decode()
        talk.sendall(f"GET /app/talk HTTP/1.1\r\nHost: localhost:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nUser-Agent: {AGENT}\r\n"
                     "Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: websocket\r\n\r\n".encode())
        assert talk.recv(65536).startswith(b"HTTP/1.1 101")
        talk.sendall(b"hello")
        assert talk.recv(65536) == b"hello"
        person.open("/app/next")
    behind.socket.close()
    wait_for(lambda: "/app/talk" in (server.logs / "access_log").read_text(), 15, "the socket is logged")
    assert counted(server) == of(["/app/", "/app/next"])
    assert sorted(rows(server, "kinds", "kind hits")) == [("api", "2"), ("page", "2")]
