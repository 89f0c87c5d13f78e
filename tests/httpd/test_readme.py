"""README's "Add", followed to the letter in a copy of the tree: a report, a filter and an enrichment."""
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()

ENRICHMENT = {
    "mod_src/enrich/scheme.h": """/* The scheme that a client used. */
#ifndef SLIM_SCHEME_H
#define SLIM_SCHEME_H

#include "enrich.h"

void slim_scheme_derive(struct slim_enrich *enrich, const struct slim_hit *hit, struct slim_facts *facts);

#endif
""",
    "mod_src/enrich/scheme.c": """/* The scheme that a client used. */
#include "scheme.h"

void slim_scheme_derive(struct slim_enrich *enrich, const struct slim_hit *hit, struct slim_facts *facts)
{
    (void)enrich;
    strcpy(facts->scheme, hit->flags & SLIM_HIT_TLS ? "https" : "http");
}
""",
    "sql/sqlite/schema/{next}_scheme.sql": """-- The scheme that a client used.
create table scheme (id integer primary key, name text not null unique);
insert into scheme values (0, ''), (1, '(other)');
alter table hit add column scheme integer not null default 0;
""",
}
REPORT = {"sql/report/schemes.sql": """-- report: schemes that clients used
-- order: 999
-- column: scheme text
-- column: hits count
-- column: pageviews count
-- sort: hits descending
-- engine: sqlite
-- From rows.
select
  scheme.name as scheme,
  count(*) as hits,
  sum(hit.pageview) as pageviews
from hit
join scheme on scheme.id = hit.scheme
where hit.id >= :since
  and hit.id < :until
  and {robots}
  and {filters}
group by hit.scheme
"""}
FILTER = {"sql/sqlite/filter/scheme.sql": "-- Hits by scheme.\nhit.scheme in (select id from scheme where {match})\n"}

# File, the line behind which something is added, and what. README names each file.
LINES = [
    ("mod_src/enrich/enrichers.c", r'#include "resource\.h"', '#include "scheme.h"'),
    ("mod_src/enrich/enrichers.c", r'    \{"resource", derive_resource\},', '    {"scheme", slim_scheme_derive},'),
    ("mod_src/core/facts.h", r"struct slim_facts \{", "    char scheme[8];"),
    ("mod_src/store/columns.h", r"    X\(site, SITE, .*\\",
     "    X(scheme, SCHEME, slim_text_of(facts->scheme), 10, 8) \\"),
    ("mod_src/query/filter_table.c", r'    \{"site", .*\},', '    {"scheme", SLIM_OF_HIT, NULL},'),
]

LOG = """192.0.2.1 [06/May/2024:10:00:00 +0000] "GET /a HTTP/1.1" 200 100 443 "-" "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
192.0.2.1 [06/May/2024:10:00:05 +0000] "GET /b HTTP/1.1" 200 100 443 "-" "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
192.0.2.2 [06/May/2024:10:01:00 +0000] "GET /a HTTP/1.1" 200 100 80 "-" "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
"""


def copy_tree(to, build):
    """The tree, and what is built of it: only what changes has to be made again."""
    for name in ("mod_src", "sql", "conf", "tests", "Makefile"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, to / name)
    for name in ("obj", "gen"):
        shutil.copytree(build / name, to / "build" / name, symlinks=True)


def add(tree):
    last = max(int(p.name[:4]) for p in (tree / "sql/sqlite/schema").glob("*.sql"))
    for name, text in {**ENRICHMENT, **REPORT, **FILTER}.items():
        (tree / name.replace("{next}", f"{last + 1:04}")).write_text(text)
    for name, behind, line in LINES:
        short = name.removeprefix("mod_src/")
        assert short in README, f"README does not speak of {short}"
        text = (tree / name).read_text()
        changed, times = re.subn(f"^({behind})$", lambda m: m[1] + "\n" + line, text, count=1, flags=re.MULTILINE)
        assert times == 1, (name, behind)
        (tree / name).write_text(changed)


@pytest.mark.thorough
@pytest.mark.long
def test_a_report_a_filter_and_an_enrichment_are_added_as_readme_says(build, request, tmp_path):
    flags = "-O0 -fsanitize=address,undefined" if request.config.getoption("--sanitized") else "-O0"
    tree = tmp_path / "tree"
    tree.mkdir()
    copy_tree(tree, ROOT / request.config.getoption("--build"))
    add(tree)
    made = subprocess.run(["make", "-j2", "BUILD=build", f"CFLAGS={flags}", "build/out/bin/slimstats"], cwd=tree, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL)
    assert made.returncode == 0, made.stderr
    shutil.copytree(ROOT / "conf", tree / "build/out/share/slimstats", dirs_exist_ok=True)
    log, store = tmp_path / "access.log", tmp_path / "stats.db"
    (tmp_path / "state").mkdir()
    log.write_text(LOG)

    def slimstats(*arguments):
        done = subprocess.run([tree / "build/out/bin/slimstats", *arguments, "--store", f"sqlite:{store}"], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, env=dict(os.environ, **build.environment))
        assert done.returncode == 0, done.stderr
        return done.stdout

    slimstats("import", "--state", tmp_path / "state", "--format", '%a %t "%r" %>s %O %p "%{Referer}i" "%{User-Agent}i"', log)
    assert "schemes" in slimstats("reports")
    answer = json.loads(slimstats("report", "schemes", "--since", "2024-05-06", "--format", "json"))
    assert answer["rows"] == [["https", 2, 2], ["http", 1, 1]]
    answer = json.loads(slimstats("report", "pages", "--since", "2024-05-06", "--where", "scheme=http", "--format", "json"))
    assert [row[0] for row in answer["rows"]] == ["/a"]
    slimstats("check")
