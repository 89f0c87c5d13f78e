"""What the dashboard's page costs in Chromium, by its own timings, with a store of made-up hits over the
last 90 days: first paint, first figures, all panels, bytes, a row unfolded, and a click on a value.

    page.py BUILD [HITS]
"""
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "browser")]

from browser import Browser
from screenshot import readable_copy
from slimhttpd import Server

DAYS = 90
TIMINGS = """
const parts = performance.getEntriesByType('resource'), end = (word) => Math.max(...parts.filter((p) => p.name.includes(word)).map((p) => p.responseEnd));
return [performance.getEntriesByName('first-contentful-paint')[0].startTime, end('api/overview?since=' + arguments[0]), end('/api/'),
  parts.reduce((sum, p) => sum + p.transferSize, performance.getEntriesByType('navigation')[0].transferSize)];
"""


def fill(server, hits):
    log = server.dir / "made.log"
    with open(log, "w") as out:
        subprocess.run([sys.executable, HERE / "traffic_log.py", str(hits), str(DAYS), "3", "1", str(int(time.time()) - DAYS * 86400)],
                       stdout=out, check=True)
    server.cli("import", "--format", "vhost_combined", str(log), check=0)


# A click on the first source, which most visits have: until the last figure has changed, and until the last
# panel is there.
CLICK = """
window.changed = 0;
new MutationObserver(() => { window.changed = performance.now(); })
  .observe(document.querySelector('.figures'), {subtree: true, childList: true, characterData: true});
performance.clearResourceTimings();
window.clicked = performance.now();
document.querySelector('[data-panel=sources] tbody .value').click();
"""
UNFOLD = """
performance.clearResourceTimings();
window.clicked = performance.now();
document.querySelector('[data-panel=clients] button.fold').click();
"""
CLICKED = """
const ends = performance.getEntriesByType('resource').filter((p) => p.name.includes('/api/')).map((p) => p.responseEnd);
return [window.changed - window.clicked, Math.max(...ends) - window.clicked];
"""


def measure(browser, server, since):
    browser.size(1440)
    browser.open(f"http://127.0.0.1:{server.port}/stats/?since={since}")
    paint, figures, whole, size = browser.js(TIMINGS, since)
    browser.js(UNFOLD)
    browser.settle()
    unfolded = browser.js(CLICKED)[1]
    browser.js(CLICK)
    browser.settle()
    click, all_panels = browser.js(CLICKED)
    print(f"{since:<6} {paint:8.0f} {figures:8.0f} {whole:8.0f} {size / 1024:8.0f} {unfolded:8.0f} {click:8.0f} {all_panels:8.0f}")


def main(build, hits):
    base = Path(tempfile.mkdtemp(prefix="slimstats-bench-"))
    with tempfile.TemporaryDirectory(prefix="slimstats-chromium-") as profile:
        server = Server(readable_copy(build, base), "page", config="<Location /stats>\nSlimStats Off\n</Location>")
        browser = None
        try:
            server.start()
            fill(server, hits)
            browser = Browser(profile)
            print(f"\nthe page with {hits:,} hits in {DAYS} days, ms\nrange     paint  figures   panels      KiB   unfold    click   panels")
            for since in ("7d", "28d", "90d"):
                measure(browser, server, since)
        finally:
            if browser:
                browser.quit()
            server.stop()
            subprocess.run(["rm", "-rf", str(base)], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int((sys.argv[2:] or ["1000000"])[0]))
