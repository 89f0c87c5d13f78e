"""A Chromium that says that it is one, and PHP for what is written in it."""
import contextlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from browser import Browser
from person import AGENT
from slimhttpd import wait_for

FPM = """[global]
error_log = {dir}/php.log
daemonize = no
[www]
user = www-data
group = www-data
listen = {dir}/php.sock
listen.owner = www-data
pm = static
pm.max_children = 3
catch_workers_output = yes
{lines}
"""


class Tab(Browser):
    """What a person does, and what it leads to."""

    def titled(self, title):
        self.wait(lambda: (self.js("return document.readyState === 'complete' && document.title") or "").startswith(title), f"a page called {title}")

    def go(self, url, title):
        self.js("location.href = arguments[0]", url)
        self.titled(title)

    def follow(self, text, title=""):
        self.press("a", text)
        self.titled(title)

    def type(self, selector, text):
        """Into a field, a key after the other; a line's end sends a form."""
        self.wait(lambda: self.js("return document.querySelector(arguments[0])", selector), selector).send_keys(text)


@pytest.fixture(scope="session")
def chromium():
    """Names that are not localhost lead here as well: to them it says nothing of what it asks for."""
    profile = tempfile.mkdtemp(prefix="slimstats-chromium-")
    one = Tab(profile, f"--user-agent={AGENT}", "--host-resolver-rules=MAP *.test 127.0.0.1")
    yield one
    one.quit()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
def tab(chromium):
    chromium.size(1440)
    yield chromium
    chromium.leave()


@pytest.fixture
def start_php():
    """Runs php-fpm in a folder, with lines for its pool; returns what httpd is told to hand files to."""
    with contextlib.ExitStack() as running:
        def start(folder, lines=""):
            program = max(Path("/usr/sbin").glob("php-fpm[0-9]*"))
            (folder / "php.conf").write_text(FPM.format(dir=folder, lines=lines))
            process = subprocess.Popen([program, "-R", "-y", str(folder / "php.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            running.callback(process.wait)
            running.callback(process.terminate)
            wait_for((folder / "php.sock").exists, 10, "php-fpm listens")
            return f"proxy:unix:{folder}/php.sock|fcgi://localhost"
        yield start
