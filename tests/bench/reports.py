"""What answers cost: CPU milliseconds of each report over 30 days, from rollups and from rows, in stores
of growing size made from the same seed; and the bytes and CPU microseconds of a hit.

    reports.py BUILD [HITS ...]
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPORTS = ["overview", "timeline", "pages", "entries", "exits", "notfound", "errors", "downloads", "sources",
           "channels", "referers", "searchterms", "campaigns", "countries", "languages", "browsers", "platforms",
           "robots", "sites", "status", "kinds", "hours", "recent", "visits", "addresses", "slow"]
PANELS = ["overview", "timeline", "pages", "entries", "sources", "referers", "countries", "languages", "browsers",
          "platforms", "recent"]
PERIOD = ["--since", "2026-03-01", "--until", "2026-03-30"]


def run(command, **options):
    """CPU seconds and peak KiB of a command."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, command
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def best(command, times=3):
    return min(run(command)[0] for _ in range(times))


def make_store(slimstats, hits, directory):
    feed = subprocess.Popen([sys.executable, HERE / "traffic_log.py", str(hits), "90", "10", "1"],
                            stdout=subprocess.PIPE)
    store = directory / "stats.db"
    cpu, peak = run([slimstats, "import", "--store", f"sqlite:{store}", "--state", str(directory), "-"],
                    stdin=feed.stdout)
    feed.wait()
    print(f"\n{hits:,} hits in 90 days, 10 sites: {store.stat().st_size / hits:.0f} bytes and "
          f"{cpu / hits * 1e6:.1f} µs CPU a hit, {peak / 1024:.0f} MiB")
    return store


def measure(slimstats, store):
    base = best([slimstats, "--version"], 10)

    def cost(report, *words):
        return 1000 * (best([slimstats, "report", report, "--store", f"sqlite:{store}", "--format", "json",
                             *PERIOD, *words]) - base)
    quick = {}
    print(f"{'report':<12} {'ms':>7} {'rows ms':>9} {'ratio':>7}")
    for report in REPORTS:
        quick[report] = cost(report)
        slow = cost(report, "--exact")
        print(f"{report:<12} {quick[report]:7.1f} {slow:9.1f} {slow / max(quick[report], 0.1):7.1f}")
    print(f"overview and ten panels together: {sum(quick[p] for p in PANELS):.0f} ms")
    print(f"filtered by browser and page: {cost('overview', '--where', 'browser=Firefox', '--where', 'page=/page/1'):.0f} ms")


def main():
    slimstats = str(Path(sys.argv[1]) / "out/bin/slimstats")
    for hits in [int(a) for a in sys.argv[2:]] or [1_000_000, 3_000_000]:
        with tempfile.TemporaryDirectory(prefix="slimstats-bench-") as directory:
            measure(slimstats, make_store(slimstats, hits, Path(directory)))


main()
