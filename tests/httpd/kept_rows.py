"""All that a store keeps, with texts in place of their numbers: equal for two stores that keep the same, whatever the
numbers are in each."""
import sqlite3
from contextlib import closing

NUMBERED = ("page", "address_page", "entry", "exit", "place", "network", "tls", "campaign", "domain", "country", "site", "operator")
TABLES = {"address_page": "page", "entry": "page", "exit": "page"}
OWN_NUMBERS = ("id", "visit")
FLAGS = (1 << 21) - 1  # those above say by which way a hit came into this store


class Kept:
    def __init__(self, path):
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.tables = {name for name, in self.db.execute("select name from sqlite_master where type = 'table'")}
        self.columns, self.known = {}, {}

    def columns_of(self, table):
        """(name, the table that it is a number of or None) of each column."""
        if table not in self.columns:
            to = {row[3]: row[2] for row in self.db.execute(f"pragma foreign_key_list({table})")}
            names = [row[1] for row in self.db.execute(f"pragma table_info({table})")]
            self.columns[table] = [(name, to.get(name) or (TABLES.get(name, name) if name in NUMBERED else None))
                                   for name in names]
        return self.columns[table]

    def text(self, table, number):
        key = table, number
        if key not in self.known:
            row = self.db.execute(f"select * from {table} where id = ?", (number,)).fetchone()
            self.known[key] = row and self.described(table, row)
        return self.known[key]

    def described(self, table, row, but=OWN_NUMBERS):
        return tuple(self.text(other, value) if other in self.tables else value
                     for (name, other), value in zip(self.columns_of(table), row) if name not in but)

    def rows(self, table, but=OWN_NUMBERS, order="rowid"):
        for row in self.db.execute(f"select * from {table} order by {order}"):
            yield dict(zip([name for name, _ in self.columns_of(table)], row)), self.described(table, row, but)

    def hits(self):
        visits = dict(self.db.execute("select id, visitor || ' ' || began from visit"))
        flags = [name for name, _ in self.columns_of("hit") if name not in OWN_NUMBERS].index("flags")
        for row, texts in self.rows("hit"):
            yield row["id"] >> 24, visits.get(row["visit"]), *texts[:flags], row["flags"] & FLAGS, *texts[flags + 1:]

    def visits(self):
        for row, texts in self.rows("visit", ("id", "entry_hit", "exit_hit")):
            yield row["visitor"], row["began"], row["entry_hit"] >> 24, row["exit_hit"] >> 24, texts

    def all(self):
        """Keys of rollups are numbers of this store: their measures alone, those that count nothing left out."""
        return {
            "hits": list(self.hits()),
            "visits": sorted(self.visits(), key=repr),
            "sessions": sorted(texts for _, texts in self.rows("session")),
            "titles": sorted(texts for _, texts in self.rows("page_title", order="site, page")),
            "past": sorted(self.db.execute("select id, last from past_visitor")),
            "rollups": sorted(texts for _, texts in self.rows("rollup", ("key",), "1, 2, 3, 4, 5") if any(texts[4:])),
            "sets": sorted(texts for _, texts in self.rows("visitors", ("key",), "1, 2, 3, 4, 5")),
        }


def kept_rows(path):
    kept = Kept(path)
    with closing(kept.db):
        return kept.all()


def assert_same_rows(one, other):
    one, other = kept_rows(one), kept_rows(other)
    counts = [{name: len(rows) for name, rows in kept.items()} for kept in (one, other)]
    assert counts[0] == counts[1], counts
    for name, rows in one.items():
        differ = [(a, b) for a, b in zip(rows, other[name]) if a != b]
        assert not differ, f"{name}: {len(differ)}: {differ[0]}"
