"""history.py DAYS: an access log of the days before this one, of made-up visitors who come when people are awake, and more of
them each week. Its LogFormat is FORMAT below, as `slimstats import --format` takes it."""
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import traffic  # noqa: E402

FORMAT = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{Accept-Language}i" %D'
FORGOTTEN = "/backup.zip"  # left lying about, and found by a scanner
MISSING = ("/old-page.html", "/wp-login.php", "/files/paper.pdf")
VISITS_A_DAY = 55
PAGES = ("/", "/about.html", "/notes/", "/notes/first-light.html", "/notes/second-thoughts.html")
# Robots of each purpose, how often they come a day, and what they ask for.
ROBOTS = {
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)": (24, PAGES),
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)": (17, PAGES),
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot)": (6, PAGES),
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot)": (3, PAGES),
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": (14, PAGES),
    "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 7 subscribers)": (12, ("/notes/",)),
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)": (1, PAGES),
    "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)": (24, ("/",)),
    "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)": (1, PAGES),
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)": (5, PAGES + MISSING),
    "python-requests/2.32.3": (4, (*MISSING, FORGOTTEN)),
}


def moment(dice, day):
    """A second of a day: around eleven or in the evening."""
    hour = dice.gauss(11, 2.5) if dice.random() < 0.45 else dice.gauss(19.5, 2.2)
    return int(day * 86400 + min(23.9, max(0.1, hour)) * 3600)


def beginnings(dice, days, today):
    for day in range(today - days, today):
        weekend = time.gmtime(day * 86400).tm_wday > 4
        growth = 0.75 + 0.5 * (day - today + days) / days
        for _ in range(int(VISITS_A_DAY * growth * (0.65 if weekend else 1) * dice.uniform(0.85, 1.15))):
            yield moment(dice, day)


def line(second, who, target, referer, size):
    status = 404 if target in MISSING else 200
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second))
    return (f'{who["X-Forwarded-For"]} - - [{stamp}] "GET {target} HTTP/1.1" {status} {size} "{referer}"'
            f' "{who["User-Agent"]}" "{who.get("Accept-Language", "-")}" {300 + size // 3}')


def robots(days, today):
    """Those that train models come more from week to week."""
    dice = random.Random(4)
    for day in range(today - days, today):
        for n, (agent, (often, targets)) in enumerate(ROBOTS.items()):
            growth = 0.4 + 1.2 * (day - today + days) / days if n < 2 else 1
            for _ in range(int(often * growth * dice.uniform(0.8, 1.2) + dice.random())):
                second = day * 86400 + dice.randrange(86400)
                who = {"X-Forwarded-For": f"198.51.100.{n + 10}", "User-Agent": agent}
                yield second, line(second, who, dice.choice(targets), "-", dice.randrange(400, 30000))


def lines(days, now):
    """(second, line), each visit's in order; every fourth visit is of somebody who was there before."""
    dice = random.Random(2)
    requests = traffic.visitors(10**9, seed=3)
    _, target, headers = next(requests)
    known = []
    for second in beginnings(dice, days, now // 86400):
        address = headers["X-Forwarded-For"]
        who = dice.choice(known) if known and dice.random() < 0.25 else headers
        known.append(who)
        while headers["X-Forwarded-For"] == address:
            yield second, line(second, who, target, headers.get("Referer", "-"), dice.randrange(400, 9000))
            _, target, headers = next(requests)
            second += 0 if target in traffic.ASSETS else int(15 + dice.expovariate(1 / 70))


if sys.argv[1:] == ["--format"]:
    print(FORMAT)
else:
    begun = int(time.time())
    for _, text in sorted([*lines(int(sys.argv[1]), begun), *robots(int(sys.argv[1]), begun // 86400)]):
        print(text)
