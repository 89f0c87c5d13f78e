"""visitor.py PORT NAME: asks for pages until the input ends, on connections that it keeps; prints the numbers of those that
were asked for, of those that were answered by 200, and other answers."""
import http.client
import json
import sys
import threading

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


class Visitor(threading.Thread):
    def __init__(self, port, name, over):
        super().__init__()
        self.port, self.label, self.over = port, name, over
        self.asked, self.answered, self.others, self.failures = [], [], [], []

    def run(self):
        connection, n = None, 0
        while not self.over.is_set():
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                if connection.sock is None:
                    connection.connect()
            except OSError:
                connection = None
                self.over.wait(0.02)
                continue
            n += 1
            page = f"/index.html?{self.label}-{n}"
            self.asked.append(page)
            try:
                connection.request("GET", page, headers={"User-Agent": AGENT, "Accept": "text/html"})
                response = connection.getresponse()
                response.read()
                (self.answered if response.status == 200 else self.others).append(page)
                self.over.wait(0.002)
            except (OSError, http.client.HTTPException) as failure:
                self.failures.append(f"{page}: {failure!r}")
                connection.close()
                connection = None


def main(port, name):
    over = threading.Event()
    visitors = [Visitor(port, f"{name}{n}", over) for n in range(2)]
    for visitor in visitors:
        visitor.start()
    sys.stdin.read()
    over.set()
    for visitor in visitors:
        visitor.join()
    print(json.dumps({what: sum((getattr(visitor, what) for visitor in visitors), [])
                      for what in ("asked", "answered", "others", "failures")}))


main(int(sys.argv[1]), sys.argv[2])
