"""DokuWiki: all is doku.php, and scripts ask for suggestions, drafts and its own housework."""
import shutil
from pathlib import Path

import pytest

from person import Walker, counted, of, owned_by_httpd

PROGRAM = Path("/usr/share/dokuwiki")
LOCAL = """<?php
$conf['title'] = 'Fruit';
$conf['savedir'] = '{data}';
$conf['useacl'] = 0;
"""
CONFIG = """
DocumentRoot {program}
<Directory {program}>
    Require all granted
    AllowOverride None
    DirectoryIndex doku.php
    Options +FollowSymLinks
</Directory>
<FilesMatch "\\.php$">
    SetHandler "{php}"
</FilesMatch>
"""


@pytest.fixture
def wiki(make_server, start_php):
    server = make_server(modules=["proxy", "proxy_fcgi"], settings="SlimStatsSearchParam q")
    conf, data = server.dir / "conf", server.dir / "data"
    shutil.copytree("/etc/dokuwiki", conf, ignore=shutil.ignore_patterns("*.auth.php"))
    (conf / "local.php").write_text(LOCAL.format(data=data))
    for name in ("attic", "cache", "index", "locks", "log", "media", "media_attic", "media_meta", "meta", "pages", "tmp"):
        (data / name).mkdir(parents=True)
    (data / "pages/start.txt").write_text("====== Start ======\n\n[[apples]] and [[pears]], {{paper.pdf|a paper}}, {{apple.png}}\n")
    (data / "pages/apples.txt").write_text("====== Apples ======\n\nred and sweet\n")
    (data / "media/paper.pdf").write_bytes(b"%PDF-1.4\n")
    (data / "media/apple.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    owned_by_httpd(data)
    (server.dir / "prepend.php").write_text(f"<?php define('DOKU_MAIN_CONF', '{conf}/');\n")
    php = start_php(server.dir, f"php_admin_value[auto_prepend_file] = {server.dir}/prepend.php")
    server.expect("AH01071: Got error 'PHP message")
    server.write_config(config=CONFIG.format(program=PROGRAM, php=php))
    server.start()
    return server


def test_a_reader_who_writes(wiki, tab):
    tab.go(f"http://localhost:{wiki.port}/doku.php", "start [Fruit]")
    tab.follow("apples", "apples [Fruit]")
    # suggestions come while it is typed
    tab.type("#dw__search input[name=q]", "sweet")
    tab.type("#dw__search input[name=q]", "\n")
    tab.wait(lambda: tab.text(".search_results .search_fullpage_result"), "what was found")
    tab.driver.back()
    tab.titled("apples [Fruit]")
    tab.go(f"http://localhost:{wiki.port}/doku.php?id=pears", "pears [Fruit]")
    tab.type("a[href*='do=edit']", "\n")
    tab.type("#wiki__text", "====== Pears ======\n\ngreen")
    tab.type("#edbtn__preview", "\n")
    tab.wait(lambda: tab.text(".preview h1") == ["Pears"], "a preview")
    tab.type("#edbtn__save", "\n")
    tab.wait(lambda: tab.text("#dokuwiki__content h1") == ["Pears"] and not tab.text("#wiki__text"), "the page")
    person = Walker(wiki)
    person.at = "/doku.php"
    person.open("/lib/exe/fetch.php?media=paper.pdf")
    person.ask("/feed.php", Accept="application/rss+xml")
    # What was gone back to came from the browser. The preview is a page of the address of the editor, and what was
    # saved is shown.
    assert counted(wiki) == of({"/doku.php": 1, "/doku.php?id=apples": 1, "/doku.php?do=search&id=apples&q=sweet": 1,
                                "/doku.php?id=pears": 2, "/doku.php?id=pears&do=edit": 2},
                               ["/lib/exe/fetch.php?media=paper.pdf"], ["sweet"])
