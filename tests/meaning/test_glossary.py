"""The manual explains each word that reports count by."""
import re
from pathlib import Path

MANUAL = Path(__file__).parents[2] / "mod_src/httpd/mod_slimstats.8"
WORDS = """hit; ledger; site; resource; page; kind; page view; prefetch; download; error; not found; robot; operator; purpose; proof; worker time; leak; taken, sent; visitor; visitors in a range;
online; visit; entry, exit; next, previous, journeys; bounce; duration; new visitor; referer; domain; source; channel; search terms; campaign;
language; country; region, city; network; mark; platform, browser, version; p50, p90, p99"""


def test_the_manual_has_every_word_once():
    section = MANUAL.read_text().split(".SH WORDS\n")[1].split(".SH ")[0]
    assert re.findall(r"^\.TP\n\.B (.*)$", section, re.M) == [word.strip() for word in WORDS.replace("\n", " ").split(";")]
