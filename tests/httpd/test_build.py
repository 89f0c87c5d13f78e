"""What was built: guarded as Debian's hardening of programs has it."""
import re
import subprocess

import pytest


def elf(path, *options):
    return subprocess.run(["readelf", "-W", *options, str(path)], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", ["module", "command"])
def test_it_is_hardened(build, name):
    path = getattr(build, name)
    header, segments, dynamic = elf(path, "-h"), elf(path, "-l"), elf(path, "-d")
    assert re.search(r"Type:\s+DYN", header)  # of no fixed address
    assert "GNU_RELRO" in segments and "NOW" in dynamic  # addresses of functions cannot be written
    assert re.search(r"GNU_STACK .* RW ", segments) and not re.search(r"LOAD .* RWE ", segments)
    if build.environment:  # sanitizers stand in for the rest
        return
    symbols = subprocess.run(["nm", "-D", "--undefined-only", str(path)], check=True, capture_output=True, text=True).stdout
    assert "__stack_chk_fail" in symbols and re.search("_chk\\b", symbols)
    if "X86-64" in header:
        code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", str(path)], check=True, capture_output=True, text=True).stdout
        assert code.count("endbr64") > 50  # where a jump may end


def test_the_module_has_one_name(build):
    """What a module defines beside its name may be taken for another module's."""
    defined = subprocess.run(["nm", "-D", "--defined-only", str(build.module)], check=True, capture_output=True, text=True).stdout
    assert [line.split()[-1] for line in defined.splitlines() if line.split()[-2] not in "wv"] == ["slimstats_module"]
