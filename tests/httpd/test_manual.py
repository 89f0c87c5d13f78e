"""The command's help, its manual page and the page of the dashboard have the same options and words."""
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "mod_src/cli/slimstats.1").read_text()
MODULE_MANUAL = (ROOT / "mod_src/httpd/mod_slimstats.8").read_text()

# One option: its letter, its name, what stands for its value.
OPTION = re.compile(r"(?:-(\w), )?--([a-z-]+)(?: ([^\s,]+))?")


def call(build, *arguments):
    return subprocess.run([build.command, *arguments], env={**os.environ, **build.environment},
                          capture_output=True, text=True, timeout=30, check=True).stdout


def command_names(build):
    return re.findall(r"^  (\w+) ", call(build, "--help"), re.M)


def help_options(build, command):
    found = []
    for line in call(build, command, "--help").splitlines():
        if re.match(r"  (-\w, |    )--", line):
            head, text = re.match(r"  ((?:-\w, |    )--\S+(?: \S+)?) +(\S.*)$", line).groups()
            assert len(head) <= 31 and text
            found.append(OPTION.fullmatch(head.strip()).groups())
    return found


def plain(line):
    """A line of roff as it is read: no macro, no fonts. .BR and its like join their arguments."""
    macro, _, rest = line.partition(" ")
    if re.fullmatch(r"\.(BR|BI|IR|RB|RI)", macro):
        line = "".join(part if i % 2 else part.replace(" ", "") for i, part in enumerate(rest.split('"')))
    elif macro in (".B", ".I"):
        line = rest
    return re.sub(r"\\f.", "", line).replace("\\", "")


def manual_options():
    """By command: the options whose heads stand below its own. "" are those of all commands."""
    commands = MANUAL.split(".SH COMMANDS\n")[1].split(".SH ")[0]
    own, common = commands.split(".SS All commands\n")
    found = {"": []}
    for entry in own.split("\n.TP\n"):
        head = plain(entry.removeprefix(".TP\n").split("\n")[0])
        if head.startswith("-"):
            found[name] += [o.groups() for o in OPTION.finditer(head)]
        else:
            name = head.split()[0]
            found[name] = []
    for entry in (".TP\n" + common).split(".TP\n")[2:]:
        found[""] += [o.groups() for o in OPTION.finditer(plain(entry.split("\n")[0]))]
    return found


@pytest.fixture(scope="module")
def commands(build):
    return {name: help_options(build, name) for name in command_names(build)}


def test_help_and_manual_have_the_same_options(commands):
    manual = manual_options()
    common = manual.pop("")
    assert {name for _, name, _ in common} == {"store", "state", "data", "help"}
    assert set(manual) == set(commands)
    for name, options in commands.items():
        assert len(set(options)) == len(options)
        assert set(manual[name]) | set(common) == set(options), name
        assert len(manual[name]) + len(common) == len(options), name


def test_help_has_no_control_bytes_and_says_what_a_value_is(build, commands):
    for name in commands:
        text = call(build, name, "--help")
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text), name
        assert not re.search(r"--\S+ X\b", text), name
    assert ("w", "where", "DIM=VALUE") in commands["report"]
    assert ("n", "limit", "N") in commands["report"]
    assert ("o", "output", "FILE") in commands["report"]
    assert ("s", "since", "TIME") in commands["export"]
    assert (None, "visit-timeout", "SECONDS") in commands["record"]
    assert sum(map(len, commands.values())) > 100


def query_words(commands):
    return {name for _, name, _ in commands["report"]} - {"format", "output", "force", "mode", "store", "state", "data", "help"}


def test_the_manual_of_the_api_has_the_words_of_a_question(commands):
    listed = re.search(r'Parameters as the options of\n\.BR "slimstats report" :\n(.*?)\.\n', MODULE_MANUAL, re.S)
    names = set(re.findall(r"\w+", listed[1])) - {"and", "repeatable"}
    assert names == query_words(commands)


def test_an_unknown_option_is_told_with_those_there_are(build, commands):
    result = subprocess.run([build.command, "report", "--sinse=7d"], env={**os.environ, **build.environment},
                            capture_output=True, text=True, timeout=30)
    names = ", ".join(name for _, name, _ in commands["report"])
    assert result.returncode == 2
    assert result.stderr == f"slimstats: report: --sinse=7d is not known (did you mean --since?); allowed: {names}\n"


def test_page_and_manual_know_which_filters_may_have_several_values():
    types = re.findall(r'^    \{"(\w+)", SLIM_OF_\w+, (&\w+|NULL)\}', (ROOT / "mod_src/query/filter_table.c").read_text(), re.M)
    listed = re.search(r"^const listed = new Set\(\[(.*?)\]\)", (ROOT / "mod_src/dashboard/head.js").read_text(), re.M | re.S)
    assert set(re.findall(r'"(\w+)"', listed[1])) == {name for name, values in types if values != "NULL"}
    single = re.search(r"A comma is part of the value of (.*?)\.\n", (ROOT / "mod_src/cli/slimstats.1").read_text(), re.S)
    assert set(re.findall(r"\w+", single[1])) - {"and"} == {name for name, values in types if values == "NULL"}


def test_the_page_asks_with_no_other_words(commands):
    known, asked = query_words(commands), set()
    for script in (ROOT / "mod_src/dashboard").glob("*.js"):
        text = re.sub(r"`[^`]*`", "``", script.read_text())
        for words in re.findall(r"(?:\bwords|URLSearchParams)\(\{([^{}]*)\}", text):
            asked |= {re.match(r"\s*(\w+)", word)[1] for word in re.split(r",(?![^()]*\))", words) if word.strip()}
        asked |= set(re.findall(r'\basked\.(?:set|append)\("(\w+)"', text))
        for words in re.findall(r"^const common = \[([^\]]*)\]", text, re.M):
            asked |= set(re.findall(r'"(\w+)"', words))
    assert {"since", "where", "limit", "search", "compare", "period", "by", "tz"} <= asked
    assert asked <= known
