"""Visitors who do not exist: requests as a small site gets them, from a seed."""
import random
import re

BROWSERS = [
    (30, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36", (100, 131)),
    (14, "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Mobile Safari/537.36", (100, 131)),
    (16, "Mozilla/5.0 (iPhone; CPU iPhone OS {v}_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{v}.1 Mobile/15E148 Safari/604.1", (14, 18)),
    (8, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{v}.3 Safari/605.1.15", (14, 18)),
    (9, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0", (102, 132)),
    (4, "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0", (102, 132)),
    (6, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36 Edg/{v}.0.0.0", (100, 131)),
    (3, "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/{v}.0 Chrome/115.0.0.0 Mobile Safari/537.36", (18, 25)),
    (1, "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", (1, 1)),
]
ROBOTS = [
    (6, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    (4, "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
    (3, "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"),
    (2, "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
    (2, "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers; like FeedFetcher-Google)"),
    (2, "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"),
    (1, "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"),
    (1, "curl/8.5.0"),
    (1, "python-requests/2.31.0"),
]
LANGUAGES = [(40, "en-US,en;q=0.9"), (12, "de-DE,de;q=0.9,en;q=0.8"), (8, "fr-FR,fr;q=0.9"), (7, "es-ES,es;q=0.9"),
             (6, "en-GB,en;q=0.8"), (5, "ja"), (4, "pt-BR,pt;q=0.9"), (4, "it-IT,it;q=0.9"), (3, "zh-CN,zh;q=0.9"),
             (3, "nl-NL,nl;q=0.9"), (2, "pl-PL,pl;q=0.9"), (2, "*")]
REFERERS = [(30, ""), (14, "https://www.google.com/"), (4, "https://www.bing.com/"), (3, "https://duckduckgo.com/"),
            (3, "https://t.co/a1b2c3"), (3, "https://news.ycombinator.com/"), (2, "https://www.reddit.com/r/selfhosted/"),
            (2, "https://chatgpt.com/"), (2, "https://l.facebook.com/"), (1, "https://search.yahoo.co.jp/search?p=%E7%B5%B1%E8%A8%88"),
            (2, "https://yandex.ru/search/?text=web+statistics"), (1, "https://mastodon.social/@somebody"),
            (2, "https://blog.example.net/links"), (1, "https://www.ecosia.org/search?q=privacy+statistics")]
# First octets that are announced in many countries.
NETWORKS = ["3", "5", "23", "31", "46", "62", "77", "80", "85", "91", "95", "101", "103", "112", "133", "151", "177", "185",
            "188", "193", "200", "212"]
PAGES = [(30, "/"), (14, "/about.html"), (20, "/notes/first-light.html"), (12, "/notes/second-thoughts.html"),
         (8, "/notes/third-party.html"), (5, "/notes/"), (3, "/imprint.html")]
ASSETS = ["/style.css", "/logo.svg"]


def choose(dice, table):
    return dice.choices(table, weights=[row[0] for row in table])[0]


def visitors(count, seed=1):
    """Yields (method, target, headers) of count requests."""
    dice = random.Random(seed)
    made = 0
    while made < count:
        address = f"{dice.choice(NETWORKS)}.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"
        if dice.random() < 0.05:
            address = f"2a00:{dice.randrange(65536):x}::{dice.randrange(1, 65536):x}"
        robot = dice.random() < 0.2
        if robot:
            agent = choose(dice, ROBOTS)[1]
        else:
            _, pattern, (low, high) = choose(dice, BROWSERS)
            agent = pattern.format(v=dice.randint(low, high))
        base = {"X-Forwarded-For": address, "User-Agent": agent}
        if not robot:
            base["Accept-Language"] = choose(dice, LANGUAGES)[1]
        referer = "" if robot else choose(dice, REFERERS)[1]
        for _ in range(dice.choice([1, 1, 1, 2, 2, 3, 5])):
            page = choose(dice, PAGES)[1]
            if dice.random() < 0.04:
                page = dice.choice(["/old-page.html", "/wp-login.php", "/favicon.ico", "/files/paper.pdf"])
            elif dice.random() < 0.08:
                page += dice.choice(["?utm_source=newsletter&utm_campaign=autumn", "?ref=sidebar", "?page=2"])
            headers = dict(base)
            if referer:
                headers["Referer"] = referer
            for target in [page, *(ASSETS if not robot and dice.random() < 0.7 else [])]:
                if made == count:
                    return
                yield "GET", target, headers
                made += 1
                headers = dict(base, Referer="http://localhost" + page)
            referer = "http://localhost" + page


LINE = re.compile(r'^(\S+) \S+ \S+ \[[^]]*\] "((?:[^"\\]|\\.)*)" \d+ \S+ "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"')


def from_access_log(path):
    """The requests of a combined access log, as the first fields tell them."""
    languages = [row[1] for row in LANGUAGES]
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        for n, line in enumerate(f):
            match = LINE.match(line)
            if not match:
                continue
            address, request, referer, agent = match.groups()
            method, target = (request.split(" ") + ["/"])[:2]
            headers = {"X-Forwarded-For": address, "Accept-Language": languages[n % len(languages)]}
            if referer != "-":
                headers["Referer"] = referer
            if agent != "-":
                headers["User-Agent"] = agent
            yield method, target, headers
