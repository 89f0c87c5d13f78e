"""A real Chromium, and what the tests read of the dashboard's page."""
import base64
import contextlib
import json
import os

from selenium import webdriver
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from slimhttpd import wait_for

# Motion is for the test that looks at it: a dot that breathes draws the page sixty times a second, however many rows it has.
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb",
         "--disable-features=SpareRendererForSitePerProcess", "--force-prefers-reduced-motion"]

# The first element that is named so, where it can be clicked.
FIND = """
const found = [...document.querySelectorAll(arguments[0])].find((n) => arguments[1] === null || n.innerText.trim() === arguments[1]);
if (found) found.scrollIntoView({block: 'center'});
return found;
"""

# Whether all is answered, once it is or after a second.
SETTLED = """
const told = arguments[arguments.length - 1], end = Date.now() + 1000;
const look = () => {
  const settled = document.readyState === 'complete' && document.body.dataset.busy === '0';
  if (settled || Date.now() > end) told(settled);
  else setTimeout(look, 20);
};
look();
"""


class Browser:
    def __init__(self, profile, *flags):
        options = Options()
        for flag in [*FLAGS, *flags, f"--user-data-dir={profile}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver", env=dict(os.environ, TZ="UTC")))
        self.driver.set_script_timeout(120)
        self.origins = set()

    def quit(self):
        self.driver.quit()

    # --- looking ---

    def open(self, url):
        self.driver.get(url)
        self.settle()

    def leave(self):
        """For an empty page, by a step of the page's own: that keeps the process, whose start takes longer than most tests."""
        self.js("location.replace('about:blank')")
        self.wait(lambda: self.driver.current_url == "about:blank", "an empty page")

    def size(self, width, height=900):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1,
                                                                           "mobile": False})

    def scheme(self, name):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name}]})

    def picture(self, path, whole=True):
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def settle(self):
        """Until nothing is asked any more: the page itself looks."""
        self.wait(self.is_settled, "the page settles")

    def is_settled(self):
        with contextlib.suppress(JavascriptException):  # it was left while it looked
            return self.driver.execute_async_script(SETTLED)
        return False

    def wait(self, condition, what="condition", seconds=15):
        try:
            return wait_for(condition, seconds, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.logs()}") from None

    def back(self):
        """The browser's own step back, which takes place some time after it was asked for."""
        before = self.driver.current_url
        self.driver.back()
        self.wait(lambda: self.driver.current_url != before, "another address")
        self.settle()

    def refresh(self):
        self.driver.refresh()
        self.settle()

    def only_awaits(self, count):
        """Until no more answers than these are awaited."""
        self.wait(lambda: self.js("return document.body.dataset.busy") == str(count), f"{count} answers are awaited")

    def text(self, selector):
        return self.js("return [...document.querySelectorAll(arguments[0])].map((n) => n.textContent)", selector)

    def figure(self, name):
        return self.js("return [...document.querySelectorAll('.figure')].find((n) => n.querySelector('.name').textContent === arguments[0])"
                       ".querySelector('strong').textContent", name)

    def values(self, panel):
        """The first texts of a panel's rows."""
        return self.text(f"[data-panel={panel}] tbody th .parts > :is(:first-child:not(.fold), .fold + *)")

    def press(self, selector, text=None):
        """A real click, on the first that is named so."""
        found = self.js(FIND, selector, text)
        assert found, f"no {selector} {text or ''}"
        found.click()

    def click(self, selector, text=None):
        self.press(selector, text)
        self.settle()

    @property
    def query(self):
        return self.js("return decodeURIComponent(location.search)")

    # --- what went wrong ---

    def logs(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Addresses of all requests since the last call."""
        urls = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.append(message["params"]["request"]["url"])
        return urls
