"""The head of a report's file: what sql/reports.awk makes of it, and what it says of a mistake."""
import subprocess
from pathlib import Path

import pytest

SQL = Path(__file__).resolve().parents[2] / "sql"

GOOD = """\
-- report: things by "hits"
-- order: 7
-- dimension: thing
-- column: thing text
-- column: hits count
-- sort: hits descending
-- engine: sqlite
-- A comment.
select
  thing.name as thing,
  sum(part.hits) as hits
from temp.part as part
"""


def registry(directory, **reports):
    for name, text in reports.items():
        (directory / f"{name}.sql").write_text(text)
    made = subprocess.run(["awk", "-v", f"list={directory}/list", "-f", SQL / "reports.awk", *sorted(directory.glob("*.sql"))],
                          capture_output=True, text=True)
    return made.returncode, made.stdout, made.stderr.replace(f"{directory}/", "").splitlines()


def test_reports_stand_in_their_order(tmp_path):
    code, made, said = registry(tmp_path, a=GOOD.replace("order: 7", "order: 12"), b=GOOD, c=GOOD.replace("order: 7", "order: 100"))
    assert code == 0 and said == []
    assert (tmp_path / "list").read_text().split() == ["b", "a", "c"]
    assert made.index('"b"') < made.index('"a"') < made.index('"c"') and '.summary = "things by \\"hits\\""' in made


def test_a_rate_names_what_it_is_made_of(tmp_path):
    rate = GOOD.replace("hits count", "hits count\n-- column: speed span = seconds / (hits - lost)").replace(
        "as hits", "as hits,\n  sum(part.seconds) as seconds,\n  sum(part.lost) as lost")
    code, made, said = registry(tmp_path, a=rate)
    assert code == 0, said
    assert '.sum = {"seconds", "lost"}' in made and '{"speed", "seconds", "hits", "lost"}' in made
    code, _, said = registry(tmp_path, a=rate + "", b=rate.replace("order: 7", "order: 8").replace("as lost", "as lost,\n  1 as speed"))
    assert code == 1 and said == ["b.sql:15: speed is a rate: a body returns sums"]


@pytest.mark.parametrize("old, new, said", [
    ("-- report: things", "-- things", "a.sql:1: a report begins with -- report: WHAT IT SHOWS"),
    ("dimension:", "dimensoin:", "a.sql:3: there is no word dimensoin"),
    ("-- order: 7\n", "", "a.sql:6: there is no -- order: NUMBER"),
    ("order: 7", "order: first", "a.sql:2: order: a number"),
    ("order: 7\n", "order: 7\n-- order: 8\n", "a.sql:3: order is there twice"),
    ("thing text", "thing texts", "a.sql:4: column: NAME TYPE, the type one of text, count"),
    ("thing text", "thing text sorted", "a.sql:4: behind NAME TYPE only key"),
    ("thing text", "thing text rare", "a.sql:4: a column that is rare is of type count"),
    ("hits count", "hits count key", "a.sql:5: columns that are a key come before all others"),
    ("hits count", "thing count", "a.sql:5: column thing is there twice"),
    ("-- column: hits count\n", "-- column: hits count\n-- column: bytes bytes\n", "a.sql:6: the body for sqlite does not return bytes"),
    ("-- column: hits count\n", "-- column: hits count\n-- key: page\n", "a.sql:6: key: bucket, purpose, hour_of_week or site"),
    ("-- column: hits count\n", "-- column: hits count\n-- limit: 1001\n", "a.sql:6: limit: a number from 1 to 1000"),
    ("-- column: hits count\n", "-- column: hits count\n-- robots: maybe\n", "a.sql:6: robots: on or always"),
    ("-- column: hits count\n", "-- column: hits count\n\n", "a.sql:6: a line of the head is -- WORD: VALUE"),
    ("sort: hits descending", "sort: hits", "a.sql:6: sort: COLUMN ascending, or COLUMN descending"),
    ("sort: hits", "sort: visits", "a.sql:6: there is no column visits to sort by"),
    ("-- sort: hits descending\n", "", "a.sql:6: there is no -- sort:"),
    ("-- engine: sqlite\n", "", "there is no -- engine: NAME with a body behind it"),
    ("as hits", "as hits,\n  sum(part.bytes) as bytes", "a.sql:12: the body returns bytes, which is no column of the head"),
    ("hits count", "hits percent", "a.sql:5: a column of type percent is a rate: = A / B is missing"),
    ("hits count\n", "hits count\n-- column: rate percent = hits\n", "a.sql:6: a rate is A / B or A / (B - C)"),
    ("hits count\n", "hits count\n-- column: rate count = a / hits\n", "a.sql:6: a rate is of type percent, decimal or span"),
    ("hits count\n", "hits count\n-- column: rate span = a / hits\n", "a.sql:8: the body for sqlite does not return a, which a rate needs"),
    ("hits count\n", "hits number\n-- column: rate span = hits / hits\n", "a.sql:6: a rate is of what adds up: hits is of type number"),
    ("as hits", "as hits,\n  sum(part.a) as a", "a.sql:12: the body returns a, which is no column of the head"),
    ("  sum(part.hits) as hits\n", "", "a.sql:5: the body for sqlite does not return hits"),
])
def test_a_mistake_is_told_with_its_line(tmp_path, old, new, said):
    assert old in GOOD
    code, made, lines = registry(tmp_path, a=GOOD.replace(old, new, 1))
    assert code == 1 and made == "" and any(said in line for line in lines), lines


def test_a_mistake_in_one_file_is_not_told_of_the_next(tmp_path):
    code, _, lines = registry(tmp_path, a=GOOD.replace("-- sort: hits descending\n", ""), b=GOOD)
    assert code == 1 and "a.sql:6: there is no -- sort: COLUMN ascending or descending" in lines
    assert "b.sql:2: order 7 is that of a, too" in lines and len(lines) == 2
