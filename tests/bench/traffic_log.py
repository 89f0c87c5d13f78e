"""Made-up traffic as an access log in vhost_combined, the same for the same seed: skewed over pages,
visitors and sources, with robots, over a number of days and sites. Writes to standard output."""
import random
import sys
import time

PAGES, VISITORS = 20_000, 1_000_000
BROWSERS = [f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
            for system in ("Windows NT 10.0; Win64; x64", "X11; Linux x86_64", "Macintosh; Intel Mac OS X 10_15_7")
            for version in range(100, 140)]
BROWSERS += [f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0" for v in range(90, 140)]
ROBOTS = ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
          "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "curl/8.5.0"]
REFERERS = ["https://www.google.com/", "https://www.bing.com/", "https://news.ycombinator.com/", "https://t.co/x"]
REFERERS += [f"https://blog{n}.example/post/{n}" for n in range(500)]


def write(hits, days, sites, seed, begin, out):
    dice = random.Random(seed)
    step = days * 86400 / hits
    stamps = {}
    lines = []
    # who is there now: each asks about once a minute, eight times on average
    present = [0] * max(1, round(60 / step))
    for n in range(hits):
        second = begin + int(n * step)
        if second not in stamps:
            stamps.clear()
            stamps[second] = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second))
        place = int(dice.random() * len(present))
        if n < len(present) or dice.random() < 1 / 8:
            present[place] = int(VISITORS * dice.random() ** 3)
        visitor = present[place]
        robot = visitor % 50 < 9
        agent = ROBOTS[visitor % 3] if robot else BROWSERS[visitor % len(BROWSERS)]
        page = int(PAGES * dice.random() ** 4)
        kind = "/page/%d" % page if dice.random() < 0.4 else "/asset/%d.png" % (page % 300)
        referer = REFERERS[page % len(REFERERS)] if dice.random() < 0.1 else "-"
        status = 404 if dice.random() < 0.02 else 200
        lines.append('s%d.example:443 %d.%d.%d.%d - - [%s] "GET %s HTTP/1.1" %d %d "%s" "%s"\n' % (
            visitor % sites, 1 + visitor % 200, visitor // 200 % 250, visitor // 50_000 % 250, 7,
            stamps[second], kind, status, 500 + page, referer, agent))
        if len(lines) == 10_000:
            out.write("".join(lines))
            lines.clear()
    out.write("".join(lines))


if __name__ == "__main__":
    # 1767225600: 2026-01-01
    defaults = ["1000000", "90", "10", "1", "1767225600"]
    hits, days, sites, seed, begin = (int(a) for a in sys.argv[1:] + defaults[len(sys.argv) - 1:])
    write(hits, days, sites, seed, begin, sys.stdout)
