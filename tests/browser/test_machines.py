"""The page's second view: who reads the site that is no person."""
import pytest
from selenium.webdriver.common.keys import Keys

from test_page import address, answer, assert_content, number

ALL = ["train", "index", "fetch", "search", "feed", "preview", "monitor", "archive", "seo", "tool", "other"]


def totals(server, name, words):
    return answer(server, name, words)["totals"]


def test_machines_have_a_view_of_their_own(page, visited):
    page.open(address(visited, "?since=28d"))
    page.click("header button", "Machines")
    assert page.query == "?since=28d&view=machines" and page.js("return document.title").startswith("Machines")
    assert page.js("return document.getElementById('board').hidden")
    robots = answer(visited, "robots", "since=28d&limit=15")
    assert page.values("machines") == [row[0] or "unknown" for row in robots["rows"]]
    assert number(page.figure("Hits of robots")) == robots["totals"]["hits"]
    course = totals(visited, "purposes", "since=28d&by=day")
    shown = {name: number(hits) for name, hits in zip(page.text(".kinds button i + *") or page.text(".kinds button"), page.text(".kinds .muted"))}
    assert sorted(shown.values()) == sorted(course[f"{purpose}_hits"] for purpose in ALL if course[f"{purpose}_hits"])
    assert page.js("return document.querySelectorAll('.bars rect').length") >= len(shown)
    page.click("header button", "People")
    assert page.query == "?since=28d" and not page.js("return document.getElementById('board').hidden")
    page.back()
    assert page.query == "?since=28d&view=machines" and page.values("machines")
    assert_content(page, visited)


def test_a_purpose_and_an_operator_can_be_chosen(page, visited):
    page.open(address(visited, "?since=28d&view=machines"))
    page.click(".kinds button")
    assert "where=purpose=" in page.query and "robots=on" in page.query
    purpose = page.query.split("where=purpose=")[1].split("&")[0]
    assert len(page.text(".kinds button")) == 1
    rows = answer(visited, "robots", f"since=28d&limit=15&where=purpose%3D{purpose}")["rows"]
    assert page.values("machines") == [row[0] for row in rows] and {row[3] for row in rows} == {purpose}
    page.click("[data-panel=machines] [role=tab]", "Operators")
    assert "tab=machines:operators" in page.query
    assert page.values("machines") == [row[0] or "unknown" for row in answer(visited, "operators", f"since=28d&limit=15&where=purpose%3D{purpose}")["rows"]]
    page.click("[data-panel=machines] [role=tab]", "Last seen")
    assert page.text("[data-panel=machines] thead .number button")[0] == "Pages" and page.values("machines")
    page.click("[data-panel=machines] [role=tab]", "Proof")
    page.click("[data-panel=machines] tbody .value", "unproved")  # no list of addresses is here
    assert "where=proof=open" in page.query and page.text(".chip bdi")[-1] == "unproved"
    assert not page.text("[data-panel=machines] .value.bad")
    assert_content(page, visited)


def test_the_course_is_read_with_the_keyboard_and_as_a_table(page, visited):
    page.open(address(visited, "?since=28d&view=machines"))
    bars = page.driver.find_element("css selector", ".bars")
    bars.send_keys(Keys.ARROW_RIGHT)
    first = page.text("#machines .tip")[0]
    bars.send_keys(Keys.ARROW_RIGHT)
    assert page.text("#machines .tip")[0] != first
    bars.send_keys(Keys.ESCAPE)
    assert page.js("return document.querySelector('#machines .tip').hidden")
    page.press("#machines .link", "Table")
    sums = [number(text) for text in page.text("#machines .list td")]
    assert sum(sums) == sum(hits for name, hits in totals(visited, "purposes", "since=28d&by=day").items() if name.endswith("_hits"))


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_is_cut_off(page, visited, width):
    page.size(width)
    page.open(address(visited, "?since=28d&view=machines&lang=de"))
    assert page.js("return document.documentElement.scrollWidth <= innerWidth")
    assert "Wozu Roboter kommen" in page.text("#machines h2")


def test_what_ai_takes_and_sends_is_told(page, visited):
    page.open(address(visited, "?since=28d&view=machines"))
    told = answer(visited, "ai", "since=28d")
    assert page.values("ai") == [row[0] or "unknown" for row in told["rows"]] != []
    assert len(page.text("[data-panel=ai] .hint")) == 1
    page.click("[data-panel=ai] [role=tab]", "Read by none")
    assert page.values("ai") == [row[0] for row in answer(visited, "aigap", "since=28d")["rows"]]
    page.click("[data-panel=ai] [role=tab]", "Pages read")
    assert page.values("ai") == [row[0] for row in answer(visited, "aipages", "since=28d")["rows"]]
    assert_content(page, visited)


def test_a_leak_is_told_above_all(page, make_server):
    server = make_server(config="<Location /stats>\nSlimStats Off\n</Location>")
    (server.www / ".env").write_text("KEY=secret" * 40)
    server.start()
    server.get("/.env", {"User-Agent": "curl/8.5.0"})
    server.wait_stored(1)
    page.open(address(server))
    assert "only scanners ask for, and that are answered: 1." in page.text("#health p")[0]
    page.click("#health button", "Leaks")
    assert "view=machines" in page.query and "tab=machines:leaks" in page.query
    assert page.values("machines") == ["/.env"] and "still answered" in page.text("[data-panel=machines] tbody th")[0]
    assert_content(page, server)
