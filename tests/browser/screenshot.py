"""Pictures of the page: the README's, and one of each state, to be looked at. screenshot.py BUILD PICTURE FOLDER"""
import base64
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mmdb
import site_log
from browser import Browser
from slimhttpd import Build, Server, wait_for

AGENT = {"User-Agent": site_log.BROWSERS[0]}
OWN = "<Location /stats>\nSlimStats Off\n</Location>"


def readable_copy(build, base):
    """httpd's user has to read it."""
    base.chmod(0o755)
    out = base / "out"
    shutil.copytree(build / "out", out)
    for path in [out, *out.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    return Build(base, out)


@contextmanager
def ended(one, end):
    try:
        yield one
    finally:
        end()


def days_ago(days):
    return time.strftime("%F", time.gmtime(time.time() - days * 86400))


def import_visits(server):
    log = server.dir / "old.log"
    end = int(time.time()) // 86400 * 86400 - 1
    weekend = [(time.gmtime(end).tm_wday - day) % 7 for day in (5, 6)]
    log.write_text("\n".join(site_log.lines(57, end, quiet=weekend)) + "\n")
    server.cli("import", "--site", "www.example.org", str(log), check=0)


# --- of a site with visits ---

def show_visits(browser, server, picture, folder):
    address = f"http://127.0.0.1:{server.port}/stats/?since={days_ago(28)}&until={days_ago(1)}"
    browser.size(1240, 800)
    browser.open(address)
    browser.picture(picture, whole=False)
    browser.picture(folder / "whole.png")
    browser.scheme("dark")
    browser.picture(folder / "dark.png")
    browser.scheme("light")
    for name, words in (("filtered", "&where=country%3DDE,AT&where=page~/notes/"), ("german", "&lang=de"), ("machines", "&view=machines&robots=on"),
                        ("ledger", "&view=ledger"), ("nothing", "&where=country%3DAQ"), ("mistaken", "&where=colour%3Dred"), ("tablet", ""), ("phone", "")):
        browser.size({"phone": 360, "tablet": 768}.get(name, 1240), 800)
        browser.open(address + words)
        browser.picture(folder / f"{name}.png")
    browser.size(1240, 800)
    browser.open(address)
    printed = browser.driver.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})
    (folder / "print.pdf").write_bytes(base64.b64decode(printed["data"]))
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    browser.size(794, 1123)
    browser.picture(folder / "print.png")
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


# --- of one where something fails ---

def show_states(browser, server, folder):
    def picture(name):
        browser.open(f"http://127.0.0.1:{server.port}/stats/")
        browser.picture(folder / f"{name}.png")
    browser.size(1240, 800)
    wait_for(lambda: server.get("/stats/api/overview")[0] == 200, 10, "there is a store")
    picture("empty")
    server.get("/", AGENT)
    server.wait_stored(1)
    picture("first-visit")
    server.write_sql("create trigger no before insert on hit begin select raise(abort, 'INSERT command denied'); end")
    server.get("/again", AGENT)
    wait_for(lambda: server.state_word() == "store-denied", 10, "the store is denied")
    picture("denied")
    server.write_sql("drop trigger no")
    wait_for(lambda: server.state_word() == "ok", 70, "it is well again")
    recorder = server.recorder_pid()
    os.kill(recorder, signal.SIGSTOP)
    with ended(recorder, lambda: os.kill(recorder, signal.SIGCONT)):
        wait_for(lambda: server.state_word() == "recorder-down", 40, "nobody records")
        picture("recorder-down")


def main(build, picture, folder):
    base, profile = Path(tempfile.mkdtemp(prefix="slimstats-")), tempfile.mkdtemp(prefix="slimstats-chromium-")
    country = base / "country.mmdb"
    mmdb.write(country, site_log.NETWORKS)
    country.chmod(0o644)
    folder.mkdir(parents=True, exist_ok=True)
    with ended(base, lambda: [shutil.rmtree(one, ignore_errors=True) for one in (base, profile)]):
        built = readable_copy(build, base)
        visited = Server(built, "visits", settings=f"SlimStatsCountry {country}", config=OWN)
        failing = Server(built, "states", config=OWN)
        browser = Browser(profile)
        with ended(browser, browser.quit):
            with ended(visited, visited.stop):
                visited.start()
                import_visits(visited)
                show_visits(browser, visited, picture, folder)
            with ended(failing, failing.stop):
                failing.start()
                show_states(browser, failing, folder)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
