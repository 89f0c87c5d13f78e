"""Whose robots are, and what for: live and imported, after a list changed, in old stores and in archives."""
import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from slimhttpd import wait_for
from test_archive import FIREFOX, Place

GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"
CHATGPT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot)"
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
AGENTS = {GPTBOT: ("OpenAI", "train"), CHATGPT: ("OpenAI", "fetch"), GOOGLE: ("Google", "search"), FIREFOX: ("", ""), "curl/8.5.0": ("", "tool")}
OLDER = ("drop view hits; create view hits as select 1; alter table agent drop column operator; drop table operator; drop table purpose; drop table assistant; drop index hit_of_ai; drop index hit_leak; drop index hit_false; drop table note;"
         "delete from rollup where dimension = 25; update rollup set duration = 0 where dimension = 15; delete from store where key = 'robots_named';"
         "pragma user_version = 21")


@pytest.fixture
def place(build, tmp_path):
    return Place(build, tmp_path)


def log_of(agents):
    return "".join(f'192.0.2.{n % 9 + 1} - - [{10 + n % 3}/Nov/2026:1{n % 7}:00:00 +0000] "GET /{n % 4}.html HTTP/1.1" {404 if n % 5 == 0 else 200} '
                   f'{100 + n} "-" "{list(agents)[n % len(agents)]}"\n' for n in range(60))


def operators_of(path):
    with closing(sqlite3.connect(path)) as db:
        if not db.execute("select 1 from sqlite_schema where name = 'operator'").fetchone():
            return {}
        return dict((agent, (operator, purpose)) for agent, operator, purpose in db.execute(
            "select agent.name, operator.name, case agent.robot when 0 then '' else purpose.name end from agent"
            " join operator on operator.id = agent.operator join purpose on purpose.id = operator.purpose where agent.id > 1"))


def report(place, store, name, *arguments):
    answer = json.loads(place.run(store, "report", name, "--since", "all", "--until", "2031-01-01", "--format", "json", *arguments)[0])
    return [dict(zip((column["name"] for column in answer["columns"]), row)) for row in answer["rows"]]


def test_imports_name_them_and_all_ways_agree(place):
    store = place.fill("one", log_of(AGENTS))
    assert operators_of(store) == AGENTS
    for name in ("robots", "operators", "purposes"):
        assert report(place, store, name) == report(place, store, name, "--exact")
    robots = report(place, store, "robots")
    assert {row["robot"]: (row["operator"], row["purpose"]) for row in robots} \
        == {"GPTBot": AGENTS[GPTBOT], "ChatGPT-User": AGENTS[CHATGPT], "Googlebot": AGENTS[GOOGLE], "curl": ("", "tool")}
    for column in ("hits", "pageviews", "bytes", "errors"):
        by_operator = {row["operator"]: row[column] for row in report(place, store, "operators")}
        assert by_operator == {operator: sum(row[column] for row in robots if row["operator"] == operator) for operator in by_operator}
    [classes] = [row for row in report(place, store, "classes") if row["class"] == "ai"]
    course = report(place, store, "purposes", "--by", "month")
    assert sum(row[f"{purpose}_hits"] for row in course for purpose in ("train", "index", "fetch")) == classes["hits"]
    for purpose in ("train", "fetch", "search", "tool"):
        [asked] = report(place, store, "overview", "--robots", "--where", f"purpose={purpose}")
        assert asked["hits"] == sum(row[f"{purpose}_hits"] for row in course) == sum(row["hits"] for row in robots if row["purpose"] == purpose)
    assert [row["robot"] for row in report(place, store, "robots", "--where", "operator=OpenAI", "--sort", "robot")] == ["ChatGPT-User", "GPTBot"]
    [people] = report(place, store, "overview")
    [unlike] = report(place, store, "overview", "--robots", "--where", "purpose!=other")
    assert unlike["hits"] == people["hits"] + people["robots"]
    with closing(sqlite3.connect(store)) as db:
        assert db.execute("select count(*) from hits where operator = 'OpenAI' and purpose = 'fetch'").fetchone()[0] \
            == sum(row["hits"] for row in robots if row["robot"] == "ChatGPT-User")
        assert db.execute("select distinct operator, purpose from hits where robot = 'none'").fetchall() == [("", "")]
    assert "purpose" in place.run(store, "report", "pages", "--where", "purpose=learn", code=2)[1]
    place.run(store, "exclude", "agent=*GPTBot*")
    assert "GPTBot" not in [row["robot"] for row in report(place, store, "robots")]
    assert report(place, store, "purposes") == report(place, store, "purposes", "--exact")
    assert "all is well" in place.run(store, "check")[0]


def test_archives_keep_them(place):
    store = place.fill("one", log_of(AGENTS))
    other = place.store("two")
    place.run(other, "import", place.archive(store))
    assert operators_of(other) == AGENTS
    for name in ("robots", "operators", "purposes", "crawled"):
        assert report(place, store, name) == report(place, other, name)


def test_a_store_of_before_gets_them_in_the_background(make_server):
    server = make_server()
    server.start()
    for agent in AGENTS:
        server.get("/", {"User-Agent": agent})
    server.wait_stored(len(AGENTS))
    before = server.sql("select * from rollup where dimension in (15, 25) order by 1, 2, 3, 4, 5")
    server.restart()  # all agents have been looked at by now
    server.stop()
    with closing(sqlite3.connect(server.store)) as db:
        db.executescript(OLDER)
    server.start()
    wait_for(lambda: operators_of(server.store) == AGENTS)
    assert server.sql("select * from rollup where dimension in (15, 25) order by 1, 2, 3, 4, 5") == before
    assert "all is well" in server.cli("check", check=0).stdout


def test_a_list_that_is_edited_holds_for_hits_of_before(make_server):
    server = make_server()
    server.start()
    for agent in (GPTBOT, GOOGLE):
        server.get("/", {"User-Agent": agent})
    server.wait_stored(2)
    own = server.state / "robots.tsv"
    own.write_text("ai\tGPTBot\tAcme Labs\tindex\nsearch\tGooglebot\n")
    wait_for(lambda: operators_of(server.store)[GPTBOT] == ("Acme Labs", "index"))
    assert operators_of(server.store)[GOOGLE] == ("Google", "search")
    server.expect("no purpose of this class")
    own.write_text("ai\tGPTBot\tAcme Labs\tfeed\n")
    told = server.cli("lists").stderr
    assert "robots.tsv" in told and "no purpose of this class" in told
    own.unlink()
    wait_for(lambda: operators_of(server.store)[GPTBOT] == ("OpenAI", "train"))


def test_rebuild_names_them(place):
    store = place.fill("one", log_of(AGENTS))
    (store.parent / "robots.tsv").write_text("search\tGooglebot\tSomebody\n")
    assert "named anew" in place.run(store, "rebuild", "--derive", "--state", store.parent)[0]
    assert operators_of(store) == AGENTS | {GOOGLE: ("Somebody", "search")}


def test_explain_says_by_which_line(build):
    done = subprocess.run([build.command, "explain", "--agent", GPTBOT, "https://www.example.org/"], env=dict(build.environment) or None,
                          capture_output=True, text=True, check=True).stdout
    assert "OpenAI" in done and "train" in done and "robots.tsv" in done
    many = subprocess.run([build.command, "explain", "--batch"], input="\n".join([GPTBOT, FIREFOX, "curl/8.5.0"]) + "\n",
                          env=dict(build.environment) or None, capture_output=True, text=True, check=True).stdout.splitlines()
    assert many[0].split("\t")[4:] == ["robot", "operator", "purpose"]
    assert [line.split("\t")[4:] for line in many[1:]] == [["ai", "OpenAI", "train"], ["none", "", ""], ["tool", "", "tool"]]


def test_assistants_and_their_operators_are_in_the_lists(place):
    """Sources that stand for an operator are called as sources.tsv calls them, operators as robots.tsv does."""
    conf = Path(__file__).resolve().parents[2] / "conf"
    rows = {name: [line.split("\t") for line in (conf / name).read_text().splitlines() if line and line[0] != "#"] for name in ("sources.tsv", "robots.tsv")}
    store = place.fill("one", log_of([FIREFOX]))
    with closing(sqlite3.connect(store)) as db:
        assistants = db.execute("select source, operator from assistant").fetchall()
    assert len(assistants) > 30
    assert {source for source, _ in assistants} <= {row[0] for row in rows["sources.tsv"]}
    assert {operator for _, operator in assistants} - {row[2] for row in rows["robots.tsv"] if len(row) > 2} <= {"Manus", "Exa"}


def test_archives_of_before_are_named_as_they_come(place):
    store = place.fill("one", log_of(AGENTS) + '192.0.2.9 - - [11/Nov/2026:10:00:00 +0000] "GET /.env HTTP/1.1" 200 400 "-" "curl/8.5.0"\n')
    lines = place.archive(store).read_text().splitlines()
    head = next(line for line in lines if line.startswith("#hit\t")).split("\t")
    places = [head.index(name) for name in ("operator", "purpose")]
    marks = head.index("marks")
    for i, line in enumerate(lines):
        cells = line.split("\t")
        if cells[0] == "hit":
            cells[marks] = str(int(cells[marks]) & 1023)
        if cells[0] in ("hit", "#hit"):
            lines[i] = "\t".join(cell for n, cell in enumerate(cells) if n not in places)
    older, other = place.dir / "older.archive", place.store("two")
    older.write_text("\n".join(lines) + "\n")
    place.run(other, "import", older)
    assert operators_of(other) == AGENTS
    assert [row["path"] for row in report(place, other, "leaks")] == ["/.env"] == [row["path"] for row in report(place, store, "leaks")]
