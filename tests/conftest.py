"""Fixtures: a real httpd a test, with the module as built."""
import contextlib
import os
import resource
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

import fault_table
import slimhttpd
from slimhttpd import Server, Build, wait_for

ROOT = Path(__file__).resolve().parent.parent


BEGAN = time.time()
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:handle_abort=0", "UBSAN_OPTIONS": "print_stacktrace=1"}


# Days, and hours of a day, are those of the tests' own zone.
os.environ["TZ"] = "UTC"
time.tzset()


def pytest_addoption(parser):
    parser.addoption("--sanitized", action="store_true", help="the build has sanitizers: load their library first")
    parser.addoption("--thorough", action="store_true", help="also what takes minutes")
    parser.addoption("--rounds", type=int, default=3, help="how often faults at a random moment are tried")
    parser.addoption("--at", type=int, help="servers begin at this second, whatever the clock says")
    parser.addoption("--build", default=str(ROOT / "build"), help="directory of the build under test")


def pytest_configure(config):
    # Workers begin at another second than whoever started them.
    at = config.getoption("--at")
    if at is not None:
        began = getattr(config, "workerinput", {}).get("began", time.time())
        slimhttpd.clock_offset = at - int(began)


def pytest_configure_node(node):
    node.workerinput["began"] = BEGAN


@pytest.hookimpl(tryfirst=True)  # xdist is to see the groups
def pytest_collection_modifyitems(config, items):
    leave_thorough_ones(config, items)
    keep_together(items)
    items.sort(key=when)
    say_what_they_are(items)
    for item in items if config.getoption("--at") else []:
        if item.get_closest_marker("clock"):
            item.add_marker(pytest.mark.skip(reason="has another clock already"))


def leave_thorough_ones(config, items):
    left = [] if config.getoption("--thorough") else [item for item in items if item.get_closest_marker("thorough")]
    if left:
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


def say_what_they_are(items):
    """Results of tests in the table of faults say of which text they are."""
    digests = {test["id"]: test["digest"] for test in fault_table.tests()}
    for item in items:
        digest = digests.get(f"{item.path.relative_to(ROOT / 'tests')}::{getattr(item, 'originalname', '')}")
        if digest:
            item.user_properties.append(("digest", digest))


def keep_together(items):
    """Tests that share what is slow to make go to one worker: it is made once."""
    for item in items:
        scopes = {made[-1].scope for name, made in item._fixtureinfo.name2fixturedefs.items() if name not in ("build", "tmp_path_factory")}
        if scopes & {"module", "session"} and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def when(item):
    """What takes long begins first, or all would wait for it in the end."""
    return next((n for n, name in enumerate(("xdist_group", "long")) if item.get_closest_marker(name)), 2)


@pytest.fixture(autouse=True)
def no_test_begins_just_before_midnight():
    """Hits that are made by requests have the time that it is; a day that ends between them is another test's matter."""
    wait_for(lambda: slimhttpd.now() % 86400 < 86400 - 30, 40, "the next day")


@pytest.fixture(scope="session")
def build(request):
    """The build, copied to where httpd's user can read it."""
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    base = Path(tempfile.mkdtemp(prefix="slimstats-test-"))
    base.chmod(0o755)
    out = base / "out"
    shutil.copytree(Path(request.config.getoption("--build")) / "out", out)
    for path in [out, *out.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    one = Build(base, out)
    if request.config.getoption("--sanitized"):
        library = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
        one.environment = {"LD_PRELOAD": os.path.realpath(library.stdout.strip()), **SANITIZERS}
    elif slimhttpd.clock_offset:
        clock = slimhttpd.Clock(one)
        clock.shift(slimhttpd.clock_offset)
        one.environment = clock.env
    yield one
    shutil.rmtree(base, ignore_errors=True)


def look_over(servers):
    """Stops servers, and removes what they left when error_log has only what is expected."""
    problems = []
    for server in servers:
        lines = len(server.log_lines())
        server.stop()
        server.ignore_httpd_after(lines)
    for server in servers:
        lines = server.unexpected_lines()
        problems += lines + (server.backtraces() if lines else [])
        server.clean()
    assert not problems, "unexpected lines in error_log:\n" + "\n".join(problems)


@contextlib.contextmanager
def servers_of(build, name):
    """What makes servers; they are stopped and looked over at the end."""
    servers = []

    def make(**options):
        servers.append(Server(build, name, **options))
        return servers[-1]

    yield make
    look_over(servers)


@pytest.fixture
def make_server(build, request):
    """Makes servers of one test."""
    with servers_of(build, request.node.name) as make:
        yield make


@pytest.fixture(scope="module")
def make_shared_server(build, request):
    """Makes servers that run for all tests of a module."""
    with servers_of(build, request.node.name) as make:
        yield make


@pytest.fixture(params=["prefork", "worker", "event"])
def mpm(request):
    return request.param


@pytest.fixture
def server(make_server):
    """One that runs, with capture on."""
    one = make_server()
    one.start()
    return one


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    for report in skipped:
        terminalreporter.write_line(f"skipped: {report.nodeid}: {report.longrepr[2]}")
