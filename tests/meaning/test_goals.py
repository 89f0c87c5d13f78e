"""Goals and funnels, worked by hand.

visit  pages in order                   came from
1      /  /cart  /x  /order/thanks      Google
2      /cart  /                         -
3      /order/thanks  /cart             -
4      /cart  /order/thanks  /order/thanks   Google
5      /                                -
6      /cart  /cart  /order/thanks      - (a robot)
7      /cart  /order/thanks (404)       -
8      /cart  /cart  /x  /cart  /order/thanks   -

cart: 1 2 3 4 7 8 = 6 of 7 visits of people. order (2xx): 1 3 4 8 = 4. Google: 1 4.
cart, then order: 1 4 8 = 3; right behind it: 4 8 = 2.
"""
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "httpd"))
from test_archive import FIREFOX, Place

VISITS = {1: "/ /cart /x /order/thanks", 2: "/cart /", 3: "/order/thanks /cart", 4: "/cart /order/thanks /order/thanks", 5: "/", 6: "/cart /cart /order/thanks",
          7: "/cart !/order/thanks", 8: "/cart /cart /x /cart /order/thanks"}
GOOGLE, ROBOT = (1, 4), "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
GOALS = "# ours\ncart\t/cart\norder\t/order/*\tstatus=2xx\nfound\t*\tsource=Google\nnever\t/nowhere\nsecond\t/?\n"
PERIOD = ("--since", "2026-11-10", "--until", "2026-11-10")


@pytest.fixture(scope="module")
def shop(build, tmp_path_factory):
    place = Place(build, tmp_path_factory.mktemp("shop"))
    lines = []
    for visit, pages in VISITS.items():
        for n, page in enumerate(pages.split()):
            referer = "https://www.google.com/" if visit in GOOGLE and n == 0 else "-"
            lines.append(f'192.0.2.{visit} - - [10/Nov/2026:10:{n:02}:{visit:02} +0000] "GET {page.lstrip("!")} HTTP/1.1" {404 if page[0] == "!" else 200} 100 '
                         f'"{referer}" "{ROBOT if visit == 6 else FIREFOX}"\n')
    store = place.fill("one", "".join(lines))
    (store.parent / "goals.tsv").write_text(GOALS)

    def ask(report, *words, code=0):
        out, err = place.run(store, "report", report, "--format", "json", *PERIOD, *words, code=code)
        if code:
            return err
        answer = json.loads(out)
        return [dict(zip((column["name"] for column in answer["columns"]), row)) for row in answer["rows"]]

    ask.place, ask.store = place, store
    return ask


def test_conversions_are_visits_and_the_rate_is_of_all(shop):
    rows = {row["goal"]: (row["conversions"], row["visitors"], row["visits"], row["conversion_rate"]) for row in shop("goals")}
    assert rows == {"cart": (6, 6, 7, 85.7), "order": (4, 4, 7, 57.1), "found": (2, 2, 7, 28.6), "never": (0, 0, 7, 0.0), "second": (2, 2, 7, 28.6)}
    of_google = {row["goal"]: (row["conversions"], row["visits"], row["conversion_rate"]) for row in shop("goals", "--where", "source=Google")}
    assert of_google["order"] == (2, 2, 100.0) and of_google["cart"] == (2, 2, 100.0)
    with_robots = {row["goal"]: (row["conversions"], row["visits"]) for row in shop("goals", "--robots")}
    assert with_robots["order"] == (5, 8)
    assert "total" not in shop.place.run(shop.store, "report", "goals", *PERIOD)[0]


@pytest.mark.parametrize("goal, visits", [("cart", 6), ("order", 4), ("cart>order", 3), ("cart>>order", 2), ("order>cart", 1), ("order>order", 1), ("order>>order", 1),
                                          ("cart>cart", 1), ("cart>>cart", 1), ("cart>cart>order", 1), ("cart>>cart>>order", 0), ("never", 0), ("found>order", 2)])
def test_a_filter_by_goals_are_the_visits_that_reached_them(shop, goal, visits):
    [reached] = shop("overview", "--where", f"goal={goal}")
    [not_reached] = shop("overview", "--where", f"goal!={goal}")
    assert (reached["visits"], not_reached["visits"]) == (visits, 7 - visits)
    [one] = shop("overview", "--where", f"goal={goal}", "--where", "source=Google")
    assert one["visits"] <= 2
    assert shop("funnel", "--where", f"goal={goal}")[-1]["visits"] == visits


def test_hits_are_all_of_these_visits(shop):
    assert {row["page"]: row["pageviews"] for row in shop("pages", "--where", "goal=cart>order")} == {"/cart": 5, "/order/thanks": 4, "/": 1, "/x": 2}
    assert [(row["source"], row["visits"]) for row in shop("sources", "--where", "goal=order", "--sort", "source")] == [("", 2), ("Google", 2)]
    assert len(shop.place.run(shop.store, "export", "--format", "jsonl", "--where", "goal=cart>>order")[0].splitlines()) == 3 + 3 + 5  # an export has robots, too


def test_a_funnel_tells_each_step(shop):
    rows = [(row["step"], row["goal"], row["visits"], row["step_rate"], row["conversion_rate"]) for row in shop("funnel", "--where", "goal=cart>order")]
    assert rows == [(0, "", 7, 100.0, 100.0), (1, "cart", 6, 85.7, 85.7), (2, "order", 3, 50.0, 42.9)]
    strict = [row["visits"] for row in shop("funnel", "--where", "goal=cart>>order", "--where", "source=Google")]
    assert strict == [2, 2, 1]
    assert [(row["goal"], row["visits"]) for row in shop("funnel")] == [("", 7), ("cart", 6), ("order", 3), ("found", 1), ("never", 0), ("second", 0)]


@pytest.mark.parametrize("words", [["--where", "goal=x"], ["--where", "goal~cart"], ["--where", "goal!=cart"], ["--where", "goal=cart", "--where", "goal=order"],
                                   ["--where", "goal=cart>"], ["--where", "goal=cart>order>>cart"], ["--where", "goal=" + ">".join(["cart"] * 9)]])
def test_what_is_no_funnel_is_refused(shop, words):
    assert "goal" in shop("funnel", *words, code=2)


def test_a_line_with_a_mistake_is_told_and_the_others_hold(shop):
    path = shop.store.parent / "goals.tsv"
    try:
        path.write_text("cart\t/cart\nwrong\t/x\tcolour=red\nnone\ncart\t/x\nall\t*\nfilter\tpage~/cart\n\norder\t/order/*\n" + "".join(f"g{n}\t/{n}\n" for n in range(20)))
        assert {row["goal"] for row in shop("goals", "--limit", "100")} == {"cart", "order", *(f"g{n}" for n in range(18))}
        said = shop.place.run(shop.store, "lists", code=1)[1]
        assert "goals.tsv: line 2, column" in said and "colour" in said
        assert "goals.tsv: line 2" in shop.place.run(shop.store, "status", code=1)[0]
        path.unlink()
        assert shop("goals") == [] and "none here" in shop("pages", "--where", "goal=cart", code=2)
    finally:
        path.write_text(GOALS)


def test_the_command_keeps_goals_in_their_order(shop):
    path = shop.store.parent / "goals.tsv"

    def goal(*words, code=0):
        return shop.place.run(shop.store, "goal", *words, code=code)
    try:
        goal("add", "order", "/order/*", 'status=2xx source="Google"')
        assert path.read_text() == GOALS.replace("\tstatus=2xx", '\tstatus=2xx source="Google"')  # comments too
        assert goal("list")[0].splitlines() == ["cart             /cart", "order            /order/* status=2xx source=Google", "found            * source=Google",
                                                "never            /nowhere", "second           /?"]
        assert {row["goal"]: row["conversions"] for row in shop("goals")}["order"] == 2
        goal("remove", "never")
        goal("add", "last", "*", "status=404")
        assert [row["goal"] for row in shop("funnel")] == ["", "cart", "order", "found", "second", "last"]
        for words in (["bad name", "/x"], ["x", ""], ["x", "/x\t/y"], ["x", "*"], ["x", "/x", "colour=red"], ["x", "page=/x"], ["x", "/x", "a=1", "b=2"], ["x"]):
            assert "goal: " in goal("add", *words, code=2)[1], words
        assert "there is no goal never" in goal("remove", "never", code=1)[1]
        path.write_text(path.read_text() + "wrong\t/x\tcolour=red\n")
        assert "goals.tsv: line 7" in goal("list", code=1)[1]
    finally:
        path.write_text(GOALS)
