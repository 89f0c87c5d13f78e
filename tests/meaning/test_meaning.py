"""Each word of the glossary, by hand: the cases beside this file say what every report must answer."""
from pathlib import Path

import pytest

from cases import Case, Store

CASES = {case.name: case for case in map(Case, sorted(Path(__file__).parent.glob("*.txt")))}


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


def check(store, case, *more):
    for question in case.questions:
        assert store.ask(question, *more) == question.rows, f"{case.name}: {question.title} {' '.join(more)}"


def test_reports_say_what_the_case_says(build, tmp_path, case):
    store = Store(build, tmp_path, case)
    check(store, case)
    check(store, case, "--exact")


def test_the_order_of_a_log_changes_nothing(build, tmp_path, case):
    check(Store(build, tmp_path, case, case.log[::-1]), case)


def test_lines_that_come_backwards_one_by_one_change_nothing(build, tmp_path, case):
    store = Store(build, tmp_path, case, *([line] for line in case.log[::-1]))
    check(store, case)
    check(store, case, "--exact")
