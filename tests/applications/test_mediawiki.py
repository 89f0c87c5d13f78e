"""MediaWiki: a search that leads to the page itself when it knows one, and parts of pages by load.php."""
import subprocess
from pathlib import Path

import pytest

from person import Walker, counted, of, owned_by_httpd

PROGRAM = Path("/usr/share/mediawiki")
CONFIG = """
Alias /wiki {program}
<Directory {program}>
    AllowOverride None
    Require all granted
    Options +FollowSymLinks
    DirectoryIndex index.php
</Directory>
<FilesMatch "\\.php$">
    SetHandler "{php}"
</FilesMatch>
"""


@pytest.fixture
def wiki(make_server, start_php):
    server = make_server(modules=["proxy", "proxy_fcgi"], settings="SlimStatsSearchParam search")
    conf, data = server.dir / "conf", server.dir / "data"
    conf.mkdir()
    data.mkdir()
    install = PROGRAM / "maintenance/install.php"
    subprocess.run(["php", str(install), "--dbtype", "sqlite", "--dbpath", str(data), "--confpath", str(conf), "--scriptpath", "/wiki",
                    "--server", f"http://localhost:{server.port}", "--pass", "a secret of gardens", "Fruit", "Gardener"],
                   check=True, capture_output=True, env={"PATH": "/usr/bin:/bin", "MW_CONFIG_FILE": str(conf / "none.php")})
    settings = conf / "LocalSettings.php"
    env = {"PATH": "/usr/bin:/bin", "MW_CONFIG_FILE": str(settings)}
    for title, text in (("Apple pie", "sweet and warm"), ("Pears", "sweet and green"), ("Main Page", "[[Apple pie]]")):
        subprocess.run(["php", str(PROGRAM / "maintenance/edit.php"), "--user", "Gardener", title], input=text, text=True, check=True,
                       capture_output=True, env=env)
    owned_by_httpd(data)
    settings.chmod(0o644)
    php = start_php(server.dir, f"env[MW_CONFIG_FILE] = {settings}")
    server.write_config(config=CONFIG.format(program=PROGRAM, php=php))
    server.start()
    return server


def test_a_reader_who_searches(wiki, tab):
    tab.go(f"http://localhost:{wiki.port}/wiki/index.php/Main_Page", "Fruit")
    tab.follow("Apple pie", "Apple pie")
    tab.type("#searchInput", "sweet")
    tab.type("#searchInput", "\n")
    tab.wait(lambda: tab.text(".mw-search-results li"), "what was found")
    tab.go(f"http://localhost:{wiki.port}/wiki/index.php?title=Pears&action=edit", "")
    tab.wait(lambda: tab.text("#wpTextbox1"), "the editor")
    person = Walker(wiki)
    person.at = "/wiki/index.php/Pears"
    person.open("/wiki/index.php?search=Apple+pie&go=Go", 302)
    person.open("/wiki/index.php/Apple_pie")
    person.open("/wiki/index.php?title=Pears&action=history")
    feed = person.ask("/wiki/index.php?title=Special:RecentChanges&feed=atom", 302, Accept="application/atom+xml")[0]["Location"]
    person.ask(feed.removeprefix(f"http://localhost:{wiki.port}"), Accept="application/atom+xml")
    # Words that lead to a page by themselves were searched for, too: with the link that makes two views of it. The form
    # sends go or fulltext, as far as its script has come.
    found = counted(wiki)
    (results,) = [page for page in found["pages"] if page.startswith("/wiki/index.php?search=sweet&title=Special%3ASearch&")]
    assert found == of({"/wiki/index.php/Main_Page": 1, "/wiki/index.php/Apple_pie": 2, "/wiki/index.php?title=Pears&action=edit": 1,
                        results: 1, "/wiki/index.php?title=Pears&action=history": 1}, searches=["sweet", "apple pie"])
