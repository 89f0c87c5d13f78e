"""The README's picture: the page with eight weeks of a small site. screenshot.py BUILD PICTURE"""
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mmdb
import site_log
from browser import Browser
from slimhttpd import Build, Server


def readable_copy(build, base):
    """httpd's user has to read it."""
    base.chmod(0o755)
    out = base / "out"
    shutil.copytree(build / "out", out)
    for path in [out, *out.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    return Build(base, out)


def main(build, picture):
    base, profile = Path(tempfile.mkdtemp(prefix="slimstats-")), tempfile.mkdtemp(prefix="slimstats-chromium-")
    country = base / "country.mmdb"
    mmdb.write(country, site_log.NETWORKS)
    country.chmod(0o644)
    server = Server(readable_copy(build, base), "screenshot", settings=f"SlimStatsCountry {country}",
                    config="<Location /stats>\nSlimStats Off\n</Location>")
    browser = None
    try:
        server.start()
        log = server.dir / "old.log"
        end = int(time.time()) // 86400 * 86400 - 1
        weekend = [(time.gmtime(end).tm_wday - day) % 7 for day in (5, 6)]
        log.write_text("\n".join(site_log.lines(57, end, quiet=weekend)) + "\n")
        server.cli("import", "--site", "www.example.org", str(log), check=0)
        browser = Browser(profile)
        browser.size(1240, 800)
        since, until = (time.strftime("%F", time.gmtime(time.time() - days * 86400)) for days in (28, 1))
        browser.open(f"http://127.0.0.1:{server.port}/stats/?since={since}&until={until}")
        browser.picture(picture, whole=False)
    finally:
        if browser:
            browser.quit()
        server.stop()
        for directory in (base, profile):
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
