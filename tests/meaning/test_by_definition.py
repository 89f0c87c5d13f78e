"""Reports over any period against the definitions, written down once more in the plainest way."""
import random
import time
from collections import Counter, defaultdict

import pytest

from cases import SHORT_FORMAT, Case, Question, ServedStore

BEGIN = 1_714_953_600  # 2024-05-06T00:00:00Z
DAYS = 4
TIMEOUT = 1800


class Hit:
    def __init__(self, chance, second, visitor):
        self.second, self.visitor = second, visitor
        self.page = chance.choice("abcd")
        self.is_page = chance.random() < 0.6
        self.status = chance.choice([200, 200, 200, 304, 301, 404, 500])
        self.bytes = chance.randrange(5000)
        self.pageview = self.is_page and self.status in (200, 304)

    def line(self):
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.second))
        resource = f"/{self.page}" + ("" if self.is_page else ".png")
        return Case.with_agent(f"{at} {self.visitor[0]} GET {resource} {self.status} {self.bytes} - {self.visitor[1]}")


class Log:
    """What Store wants of a case."""
    format, settings, countries = SHORT_FORMAT, [], {}

    def __init__(self, chance):
        # gaps lie about the limit, and beginnings on whole minutes; no second has two hits
        at = {}
        for _ in range(100):
            second = BEGIN + chance.randrange(DAYS * 1440) * 60
            visitor = (f"192.0.2.{chance.randrange(12)}", chance.choice(["firefox", "chrome"]))
            for _ in range(chance.choice([1, 1, 3, 10])):
                at.setdefault(second, Hit(chance, second, visitor))
                second += chance.choice([1, 59, 600, TIMEOUT - 1, TIMEOUT, TIMEOUT + 1])
        self.hits = [at[second] for second in sorted(at)]
        shuffled = chance.sample(self.hits, len(self.hits))
        self.log = [hit.line() for hit in shuffled]


class Visit:
    """Its page views, which are its acts here, and what came along with them."""

    def __init__(self, first, is_new):
        self.views, self.hits, self.is_new = [first], 0, is_new

    def end(self):
        self.began, self.pageviews = self.views[0].second, len(self.views)
        self.duration = self.views[-1].second - self.began
        self.entry, self.exit = f"/{self.views[0].page}", f"/{self.views[-1].page}"
        return self


def visits_of(hits):
    of_visitor, found = defaultdict(list), []
    for hit in hits:
        of_visitor[hit.visitor].append(hit)
    for own in of_visitor.values():
        visits, of_act = [], []
        for act in (hit for hit in own if hit.pageview):
            if visits and act.second - visits[-1].views[-1].second <= TIMEOUT:
                visits[-1].views.append(act)
            else:
                visits.append(Visit(act, not visits))
            of_act.append((act.second, visits[-1]))
        for hit in own:
            before = [visit for second, visit in of_act if 0 <= hit.second - second <= TIMEOUT]
            after = [visit for second, visit in of_act if 0 <= second - hit.second <= TIMEOUT]
            if before or after:
                (before[-1] if before else after[0]).hits += 1
        found += [visit.end() for visit in visits]
    return found


def half_up(part, whole):
    return (part * 2 + whole) // (whole * 2) if whole else 0


def tenths(part, whole):
    value = half_up(part * 1000, whole)
    return f"{value // 10}.{value % 10}"


def overview(hits, visits):
    views = [hit for hit in hits if hit.pageview]
    bounces = sum(visit.pageviews == 1 for visit in visits)
    long, seconds = len(visits) - bounces, sum(visit.duration for visit in visits)
    return [tuple(map(str, (len(visits), len({hit.visitor for hit in views}), sum(visit.is_new for visit in visits),
                            len(views), tenths(bounces, len(visits)), half_up(seconds, long),
                            half_up(seconds, len(visits)), len(hits), sum(hit.bytes for hit in hits),
                            sum(hit.status >= 400 for hit in hits))))]


def pages(hits):
    views, people = Counter(), defaultdict(set)
    for hit in hits:
        if hit.pageview:
            views[f"/{hit.page}"] += 1
            people[f"/{hit.page}"].add(hit.visitor)
    return sorted((page, str(len(people[page])), str(count)) for page, count in views.items())


def by_page(visits, which):
    count, views = Counter(), Counter()
    for visit in visits:
        count[which(visit)] += 1
        views[which(visit)] += visit.pageviews
    return sorted((page, str(count[page]), str(views[page])) for page in count)


def periods(chance):
    """Whole days, whole hours, and any minutes, in this order of ease."""
    for unit in (86400, 3600, 60):
        for _ in range(6):
            steps = DAYS * 86400 // unit
            first = chance.randrange(steps)
            yield BEGIN + first * unit, BEGIN + chance.randint(first + 1, steps) * unit


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_period_is_counted_as_defined(server, seed):
    chance = random.Random(seed)
    log = Log(chance)
    half = len(log.log) // 2
    store = ServedStore(server, log, log.log[:half], log.log[half:])
    visits = visits_of(log.hits)
    assert 30 < len(visits) < len(log.hits)

    def ask(report, columns, since, until, *more):
        at = ["--since", time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(since)), "--until", time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(until))]
        question = Question(f"report {report} {' '.join(at)}")
        question.columns = columns.split()
        return store.ask(question, *more)

    for since, until in periods(chance):
        hits = [hit for hit in log.hits if since <= hit.second < until]
        begun = [visit for visit in visits if since <= visit.began < until]
        for more in ((), ("--exact",), ("--tz", "Asia/Kathmandu")):
            assert ask("overview", "visits visitors new_visitors pageviews bounce_rate duration duration_all hits bytes errors",
                       since, until, *more) == overview(hits, begun)
            assert sorted(ask("pages", "page visitors pageviews", since, until, *more)) == pages(hits)
            assert sorted(ask("entries", "page visits pageviews", since, until, *more)) == by_page(begun, lambda v: v.entry)
            assert sorted(ask("exits", "page visits pageviews", since, until, *more)) == by_page(begun, lambda v: v.exit)
        rows = ask("timeline", "visits pageviews hits", since, until, "--by", "hour", "--tz", "Asia/Kathmandu")
        assert [sum(int(row[i]) for row in rows) for i in range(3)] \
            == [len(begun), sum(hit.pageview for hit in hits), len(hits)]
