"""Who visits: a browser on foot, and a real one; and what reports must say of it."""
import http.cookies
import os
import pwd
from urllib.parse import urlencode

from slimhttpd import IS_ROOT, wait_for

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Walker:
    """Asks as a browser does that follows links, one request after the other."""

    def __init__(self, server, base=""):
        self.server, self.base, self.at, self.cookies = server, base, None, http.cookies.SimpleCookie()

    def ask(self, path, status=200, method="GET", body=None, **headers):
        sent = {"User-Agent": AGENT, "Host": f"localhost:{self.server.port}"}
        sent |= {"Referer": f"http://localhost:{self.server.port}{self.at}"} if self.at else {}
        sent |= {"Cookie": "; ".join(f"{k}={v.value}" for k, v in self.cookies.items())} if self.cookies else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answered, fields, text = self.server.get(self.base + path, sent, method, body)
        assert answered == status, f"{method} {path}: {answered}, not {status}\n{text[:2000]}"
        for name, value in fields:
            if name.lower() == "set-cookie":
                self.cookies.load(value)
        return dict(fields), text.decode("utf-8", "replace")

    def open(self, path, status=200, **more):
        """As a click on a link does, or a form: the address is a referer from then on."""
        answer = self.ask(path, status, Accept=HTML, Sec_Fetch_Dest="document", Sec_Fetch_Mode="navigate", **more)
        if status < 300:
            self.at = self.base + path
        return answer

    def part(self, path, destination, **more):
        """What a page has in it."""
        return self.ask(path, Accept="*/*", Sec_Fetch_Dest=destination, Sec_Fetch_Mode="no-cors", **more)

    def post(self, path, fields, status=200):
        return self.open(path, status, method="POST", body=urlencode(fields), Content_Type="application/x-www-form-urlencoded")


def owned_by_httpd(folder):
    if IS_ROOT:
        user = pwd.getpwnam("www-data")
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid)


def idle(server):
    """The recorder has all that httpd has logged."""
    ledger = server.ledger()
    return set(ledger["waiting"].values()) == {0} and ledger["seen"] == len((server.logs / "access_log").read_text().splitlines())


def rows(server, report, columns):
    text = server.cli("report", report, "--format", "tsv", "--exact", "--limit", "1000", check=0).stdout
    names, *lines = [line.split("\t") for line in text.splitlines()]
    return [tuple(line[names.index(c)] for c in columns.split()) for line in lines]


def counted(server):
    """What reports say: page views by page, downloads, searches on the site, visits."""
    wait_for(lambda: idle(server), 15, "the recorder is idle")
    pages = {page: int(count) for page, count in rows(server, "pages", "page pageviews")}
    ((views, visits),) = rows(server, "overview", "pageviews visits")
    assert int(views) == sum(pages.values()) == sum(int(count) for (count,) in rows(server, "kinds", "pageviews"))
    return {"pages": pages, "downloads": {page: int(count) for page, count in rows(server, "downloads", "page hits")},
            "searches": dict(rows(server, "localsearch", "searchterms searches")), "visits": int(visits)}


def of(pages, downloads=(), searches=(), visits=1):
    """The same as a person would count it; pages and downloads: by name, or a list of those that count once."""
    def once(names):
        return dict(names) if isinstance(names, dict) else dict.fromkeys(names, 1)
    return {"pages": once(pages), "downloads": once(downloads), "searches": {words: "1" for words in searches}, "visits": visits}
