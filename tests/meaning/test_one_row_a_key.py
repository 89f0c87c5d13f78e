"""No report has two rows of one key: what its head declares as key, or else all of its texts."""
import random
import re
import time
from pathlib import Path

import pytest

from cases import AGENTS, SHORT_FORMAT, Question, Store

SQL = Path(__file__).parents[2] / "sql/report"
BEGIN = 1_714_953_600  # 2024-05-06T00:00:00Z
REFERERS = ["-", "https://www.google.com/search?q=red+shoes", "https://www.google.com/search?q=blue", "https://www.bing.com/search?q=red+shoes",
            "https://other.example/", "http://www.other.example/a", "http://www.example.org/b", "https://chatgpt.com/", "ftp://other.example/"]
QUERIES = ["", "?utm_source=google&utm_medium=cpc&utm_campaign=spring", "?utm_campaign=spring", "?utm_campaign=spring&utm_medium=mail",
           "?gclid=1", "?fbclid=1", "?s=Apple+pie", "?s=apple+pie&utm_medium=mail", "?utm_source=other.example&utm_medium=link"]
PATHS = ["/", "/a", "/b.html", "/paper.pdf", "/c.png", "/feed.xml", "/robots.txt", "/wp-login.php", "/gone"]


class Log:
    """What Store wants of a case: two sites, and all that can differ in any mixture."""
    format, countries = "%v %H %{SSL_PROTOCOL}x " + SHORT_FORMAT, {}
    settings = ["site-search www.example.org\ts", "site-search shop.example.org\ts"]

    def __init__(self, chance):
        self.log = [self.line(chance, BEGIN + chance.randrange(3 * 86400)) for _ in range(3000)]

    @staticmethod
    def line(chance, second):
        agent = chance.choice([*AGENTS.values(), "curl/8.0", ""])
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(second))
        return " ".join([
            chance.choice(["www.example.org", "shop.example.org"]), chance.choice(["HTTP/1.0", "HTTP/1.1", "HTTP/2.0"]),
            chance.choice(["-", "TLSv1.2", "TLSv1.3"]), at,
            chance.choice(["192.0.2.%d" % chance.randrange(40), "2001:db8::%x" % chance.randrange(9)]), chance.choice(["GET", "GET", "POST", "HEAD"]),
            chance.choice(PATHS) + chance.choice(QUERIES), str(chance.choice([200, 200, 200, 302, 304, 404, 410, 500])),
            str(chance.randrange(5000)), chance.choice(REFERERS), f'"{agent}"'])


class Head:
    """The columns of a report that tell its rows apart; none: its rows are single hits or visits."""

    def __init__(self, path):
        columns = [line.split()[2:] for line in path.read_text().splitlines() if line.startswith("-- column: ")]
        keys = [name for name, _, *more in columns if "key" in more] or [name for name, kind, *_ in columns if kind == "text"]
        keys += ["site"] if "-- sites: apart\n" in path.read_text() and "site" not in keys else []
        self.name, self.keys = path.stem, [] if any(kind == "id" for _, kind, *_ in columns) else keys


REPORTS = [head for head in map(Head, sorted(SQL.glob("*.sql"))) if head.keys]


@pytest.fixture(scope="module")
def store(build, tmp_path_factory):
    return Store(build, tmp_path_factory.mktemp("keys"), Log(random.Random(1)))


def ask(store, head, *options):
    question = Question(f"report {head.name} --since all --until 2030-01-01 --limit 1000")
    question.columns = head.keys
    return store.ask(question, *options)


@pytest.mark.parametrize("options", [[], ["--robots"], ["--exact", "--robots"], ["--where", "status!=500"]], ids=" ".join)
def test_no_key_has_two_rows(store, options):
    several = 0
    for head in REPORTS:
        rows = ask(store, head, *options)
        assert len(rows) == len(set(rows)), (head.name, options)
        several += len(rows) > 1
    assert several > 20


def test_every_report_is_looked_at():
    assert {re.search(r"\w+", head.name)[0] for head in map(Head, SQL.glob("*.sql")) if not head.keys} == {"overview", "recent", "timing", "visits"}
