"""WordPress: pages by parameters, forms that lead on, an editor that asks by script all the time."""
import contextlib
import shutil
import subprocess

import pytest

from person import Walker, counted, of, owned_by_httpd
from slimhttpd import IS_ROOT, wait_for

SETTINGS = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:{socket}');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', 'http://localhost:{port}'); define('WP_SITEURL', WP_HOME); define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
INSTALL = """define('WP_INSTALLING', true); $_SERVER['HTTP_HOST'] = 'localhost:{port}';
function wp_mail() {{ return true; }}
require '{www}/wp-load.php'; require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Fruit', 'gardener', 'gardener@example.org', true, '', 'a secret of gardens');
"""
CONFIG = """
<Directory {www}>
    DirectoryIndex index.php
</Directory>
<FilesMatch "\\.php$">
    SetHandler "{php}"
</FilesMatch>
"""


@contextlib.contextmanager
def database(folder):
    """A MariaDB of its own, on a socket."""
    folder.mkdir()
    options = ["--no-defaults", f"--datadir={folder}/data", *(["--user=mysql"] if IS_ROOT else [])]
    if IS_ROOT:
        shutil.chown(folder, "mysql", "mysql")
    subprocess.run(["mariadb-install-db", *options, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, capture_output=True)
    process = subprocess.Popen(["/usr/sbin/mariadbd", *options, f"--socket={folder}/socket", "--skip-networking", f"--pid-file={folder}/pid"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = ["mariadb", "--no-defaults", f"--socket={folder}/socket", "-u", "root", "-e", "create database wordpress"]
    try:
        wait_for(lambda: subprocess.run(client, capture_output=True).returncode == 0, 30, "a database")
        yield folder / "socket"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def blog(make_server, start_php):
    server = make_server(modules=["proxy", "proxy_fcgi"], settings="SlimStatsSearchParam s")
    shutil.rmtree(server.www)
    shutil.copytree("/usr/share/wordpress", server.www, ignore_dangling_symlinks=True)
    with database(server.dir / "db") as socket:
        (server.www / "wp-config.php").write_text(SETTINGS.format(socket=socket, port=server.port))
        subprocess.run(["php", "-r", INSTALL.format(port=server.port, www=server.www)], check=True, capture_output=True)
        owned_by_httpd(server.www / "wp-content")
        server.write_config(config=CONFIG.format(www=server.www, php=start_php(server.dir)))
        server.start()
        yield server


def test_a_reader_and_the_gardener(blog, tab):
    tab.go(f"http://localhost:{blog.port}/", "Fruit")
    tab.follow("Hello world!", "Hello world!")
    tab.type("#author", "A reader")
    tab.type("#email", "reader@example.org")
    tab.type("#comment", "sweet")
    tab.type("#commentform [type=submit]", "\n")
    tab.wait(lambda: "unapproved=" in tab.driver.current_url, "the comment")
    tab.titled("Hello world!")
    tab.go(f"http://localhost:{blog.port}/?s=hello", "")
    tab.wait(lambda: "hello" in tab.driver.title, "what was found")
    tab.go(f"http://localhost:{blog.port}/wp-login.php", "Log In")
    tab.type("#user_login", "gardener")
    tab.type("#user_pass", "a secret of gardens\n")
    tab.titled("Dashboard")
    tab.go(f"http://localhost:{blog.port}/wp-admin/post-new.php", "Add New Post")
    tab.wait(lambda: tab.js("return !!document.querySelector('.editor-post-title, .wp-block-post-title')"), "the editor")
    person = Walker(blog)
    person.at = "/"
    person.ask("/?feed=rss2", Accept="application/rss+xml")
    found = counted(blog)
    commented = [page for page in found["pages"] if "unapproved=" in page]
    assert found == of(["/", "/?p=1", *commented, "/?s=hello", "/wp-login.php", "/wp-admin/", "/wp-admin/post-new.php"], searches=["hello"])
    assert len(commented) == 1
