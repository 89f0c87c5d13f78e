"""A site that Sphinx made: its search page fetches every page that it found, by script."""
import subprocess

import pytest

from person import counted, of

PAGES = ("apples", "pears", "plums")


@pytest.fixture
def fruit(make_server, tmp_path):
    server = make_server(settings="SlimStatsSearchParam q\nSlimStatsOwnHost docs.test")
    (tmp_path / "conf.py").write_text('project = "fruit"\nhtml_theme = "alabaster"\n')
    (tmp_path / "index.rst").write_text("Fruit\n=====\n\n.. toctree::\n\n" + "".join(f"   {page}\n" for page in PAGES))
    for page in PAGES:
        (tmp_path / f"{page}.rst").write_text(f"{page}\n======\n\nAll about fruit, and {page} above all.\n")
    subprocess.run(["/usr/bin/python3", "-m", "sphinx", "-q", "-b", "html", str(tmp_path), str(server.www)], check=True)
    server.start()
    return server


@pytest.mark.parametrize("host", ["localhost", "docs.test"], ids=["with Sec-Fetch", "without"])
def test_a_reader_who_searches(fruit, tab, host):
    tab.go(f"http://{host}:{fruit.port}/index.html", "Fruit")
    tab.follow("apples", "apples")
    tab.type("input[name=q]", "above all\n")
    tab.wait(lambda: len(tab.text("#search-results .search li p")) == len(PAGES), "what was found, with a part of each page")
    tab.follow("pears", "pears")
    tab.follow("Page source")
    tab.wait(lambda: tab.driver.current_url.endswith("/_sources/pears.rst.txt"), "the source")
    found = counted(fruit)
    shown = [page for page in found["pages"] if page.startswith("/pears.html")]
    assert found == of(["/index.html", "/apples.html", "/search.html?q=above+all", *shown], ["/_sources/pears.rst.txt"], ["above all"])
    assert len(shown) == 1
