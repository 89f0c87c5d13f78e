"""Reads the cases of this folder: a log, and what every report must say about it.

A case is a text that a person can check with pencil and paper. Lines at the margin are prose, but for
those that begin with one of the words below; the lines indented under such a line belong to it.

    log                     the log, in the short form or in that of a format line before it
    log FORMAT              the same in an httpd LogFormat, its lines verbatim
    settings                lines of the recorder's settings file; a space stands for a tab
    countries               networks and their countries, made into a country file
    report NAME OPTIONS     asks; below it the names of the columns that matter, then all rows, cells
                            parted by two spaces or more, '' for an empty one
    nothing                 instead of rows: there must be none

The short form is: day, time (UTC), address, method, resource, status, bytes, referer, agent; an agent
is one of the names in AGENTS. Without --since and --until a report is asked about all that there is.
"""
import json
import re
import shlex
import subprocess
from urllib.parse import urlencode

import mmdb

AGENTS = {
    "firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
    "chrome": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "googlebot": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
}
SHORT_FORMAT = '%{%Y-%m-%d %H:%M:%S}t %a %m %U%q %>s %O %{Referer}i "%{User-Agent}i"'
SITE = "www.example.org"
WORDS = ("log", "settings", "countries", "report")


class Question:
    def __init__(self, title):
        self.title = title
        _, self.report, *self.options = shlex.split(title)
        if "--since" not in self.options:
            self.options += ["--since", "all", "--until", "2030-01-01"]  # whatever day it is
        self.columns, self.rows = None, []

    def add(self, line):
        cells = ["" if cell == "''" else cell for cell in re.split(r"\s{2,}", line)]
        if line == "nothing":
            self.columns = []
        elif self.columns is None:
            self.columns = cells
        else:
            assert len(cells) == len(self.columns), f"{self.title}: {line}"
            self.rows.append(tuple(cells))


class Case:
    def __init__(self, path):
        self.name, self.format, self.log = path.stem, SHORT_FORMAT, []
        self.settings, self.countries, self.questions = [], {}, []
        add = None
        for line in path.read_text().splitlines():
            word, _, rest = line.partition(" ")
            if line.startswith(" ") and add:
                add(line.strip())
            elif word in WORDS and (rest == "" or word in ("log", "report")):
                add = getattr(self, f"begin_{word}")(rest)
            elif line.strip():
                add = None
        assert self.log and self.questions, path
        assert all(q.columns is not None for q in self.questions), path

    def begin_log(self, rest):
        if not rest:
            return lambda line: self.log.append(self.with_agent(line))
        self.format = rest
        return self.log.append

    def begin_settings(self, _):
        return lambda line: self.settings.append(re.sub(r"(\S+) (\S+) ", r"\1 \2\t", line, count=1))

    def begin_countries(self, _):
        return lambda line: self.countries.update([line.split()])

    def begin_report(self, rest):
        self.questions.append(Question(f"report {rest}"))
        return self.questions[-1].add

    @staticmethod
    def with_agent(line):
        before, agent = line.rsplit(" ", 1)
        return f'{re.sub(r" +", " ", before.strip())} "{AGENTS[agent]}"'


class Store:
    """A store of its own that a case's log was imported into."""

    def __init__(self, build, directory, case, *logs):
        """One log or several, imported one after the other; by default the case's as it is."""
        self.command, self.dir, self.env = build.command, directory, build.environment
        self.path = self.place(directory)
        state = directory / "state"
        state.mkdir(exist_ok=True)
        if case.settings:
            (state / "settings").write_text("".join(f"{line}\n" for line in case.settings))
        if case.countries:
            mmdb.write(state / "country.mmdb", case.countries)
        self.add(case, SITE, *logs or [case.log])

    def add(self, case, site, *logs):
        """Imports logs, one after the other."""
        paths = [self.dir / f"{site}.{n}" for n in range(len(logs))]
        for path, lines in zip(paths, logs):
            path.write_text("".join(f"{line}\n" for line in lines))
        said = self.run("import", "--state", self.dir / "state", "--site", site, "--format", case.format, *paths)
        for path, lines in zip(paths, logs):
            assert f"{path}: {len(lines)} lines: {len(lines)} stored, 0 rejected" in said, said

    def place(self, directory):
        return directory / "stats.db"

    def run(self, command, *arguments):
        result = subprocess.run([self.command, command, "--store", f"sqlite:{self.path}", *map(str, arguments)],
                                env=dict(self.env) or None, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def ask(self, question, *more):
        """The rows of a report, in the columns that the question names."""
        limit = () if "--limit" in question.options else ("--limit", "100")
        text = self.run("report", question.report, "--format", "tsv", *limit, *question.options, *more)
        names, *rows = [line.split("\t") for line in text.splitlines()]
        at = [names.index(column) for column in question.columns] if question.columns else [0]
        return [tuple(row[i] for i in at) for row in rows]


class ServedStore(Store):
    """One that an httpd answers from: for so many questions that commands would take too long to start."""

    def __init__(self, server, case, *logs):
        self.server = server
        super().__init__(server.build, server.dir, case, *logs)

    def place(self, directory):
        return self.server.store

    def ask(self, question, *more):
        words = [*question.options, *more, *(() if "--limit" in question.options else ("--limit", "100"))]
        pairs, left = [], list(words)
        while left:
            name = left.pop(0).removeprefix("--")
            pairs.append((name, "on" if name in ("exact", "robots") else left.pop(0)))
        status, _, body = self.server.get(f"/stats/api/{question.report}?{urlencode(pairs)}")
        assert status == 200, (question.title, more, body)
        answer = json.loads(body, parse_int=str, parse_float=str)
        at = [[column["name"] for column in answer["columns"]].index(name) for name in question.columns]
        return [tuple(row[i] for i in at) for row in answer["rows"]]
