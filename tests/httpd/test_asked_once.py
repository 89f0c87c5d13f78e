"""Equal questions are asked of the store once, whichever child they come to; their answer holds until something else is stored."""
import json
import threading
import time

import pytest

QUESTION = "/stats/api/several?since=all&robots=on&exact=on&report=overview&report=pages&report=addresses"
SCOPES = """
<Location /of-a>
    SetHandler slimstats
    Require local
    SlimStatsSites a.example
</Location>
<Location /of-b>
    SetHandler slimstats
    Require local
    SlimStatsSites b.example
</Location>
"""


def in_one_minute(work):
    """What is given back by work that began and ended in one minute: in the next one all is asked again."""
    while True:
        before = int(time.time()) // 60
        result = work()
        if int(time.time()) // 60 == before:
            return result


def computed(server):
    return sum("asking the store" in line for line in server.log_lines())


def ask_at_once(server, number, path=QUESTION):
    """The answers of as many at once, and how often the store was asked for them."""
    before, answers = computed(server), []
    ready = threading.Barrier(number)

    def ask():
        ready.wait()
        answers.append(server.get(path))
    threads = [threading.Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, computed(server) - before


def hits_of(body):
    overview = json.loads(body)["answers"][0]
    return dict(zip([column["name"] for column in overview["columns"]], overview["rows"][0]))["hits"]


@pytest.mark.parametrize("mpm", ["event", pytest.param("prefork", marks=pytest.mark.thorough)])
def test_equal_questions_at_once_are_asked_once(make_server, mpm):
    server = make_server(mpm=mpm, log_level="warn slimstats:debug")
    server.start()
    server.get("/?n=1")
    server.wait_stored(1)
    answers, asked = in_one_minute(lambda: ask_at_once(server, 20))
    assert [status for status, _, _ in answers] == [200] * 20
    assert len({body for _, _, body in answers}) == 1 and hits_of(answers[0][2]) == 1
    assert asked <= 1  # 0: in the second of two minutes

    server.get("/?n=2")
    server.wait_stored(2)
    answers, asked = in_one_minute(lambda: ask_at_once(server, 20))
    assert [hits_of(body) for _, _, body in answers] == [2] * 20 and asked <= 1

    [(_, _, body)], asked = ask_at_once(server, 1, QUESTION + "&limit=3")
    assert asked == 1 and hits_of(body) == 2  # it is another question


def test_an_answer_is_made_anew_when_something_is_removed(make_server):
    server = make_server()
    server.start()
    server.get("/?n=1")
    server.get("/other")
    server.wait_stored(2)
    assert hits_of(server.get(QUESTION)[2]) == 2
    server.cli("exclude", "path=/other", check=0)
    assert hits_of(server.get(QUESTION)[2]) == 1


def test_answers_are_not_of_other_sites(make_server):
    """The same words below two addresses; and one after another at one address, as vhosts have it."""
    server = make_server(settings=SCOPES + "UseCanonicalName Off\nSlimStatsSite %{HTTP_HOST}")
    server.start()
    for n, host in enumerate(("a.example", "a.example", "b.example")):
        server.get(f"/?n={n}", headers={"Host": host})
    server.wait_stored(3)
    for _ in range(2):
        for path, hits in (("/stats", 3), ("/of-a", 2), ("/of-b", 1)):
            assert hits_of(server.get(QUESTION.replace("/stats", path))[2]) == hits


def test_an_answer_is_of_what_a_segment_stands_for_now(make_server):
    server = make_server()
    server.start()
    for path in ("/a", "/a?2", "/b"):
        server.get(path)
    server.wait_stored(3)
    for filters, hits in (("resource=/a", 1), ("resource~/a", 2), ("resource~/", 3)):
        server.cli("segment", "add", "some", filters, check=0)
        assert hits_of(server.get(QUESTION.replace("?", "?segment=some&"))[2]) == hits


def test_an_answer_is_not_of_another_view(make_server):
    """Two hosts have a view at the same address."""
    server = make_server()
    server.start()
    for path in ("/a", "/b", "/b?2"):
        server.get(path)
    server.wait_stored(3)
    server.cli("segment", "add", "a", "page=/a", check=0)
    server.cli("segment", "add", "b", "page~/b", check=0)
    hosts = "".join(f'<VirtualHost *:{server.port}>\nServerName {name}.example\nSlimStats On\n<Location /view>\nSetHandler slimstats\nRequire local\n'
                    f"SlimStatsHosts {name}.example\nSlimStatsView segment={name} reports=overview,pages,addresses\n</Location>\n</VirtualHost>\n" for name in "ab")
    server.stop()
    server.write_config(config=hosts)
    server.start()
    for _ in range(2):
        for name, hits in (("a", 1), ("b", 2)):
            status, _, body = server.get(QUESTION.replace("/stats", "/view"), {"Host": f"{name}.example"})
            assert status == 200 and hits_of(body) == hits
