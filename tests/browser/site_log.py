"""A small site's visits as an access log (combined): people who read a few pages, at hours when people are awake,
more of them each week, and robots. Ends at a given second. Each day has dice of its own, by how many days ago it
is: so whatever the clock says, the days before the last are the same, and the last is cut where it has come to."""
import math
import random
import time

PAGES = ["/", "/notes/", "/notes/first-light.html", "/notes/second-thoughts.html", "/notes/on-keeping-bees.html",
         "/notes/a-week-without-maps.html", "/notes/the-long-way-home.html", "/about.html", "/photos/", "/photos/winter.html",
         "/photos/harbour.html", "/recipes/rye-bread.html", "/recipes/plum-jam.html", "/imprint.html", "/talks/small-tools.html"]
REFERERS = (["-"] * 8 + ["https://www.google.com/"] * 7 + ["https://www.bing.com/search?q=rye+bread+recipe"] * 2
            + ["https://duckduckgo.com/"] * 2 + ["https://news.ycombinator.com/item?id=401", "https://mastodon.social/@someone/1",
               "https://chatgpt.com/", "https://www.reddit.com/r/Breadit/", "https://blog.example.org/links/",
               "https://t.co/abc", "https://garden.example.net/reading.html"])
BROWSERS = (["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"] * 5
            + ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"] * 3
            + ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
               "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
               "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
               "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"])
ROBOTS = ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
          "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
          "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
          "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "curl/8.5.0"]
# networks that a country file made by NETWORKS below knows
COUNTRIES = ["DE"] * 9 + ["US"] * 8 + ["AT"] * 4 + ["GB"] * 3 + ["FR"] * 3 + ["NL", "NL", "CH", "CH", "SE", "PL", "ES", "IT", "CA", "CA",
             "BR", "IN", "IN", "JP", "AU", "ZA", "AR", "MX", "SG", "NO", "FI", "CZ", "UA", "TR", "KE", "NZ", "KR", "ID", "NG", "EG"]
CODES = sorted(set(COUNTRIES))
NETWORKS = {f"198.{18 + i // 256}.{i % 256}.0/24": code for i, code in enumerate(CODES)}


def lines(days, now, visits_a_day=60, quiet=(1, 2)):
    """quiet: the days of the week with less to do, as days before the last, modulo 7."""
    out = []
    for day in range(days, -1, -1):
        dice = random.Random(f"day {day}")
        many = int(visits_a_day * (1.25 - day / days / 2) * (0.65 if day % 7 in quiet else 1) * (0.85 + dice.random() * 0.3))
        begin = (now // 86400 - day) * 86400
        for _ in range(many):
            out += visit(begin, dice)
        for _ in range(int(many * 0.8)):
            out.append(hit(int(begin + 86400 * dice.random()), f"192.0.2.{dice.randrange(60)}",
                           PAGES[int(len(PAGES) * dice.random())], 200, 5000, "-", dice.choice(ROBOTS)))
    return [line for second, line in sorted(out) if second <= now]


def hit(second, address, path, status, size, referer, agent):
    stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second))
    return second, f'{address} - - [{stamp}] "GET {path} HTTP/1.1" {status} {size} "{referer}" "{agent}"'


def visit(begin, dice):
    """The hits of a person on the day that begins then."""
    out = []
    hour = min(23.98, max(0, dice.gauss(11, 2.5) if dice.random() < 0.45 else dice.gauss(19.5, 2.2)))
    second = int(begin + hour * 3600)
    i = CODES.index(dice.choice(COUNTRIES))
    address = f"198.{18 + i // 256}.{i % 256}.{int(250 * dice.random() ** 2) + 1}"
    agent, referer = dice.choice(BROWSERS), dice.choice(REFERERS)
    for step in range(1 + int(-math.log(1 - dice.random()) * 1.3)):
        path = PAGES[int(len(PAGES) * dice.random() ** 2)]
        if step == 0 and dice.random() < 0.04:
            path += "?utm_source=letter&utm_medium=email&utm_campaign=autumn"
        out.append(hit(second, address, path, 200, 3000 + dice.randrange(9000), referer, agent))
        out.append(hit(second + 1, address, "/style.css", 200, 1800, "-", agent))
        referer = "https://localhost" + path
        second += int(20 + dice.expovariate(1 / 90))
    if dice.random() < 0.05:
        out.append(hit(second, address, dice.choice(["/old/index.php", "/notes/gone.html", "/wp-login.php"]), 404, 196, "-", agent))
    if dice.random() < 0.03:
        out.append(hit(second, address, dice.choice(["/files/bread.pdf", "/files/bees.epub"]), 200, 480000, "-", agent))
    return out
