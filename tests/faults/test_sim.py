"""The spine in a world of its own (tests/sim): what one seed lets happen is the same every time."""
import fnmatch
import os
import re
import subprocess
from pathlib import Path

import pytest

SIM = Path(__file__).parents[1] / "sim"
FEW = 200  # histories, some seconds


@pytest.fixture
def simulator(request):
    return Path(request.config.getoption("--build")).resolve() / "sim/sim"


def names(kind, *files):
    """The names that nm lists of files: their undefined (-u) or defined ones."""
    listed = subprocess.run(["nm", kind, *map(str, files)], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in listed.splitlines() if len(line.split()) > 1 and not line.endswith(":")}


def harmless():
    lines = (SIM / "harmless.txt").read_text().splitlines()
    return [name for line in lines if not line.startswith("#") for name in line.split()]


def sqlite(simulator):
    """The library that the simulator is linked with."""
    linked = subprocess.run(["ldd", simulator], capture_output=True, text=True, check=True).stdout
    return re.search(r"libsqlite3\S* => (\S+)", linked)[1]


def test_nothing_reaches_past_the_simulated_outside(simulator):
    built = simulator.parents[1]
    spine = [path for floor in ("core", "enrich", "recorder", "store") for path in (built / "obj" / floor).rglob("*.o")
             if path.parent.name != "image"]  # a program of the build
    spine += [*(built / "obj").glob("*_table.o"), built / "obj/agents_image.o", built / "obj/httpd/ring_file.o"]
    asked = names("-u", *spine) | names("-uD", sqlite(simulator))
    known = names("--defined-only", built / "tests/libslimstats.a", *simulator.parent.glob("*.o"))
    patterns = harmless()
    if (built.name) == "sanitized":
        patterns += ["__asan_*", "__ubsan_*"]
    unknown = [name for name in sorted(asked - known) if not any(fnmatch.fnmatchcase(name, p) for p in patterns)]
    assert not unknown, f"neither simulated nor in harmless.txt: {unknown}"


def run(simulator, *arguments, **more):
    return subprocess.run([simulator, *map(str, arguments)], capture_output=True, text=True, **more)


def test_a_seed_replays_call_by_call(simulator):
    first, again = (run(simulator, "--trace", "--seed", 7).stdout for _ in range(2))
    assert "digest" in first
    assert first == again


def test_a_seed_means_the_same_history_wherever_it_stands(simulator):
    in_a_row = run(simulator, "--digests", "--seeds", 1, 8).stdout.splitlines()[:-1]
    alone = [run(simulator, "--digests", "--seed", seed).stdout.splitlines()[0] for seed in (1, 4, 8)]
    assert len(in_a_row) == 8
    assert [in_a_row[0], in_a_row[3], in_a_row[7]] == alone


def test_seeds_that_once_found_something_find_nothing(simulator):
    result = run(simulator, "--listed", input=(SIM / "seeds").read_text())
    assert result.returncode == 0, result.stderr


def test_histories_end_well(simulator, request):
    count = 2000 if request.config.getoption("--sanitized") else FEW
    result = run(simulator, "--seeds", 1, count)
    assert result.returncode == 0, result.stderr


def test_mends_can_be_taken_out(request):
    for patch in sorted((SIM / "mutants").glob("*.patch")):
        tried = subprocess.run(["patch", "--dry-run", "-fsp1", "-d", SIM.parents[1], "-i", patch], capture_output=True, text=True)
        assert tried.returncode == 0, f"{patch.name}: {tried.stdout}"
    if request.config.getoption("--sanitized"):
        result = subprocess.run([SIM / "run-mutants", "3000"], capture_output=True, text=True, env=os.environ | {"MAKEFLAGS": ""})
        assert result.returncode == 0, result.stdout + result.stderr
