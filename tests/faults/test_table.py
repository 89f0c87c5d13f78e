"""Each fault of the table is injected by a test, or the table says why not."""
import fault_table


def test_every_fault_has_a_test_or_a_reason():
    assert not fault_table.mistakes(), "\n".join(fault_table.mistakes())


def test_the_page_is_what_the_command_writes():
    written = (fault_table.FAULTS / "README.md").read_text()
    assert written == fault_table.page(fault_table.tests(), fault_table.results()), "rows, tests or their results have changed: run make faults-table"
