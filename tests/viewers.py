"""People who look at the dashboard, many at once, with the questions that cost most."""
import http.client
import threading
import time
from collections import Counter

REPORTS = ["overview", "timeline", "pages", "entries", "exits", "sources", "referers", "searchterms", "countries", "languages", "browsers",
           "platforms", "robots", "sites", "status", "kinds", "hours", "recent", "visits", "addresses", "slow", "errors", "notfound", "downloads"]
WORST = ["/stats/api/several?since=all&robots=on&exact=on&where=page~a&where=browser!=none" + "".join(f"&report={name}&limit=1000" for name in REPORTS),
         "/stats/api/pages?since=all&robots=on&exact=on&limit=1000&search=a&where=page~e",
         "/stats/api/visits?since=all&robots=on&limit=1000&where=referer~x",
         "/stats/api/recent.csv?since=all&robots=on&limit=1000&where=page~a",
         "/stats/metrics"]
# Each reads all hits for itself.
ENDLESS = "/stats/api/several?since=all&robots=on&exact=on" + "".join(f"&report=pages&where=page~{n}&where=referer~x" for n in range(24))
SETTINGS = {"prefork": "StartServers 70\nMinSpareServers 1\nMaxSpareServers 100\nServerLimit 100\nMaxRequestWorkers 100",
            "worker": "StartServers 2\nThreadsPerChild 50\nServerLimit 2\nMaxRequestWorkers 100",
            "event": "StartServers 2\nThreadsPerChild 50\nServerLimit 2\nMaxRequestWorkers 100"}


class Crowd:
    """Threads that ask one question after the other until they are stopped; what became of each question."""

    def __init__(self, port, paths, number=50, pause=0.0):
        self.port, self.paths, self.pause = port, paths, pause
        self.answers, self.untold, self.failed = Counter(), [], []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(n,), daemon=True) for n in range(number)]

    def work(self, n):
        while not self.stopping.is_set():
            path = self.paths[n % len(self.paths)]
            n += 1
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                response.read()
                self.answers[(path.split("?")[0], response.status)] += 1
                if response.status == 503 and not response.getheader("Retry-After"):
                    self.untold.append(path)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(error)
            finally:
                connection.close()
            time.sleep(self.pause)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def with_status(self, *statuses):
        return sum(count for (_, status), count in self.answers.items() if status in statuses)


def own_memory(pid):
    """Bytes that a process has of its own now, without the ring and other files."""
    try:
        with open(f"/proc/{pid}/status") as lines:
            return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon")), 0)
    except OSError:
        return 0


class MemoryWatch:
    """The most that a child had of its own, as it is seen now and then."""

    def __init__(self, pids):
        self.pids, self.most = pids, 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        while not self.stopping.wait(0.02):
            self.most = max(self.most, *(own_memory(pid) for pid in self.pids), 0)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()
