#!/usr/bin/python3
"""The table of faults: faults.tsv has a row for each, tests name the rows that they inject, README.md shows both.

A test names rows with @pytest.mark.fault("F01"), one of a unit program by a comment in the line above it: /* fault F50 */.
results.tsv keeps how each of these tests ended when it ran last, and of which text: of a test that was changed since, that is
no result. So README.md changes only with rows, tests and their results, and never claims what was not seen.

fault_table.py BUILD: reads the results of the last runs below BUILD, and writes results.tsv and README.md."""
import ast
import hashlib
import re
import sys
import xml.etree.ElementTree as tree
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
FAULTS = TESTS / "faults"
NUMBER = re.compile(r"F\d\d")
IN_C = re.compile(r"^/\* fault (F\d\d(?:, F\d\d)*) \*/\nstatic void (\w+)\(void \*\*state\)\n(.*?^}\n)", re.MULTILINE | re.DOTALL)
NAMING = ("@pytest.mark.fault", "@pytest.mark.thorough", "@pytest.mark.long")
UNKNOWN = "not run as it is now"


def digest(text):
    """Of what a test says, however it is indented, and whatever rows it names."""
    lines = [line.strip() for line in text.splitlines()]
    return hashlib.sha256("\n".join(line for line in lines if line and not line.startswith(NAMING)).encode()).hexdigest()[:12]


def rows():
    """Number, fault, what must hold, and why no test injects it."""
    lines = (FAULTS / "faults.tsv").read_text().splitlines()[1:]
    return [line.split("\t") for line in lines]


def markers(function):
    """Name and arguments of each @pytest.mark of a function."""
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = ast.unparse(call.func if call else decorator)
        if name.startswith("pytest.mark."):
            yield name.removeprefix("pytest.mark."), [ast.literal_eval(a) for a in call.args] if call and name.endswith(".fault") else []


def tests_in_python(path):
    text = path.read_text()
    lines = text.splitlines()
    for function in ast.parse(text).body:
        if isinstance(function, ast.FunctionDef):
            marks = dict(markers(function))
            if "fault" in marks:
                first = min(d.lineno for d in function.decorator_list) - 1
                yield {"id": f"{path.relative_to(TESTS)}::{function.name}", "faults": marks["fault"],
                       "where": "check-long" if "thorough" in marks else "check",
                       "digest": digest("\n".join(lines[first:function.end_lineno]))}


def tests_in_c(path):
    text = path.read_text()
    for numbers, name, body in IN_C.findall(text):
        assert f"cmocka_unit_test({name})" in text, f"{path.name}: {name} is not run"
        yield {"id": f"{path.relative_to(TESTS)}::{name}", "faults": numbers.split(", "), "where": "check", "digest": digest(body)}


def tests():
    """All tests that name rows, by their paths and names."""
    found = [test for path in sorted(TESTS.glob("*/test_*.py")) for test in tests_in_python(path)]
    return found + [test for path in sorted((TESTS / "unit").glob("test_*.c")) for test in tests_in_c(path)]


def mistakes():
    """What must not be: rows without a test or a reason, or with both; tests that name no row."""
    known, named, found = {row[0]: row for row in rows()}, {}, []
    for test in tests():
        for number in test["faults"]:
            named.setdefault(number, []).append(test["id"])
            if number not in known:
                found.append(f"{test['id']} names {number}, which is no row")
    for number, row in known.items():
        if len(row) != 4 or not NUMBER.fullmatch(number) or not row[1] or not row[2]:
            found.append(f"the row {number} is not number, fault, what must hold, and a reason or nothing")
        elif number not in named and not row[3]:
            found.append(f"no test injects {number}, and nothing says why")
        elif number in named and row[3]:
            found.append(f"{number} has a test and a reason to have none")
    if len(known) != len(rows()):
        found.append("two rows have one number")
    return found


# --- results ---

def results():
    """Digest and result of each test, as they are kept."""
    path = FAULTS / "results.tsv"
    lines = path.read_text().splitlines() if path.exists() else []
    return {name: (text, result) for name, text, result in (line.split("\t") for line in lines)}


def result_of(test, kept):
    text, result = kept.get(test["id"], ("", UNKNOWN))
    return result if text == test["digest"] else UNKNOWN


def outcome(case):
    for child in case:
        if child.tag in ("failure", "error"):
            return "failed"
        if child.tag == "skipped":
            return f"skipped: {child.get('message', '')}"
    return "passed"


WORST = ["passed", "skipped", "failed"]


def results_of_suite(path):
    """Of a run of pytest; each test says itself of which text it was. The worst of its parameters counts."""
    found = {}
    for case in tree.parse(path).getroot().iter("testcase"):
        properties = {p.get("name"): p.get("value") for p in case.iter("property")}
        if "digest" in properties:
            name = case.get("classname").replace(".", "/") + ".py::" + case.get("name").split("[")[0]
            result = outcome(case)
            before = found.get(name, (None, "passed"))[1]
            worse = WORST.index(result.split(":")[0]) >= WORST.index(before.split(":")[0])
            found[name] = (properties["digest"], result if worse else before)
    return found


def results_of_units(directory, all_tests):
    """Of a log that is younger than its program, which is younger than its text."""
    found = {}
    for test in all_tests:
        path, _, name = test["id"].partition("::")
        program, log = directory / Path(path).stem, directory / (Path(path).stem + ".log")
        if path.endswith(".c") and log.exists() and log.stat().st_mtime > program.stat().st_mtime > (TESTS / path).stat().st_mtime:
            lines = log.read_text(errors="replace")
            if re.search(rf"^\[ +(OK|FAILED) +\] {name}$", lines, re.MULTILINE):
                found[test["id"]] = (test["digest"], "passed" if f"[       OK ] {name}\n" in lines else "failed")
    return found


def last_results(build, all_tests):
    """What is kept, and what ran since."""
    found = results()
    suites = [*build.glob("tests/*.xml"), *build.glob("sanitized/tests/*.xml")]
    for path in sorted(suites, key=lambda p: p.stat().st_mtime):
        found |= {name: kept for name, kept in results_of_suite(path).items() if not kept[1].startswith("skipped") or name not in found}
    found |= results_of_units(build / "tests", all_tests)
    digests = {test["id"]: test["digest"] for test in all_tests}
    return {name: kept for name, kept in found.items() if digests.get(name) == kept[0]}


# --- the page ---

HEAD = """# Faults, and the tests that inject them

Written by `make faults-table` from `faults.tsv`, from what tests say of themselves, and from how they ended when they ran last
(`results.tsv`, which keeps the digest of the text that ran). Faults are real ones: signals, file systems of their own, limits,
failing system calls, other clocks. `make check` fails when a row has neither a test nor a reason, when a test names no row, and when
this page is not what the command writes. *check* runs with `make check`, *check-long* only with `make check-long`, or by itself with
`make check-faults`.

{counts}

| | fault | what must hold | test | runs in | last result |
|---|---|---|---|---|---|
"""


def place(number, all_tests):
    """Where a row's tests run."""
    places = {test["where"] for test in all_tests if number in test["faults"]}
    return "check" if "check" in places else "check-long" if places else "nowhere"


def counts(all_tests):
    places = [place(row[0], all_tests) for row in rows()]
    return (f"{len(places)} rows: {places.count('check')} are injected by `make check`, {places.count('check-long')} by `make check-long` "
            f"alone, {places.count('nowhere')} by nothing.")


def page(all_tests, kept):
    text = HEAD.format(counts=counts(all_tests))
    for number, fault, holds, reason in rows():
        mine = [test for test in all_tests if number in test["faults"]]
        cells = [number, fault, holds,
                 "<br>".join(f"[{t['id'].split('::')[1].removeprefix('test_').replace('_', ' ')}](../{t['id'].split('::')[0]})" for t in mine)
                 or f"none: {reason}",
                 "<br>".join(test["where"] for test in mine), "<br>".join(result_of(test, kept) for test in mine)]
        text += "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
    return text


def main():
    all_tests, build = tests(), Path(sys.argv[1])
    for mistake in mistakes():
        print(f"faults-table: {mistake}", file=sys.stderr)
    kept = last_results(build, all_tests)
    (FAULTS / "results.tsv").write_text("".join(f"{name}\t{text}\t{result}\n" for name, (text, result) in sorted(kept.items())))
    (FAULTS / "README.md").write_text(page(all_tests, kept))
    print(counts(all_tests))
    stale = sum(result_of(test, kept) == UNKNOWN for test in all_tests)
    print(f"{len(all_tests)} tests, {stale} of them {UNKNOWN}")
    return bool(mistakes())


if __name__ == "__main__":
    sys.exit(main())
