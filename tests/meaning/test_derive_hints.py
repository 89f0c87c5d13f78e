"""Agents named anew by the client hints that they came with: the store is then that of one which had the rules from the start."""
import random
import sqlite3
from contextlib import closing

import pytest

from cases import SITE, Store
from test_derive_kinds import ALL, derive, put, reports

FORMAT = ('%{%Y-%m-%d %H:%M:%S}t %a %m %U%q %>s %O %{Referer}i "%{User-Agent}i" "%{Sec-CH-UA}i" "%{Sec-CH-UA-Full-Version-List}i"'
          ' "%{Sec-CH-UA-Platform}i" "%{Sec-CH-UA-Platform-Version}i" %{Sec-CH-UA-Mobile}i')
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
# Agent, brands with full versions, platform, its version, mobile; the browser and platform that are wanted of it.
CLIENTS = {
    "plain": (DESKTOP, [], "", "", 0, "Chrome 131.0.0.0", "Windows 10"),
    "firefox": (FIREFOX, [], "", "", 0, "Firefox 128.0", "Linux "),
    "chrome": (DESKTOP, [("Google Chrome", "131.0.6778.86"), ("Chromium", "131.0.6778.85"), ("Not_A Brand", "24.0.0.0")],
               "Windows", "15.0.0", 0, "Chrome 131.0.6778.86", "Windows 11"),
    "brave": (DESKTOP, [("Not(A:Brand", "99.0.0.0"), ("Brave", "131.0.1.2"), ("Chromium", "131.0.1.2")], "Windows", "10.0.0", 0,
              "Brave 131.0.1.2", "Windows 10"),
    "edge": (MAC, [("Microsoft Edge", "131.0.2903.86"), ("Chromium", "131.0.6778.86")], "macOS", "14.5.0", 0,
             "Edge 131.0.2903.86", "Mac OS X 14.5.0"),
    "opera": (PHONE, [("Opera", "86.1.2"), ("Chromium", "131.0.1.2")], "Android", "14.0.0", 1, "Opera Mobile 86.1.2", "Android 14.0.0"),
    "headless": (DESKTOP, [("HeadlessChrome", "131.0.1.2")], "", "", 0, "Chrome 131.0.0.0", "Windows 10"),
}
# Chrome is another browser, which hints do not name; and a system has other versions.
OTHER = {"agents.yaml": """user_agent_parsers:
  - regex: '(Chrome)/(\\d+)\\.(\\d+)'
    family_replacement: 'Chromish'
    v2_replacement: '7'
os_parsers:
  - regex: '(Mac OS X) 10_15'
    os_replacement: 'Classic'
    os_v1_replacement: '9'
  - regex: '(Linux) x86_64'
    os_replacement: 'Linux'
    os_v1_replacement: '64'
""", "robots.tsv": "monitor\trv:128\n"}


def quoted(text):
    return text.replace('"', '\\"')


def line(second, visitor, page, client, full=True):
    agent, brands, platform, version, mobile = CLIENTS[client][:5]
    short = quoted(", ".join(f'"{brand}";v="{number.split(".")[0]}"' for brand, number in brands))
    long = quoted(", ".join(f'"{brand}";v="{number}"' for brand, number in brands)) if full else ""
    return (f"2024-05-06 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} 192.0.2.{visitor} GET /{page} 200 10 - "
            f'"{agent}" "{short}" "{long}" "{quoted(chr(34) + platform + chr(34)) if platform else "-"}"'
            f' "{quoted(chr(34) + version + chr(34)) if version and full else ""}" ?{mobile}')


def many():
    """Each client asks once without the longer hints, and then with them."""
    made = random.Random(7)
    names = sorted(CLIENTS)
    return [line(60 * n, 1 + n % 21, made.choice("abcdefg"), names[n % 21 % len(names)], full=n > 21) for n in range(400)]


class Log:
    format, countries, settings = FORMAT, {}, ()

    def __init__(self, lines):
        self.log = lines


def store_of(build, directory, lines, lists):
    (directory / "state").mkdir(parents=True)
    put(directory, lists)
    return Store(build, directory, Log(lines))


def rows(store, text):
    with closing(sqlite3.connect(f"file:{store.path}?mode=ro", uri=True)) as db:
        return db.execute(text).fetchall()


def names(store):
    """Of each hit what its agent came with, and what it is called."""
    return rows(store, "select hit.id, hit.robot, hit.visit, hit.flags, agent.name, hints, browser.name, browser_version.version, version_full,"
                       " platform.name, platform_version.version, agent.robot from hit join agent on agent.id = hit.agent"
                       " join browser_version on browser_version.id = agent.browser join browser on browser.id = browser_version.browser"
                       " join platform_version on platform_version.id = agent.platform join platform on platform.id = platform_version.platform"
                       " order by hit.id")


def all_of(store):
    asked = {(name, *more): store.run("report", name, *ALL, *more) for name in ("browsers", "families", "platforms", "systems", "robots", "visits")
             for more in ((), ("--exact",)) if not (more and name in ("visits", "robots"))}
    return reports(store) | asked | {"hits": rows(store, "select * from hits order by hit"), "daily": rows(store, "select * from daily order by 1, 2"),
                                      "old": rows(store, "select * from slim_stats order by dt, remote_ip"), "names": names(store),
                                      "views": [row[:4] + row[5:] for row in rows(store, "select * from visits order by visit")]}


def called(store):
    return {(browser + " " + full, platform + " " + version) for _, _, _, _, _, _, browser, _, full, platform, version, _ in names(store)}


def test_an_agent_is_kept_with_what_it_was_named_by(build, tmp_path):
    store = store_of(build, tmp_path / "s", [line(n, n + 1, "a", name) for n, name in enumerate(CLIENTS)], {})
    found = {row[5]: (f"{row[6]} {row[8]}", f"{row[9]} {row[10]}") for row in names(store)[2:]}
    assert found == {
        '"Google Chrome";v="131.0.6778.86","Chromium";v="131.0.6778.85"|"Windows"|"15.0.0"': CLIENTS["chrome"][5:],
        '"Brave";v="131.0.1.2","Chromium";v="131.0.1.2"|"Windows"|"10.0.0"': CLIENTS["brave"][5:],
        '"Microsoft Edge";v="131.0.2903.86","Chromium";v="131.0.6778.86"|"macOS"|"14.5.0"': CLIENTS["edge"][5:],
        '"Opera";v="86.1.2","Chromium";v="131.0.1.2"|"Android"|"14.0.0"|m': CLIENTS["opera"][5:],
        '"HeadlessChrome";v="131.0.1.2"': CLIENTS["headless"][5:]}
    assert [(row[5], f"{row[6]} {row[8]}", f"{row[9]} {row[10]}") for row in names(store)[:2]] \
        == [("", *CLIENTS[name][5:]) for name in ("plain", "firefox")]
    assert [row[11] for row in names(store)] == [0, 0, 0, 0, 0, 0, 6]


@pytest.mark.parametrize("first, then", [({}, OTHER), pytest.param(OTHER, {}, marks=pytest.mark.thorough)], ids=["rules added", "rules taken away"])
def test_hits_are_called_what_the_rules_of_today_make_of_agent_and_hints(build, tmp_path, first, then):
    fresh = store_of(build, tmp_path / "fresh", many(), then)
    store = store_of(build, tmp_path / "s", many(), first)
    before = all_of(store)
    for name in first:
        (store.dir / "state" / name).unlink()
    put(store.dir, then)
    assert " 0 of them named anew" not in derive(store)
    after, wanted = all_of(store), all_of(fresh)
    assert {name: found for name, found in after.items() if found != wanted[name]} == {}
    assert after["names"] != before["names"]
    assert " 0 of them named anew" in derive(store)
    for name in then:
        (store.dir / "state" / name).unlink()
    put(store.dir, first)
    derive(store)
    assert all_of(store) == before  # and back


def test_rows_with_their_hints_survive_export_and_backup(build, tmp_path):
    store = store_of(build, tmp_path / "s", many(), {})
    exported = store.run("export", "--since", "all", "--format", "jsonl", "--columns", "all")
    assert exported.count("\n") == 400 and '"Brave"' in exported
    store.run("backup", tmp_path / "copy.db")
    copy = Store.__new__(Store)
    copy.__dict__.update(store.__dict__, path=tmp_path / "copy.db")
    assert all_of(copy) == all_of(store)


# As the table was before hints were kept.
OLDER = ("drop view hits; create view hits as select 1; drop view slim_stats; create view slim_stats as select 1; alter table hit drop column server; drop table server; delete from rollup where dimension > 23; alter table agent drop column operator; drop table operator; drop table purpose; drop table assistant; drop index hit_of_ai; drop index hit_leak; drop index hit_false; drop table note;"
         " drop index agent_of_names; alter table agent drop column hints; drop index resource_of_names; alter table resource drop column address_page; drop index hit_posted; delete from mark where id = 1024; create unique index agent_of_names on agent"
         " (name, browser, platform, robot, version_full); pragma user_version = 16")


@pytest.fixture
def older(build, tmp_path):
    lines = [line(60 * n, n + 1, "a", name) for n, name in enumerate(CLIENTS)]
    store = store_of(build, tmp_path / "s", lines, {})
    with closing(sqlite3.connect(store.path)) as db:
        db.executescript(OLDER)
    return store


def test_what_hints_named_before_they_were_kept_stays_and_is_counted(older):
    put(older.dir, {"agents.yaml": "os_parsers:\n  - regex: '(Windows NT 10)'\n    os_replacement: 'Windows'\n    os_v1_replacement: '10'\n"})
    said = derive(older)
    assert "7 hits looked at, 1 of them named anew" in said  # nothing says any more that one was without a window
    assert "4 hits were named by client hints before these were kept: such names of browsers, versions and platforms stay" in said
    assert called(older) == {client[5:] for client in CLIENTS.values()}
    assert {row[5] for row in names(older)} == {"?"}
    assert " 0 of them named anew" in derive(older)


def test_rules_that_hints_have_no_say_in_name_older_hits_too(older):
    put(older.dir, OTHER)
    said = derive(older)
    assert "2 hits were named by client hints" in said  # Windows 11 and Android 14
    assert {(row[6], row[9] + " " + row[10]) for row in names(older)} == {
        ("Chromish", "Windows 10"), ("Chromish", "Windows 11"), ("Chromish", "Classic 9"), ("Chromish", "Android 14.0.0"), ("Firefox", "Linux 64")}


def test_new_hits_of_an_older_agent_are_kept_with_their_hints(older, tmp_path):
    (tmp_path / "late").write_text("".join(line(86000 + n, n + 1, "b", name).replace("05-06", "06-06") + "\n" for n, name in enumerate(CLIENTS)))
    older.run("import", "--state", older.dir / "state", "--site", SITE, "--format", FORMAT, tmp_path / "late")
    assert [row[5] == "?" for row in names(older)] == [True] * 7 + [False] * 7
    put(older.dir, OTHER)
    derive(older)
    for name in OTHER:
        (older.dir / "state" / name).unlink()
    derive(older)
    found = [(f"{row[6]} {row[8]}", f"{row[9]} {row[10]}") for row in names(older)]
    assert found[7:] == [client[5:] for client in CLIENTS.values()]
    assert found[:7] != found[7:]  # what is lost is lost
