"""CPU seconds of `slimstats import` for a million lines, and of goaccess, which only counts in memory; and of
floods, a thousand lines a second of one client, as a ratio to as many lines of many.

    import_log.py BUILD [LOG [LINES]]

The lines of LOG, or made-up ones, are repeated with shifted times and addresses.
"""
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AGENTS = ["Mozilla/5.0 (X11; Linux x86_64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{v} like Mac OS X) AppleWebKit/605.1.15 Version/17.{v} Mobile Safari/604.1",
          "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "UniversalFeedParser/4.{v}"]
REFERERS = ["-", "-", "http://www.example.org/page{v}.html", "https://www.google.com/search?q=term+{v}", "https://t.co/{v}"]


def made_up(rng, count):
    for n in range(count):
        v = rng.randrange(60, 130)
        yield (f'192.0.{rng.randrange(250)}.{rng.randrange(250)} - - [17/May/2015:{10 + n // 3600 % 12:02}:{n // 60 % 60:02}:{n % 60:02} +0000] '
               f'"GET /{rng.choice(["page", "img", "css"])}{rng.randrange(400)}.{rng.choice(["html", "png", "css"])} HTTP/1.1" '
               f'{rng.choice([200, 200, 200, 304, 404])} {rng.randrange(100_000)} "{rng.choice(REFERERS).format(v=v)}" '
               f'"{rng.choice(AGENTS).format(v=v)}"')


def write_log(path, source, count):
    rng = random.Random(20260101)
    base = source.read_text("latin-1").splitlines() if source else list(made_up(rng, 10_000))
    pattern = re.compile(r"^(\d+)\.(\d+)\.(\d+)\.(\d+) (.*?)\[(\d+/\w+/\d+)(:.*)$")
    parts = [m.groups() for line in base if (m := pattern.match(line))]
    with path.open("w", encoding="latin-1") as out:
        written = turn = 0
        while written < count:
            day = time.strftime("%d/%b/%Y", time.gmtime(1_431_820_800 + turn * 86400))
            for a, b, c, d, user, _, rest in parts[:count - written]:
                out.write(f"{a}.{b}.{(int(c) + turn) % 256}.{d} {user}[{day}{rest}\n")
            written += min(len(parts), count - written)
            turn += 1


def flood(path, count, address="192.0.2.1", resource="/page{n}.html", late=0):
    """A thousand lines a second; of a hundred, so many are up to 20 seconds late."""
    rng = random.Random(20260102)
    with path.open("w", encoding="latin-1") as out:
        for n in range(count):
            second = n // 1000 - (rng.randrange(21) if rng.randrange(100) < late else 0)
            clock = time.strftime("%d/%b/%Y:%H:%M:%S", time.gmtime(1_431_820_800 + second))
            client = address.format(high=n // 250 % 250, low=n % 250)
            out.write(f'{client} - - [{clock} +0000] "GET {resource.format(n=n % 400)} HTTP/1.1" 200 {n} "-" "{AGENTS[0].format(v=120)}"\n')


FLOODS = {
    "of many clients": {"address": "192.0.{high}.{low}"},
    "of one client": {},
    "of one, some late": {"late": 1},
    "of one, of data": {"resource": "/state.json"},
    "of one, data, late": {"resource": "/state.json", "late": 1},
}


def bench_floods(directory, command, count):
    usual = None
    for name, shape in FLOODS.items():
        log, store = directory / "flood.log", directory / "flood.db"
        flood(log, count, **shape)
        seconds = cpu_of(command, "import", "--store", f"sqlite:{store}", log)
        usual = usual or seconds
        print(f"{name:18s} {seconds:6.2f} s CPU, ratio {seconds / usual:.2f}")
        for file in directory.glob("flood.*"):
            file.unlink()


def cpu_of(*command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    build = Path(sys.argv[1])
    source = Path(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else None
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="slimstats-bench-") as directory:
        log, store = Path(directory) / "access.log", Path(directory) / "stats.db"
        write_log(log, source, count)
        ours = cpu_of(build / "out/bin/slimstats", "import", "--store", f"sqlite:{store}", log)
        theirs = cpu_of("goaccess", "--no-global-config", "--log-format=COMBINED", "--no-progress", log, "-o", Path(directory) / "out.json")
        rows = subprocess.run(["sqlite3", f"file:{store}?mode=ro", "select count(*) from hit"], capture_output=True, text=True).stdout.strip()
        print(f"{count} lines, {log.stat().st_size / 1e6:.0f} MB, {rows or '?'} rows stored, "
              f"{os.path.getsize(store) / count:.0f} bytes a row")
        print(f"slimstats import   {ours:6.2f} s CPU")
        print(f"goaccess           {theirs:6.2f} s CPU")
        print(f"ratio              {ours / theirs:6.2f}; goal 0.25")
        bench_floods(Path(directory), build / "out/bin/slimstats", min(count, 300_000))


main()
