"""The old plugin's table, exported by phpMyAdmin in each of the ways that its page offers, is imported as it stands in MariaDB."""
import contextlib
import html.parser
import shutil
import sqlite3
import subprocess
from urllib.parse import urlencode

import pytest

from person import Walker, owned_by_httpd
from test_wordpress import CONFIG, database

SETTINGS = """<?php
$cfg['blowfish_secret'] = '01234567890123456789012345678901';
$cfg['Servers'][1] = ['auth_type' => 'cookie', 'host' => 'localhost', 'socket' => '{socket}', 'AllowNoPassword' => true];
$cfg['TempDir'] = '{temporary}';
"""
TABLE = """create table wp_slim_stats (
    remote_ip int(10) unsigned not null, language varchar(5), country varchar(2), referer varchar(2048), domain varchar(255),
    searchterms varchar(255), resource {resource}, platform int(10), browser int(10), version varchar(32), dt int(10) unsigned
) default charset utf8mb4"""
COLUMNS = "remote_ip language country referer domain searchterms resource platform browser version dt".split()
PLAIN = (3221225985, "en-us", "AT", "http://other.example/a", "other.example", "", "/a", -1, 34, "", 1610943705)
# What of a row is unlike the plain one.
AWKWARD = [
    {},
    {"resource": "/it's", "searchterms": "rock 'n' roll"},
    {"resource": "/''", "searchterms": "'"},
    {"resource": '/say "hi"', "searchterms": '"'},
    {"resource": "/back\\slash\\", "searchterms": "\\"},
    {"resource": "/\\'", "searchterms": "\\'; drop table x; --"},
    {"resource": "/a),(b", "searchterms": "(1,'2'),"},
    {"resource": "/a;b,c\td", "searchterms": "one;two"},
    {"resource": "/bücher/日本語/😀", "searchterms": "schöne Bücher 😀"},
    {"resource": "/line\nbreak", "searchterms": "two\nlines"},
    {"resource": "/line\r\nbreak", "searchterms": "a\r\nb"},
    {"resource": "/INSERT INTO `wp_slim_stats` VALUES (1);", "searchterms": "-- no comment"},
    {"resource": "/remote_ip", "searchterms": "remote_ip"},
    {"resource": "/NULL", "searchterms": "NULL"},
    {"resource": "/0x41", "searchterms": "0x6162"},
    {"resource": "", "searchterms": ""},
    {"language": None, "country": None, "referer": None, "domain": None, "searchterms": None, "resource": "/null", "version": None},
    {"resource": "/long/" + "x" * 1900},
    {"remote_ip": 4294967295, "resource": "/last"},
    {"remote_ip": 0, "resource": "/nobody"},
    {"dt": 1, "resource": "/early"},
    {"dt": 4102444799, "resource": "/late"},
    {"dt": 4294967295, "resource": "/latest"},
]
ROWS = [tuple(({**dict(zip(COLUMNS, PLAIN)), "dt": 1610943705 + n} | changed).values()) for n, changed in enumerate(AWKWARD)]


class Form(html.parser.HTMLParser):
    """The fields of a form as a browser would send them."""

    def __init__(self, text, name):
        super().__init__()
        self.name, self.fields, self.inside, self.select = name, {}, False, None
        self.feed(text)

    def handle_starttag(self, tag, found):
        given = dict(found)
        if tag == "form":
            self.inside = given.get("name") == self.name or given.get("id") == self.name
        if not self.inside:
            return
        if tag == "select":
            self.select = given.get("name")
        elif tag == "option" and self.select and (self.select not in self.fields or "selected" in given):
            self.fields[self.select] = given.get("value", "")
        elif tag == "input" and given.get("name") and given.get("type") not in ("submit", "button", "file"):
            if given.get("type") not in ("radio", "checkbox") or "checked" in given:
                self.fields[given["name"]] = given.get("value") or ("on" if given.get("type") == "checkbox" else "")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "form":
            self.inside = False


class Exporter:
    def __init__(self, server):
        self.server, self.walker = server, Walker(server)
        login = Form(self.walker.open("/index.php")[1], "login_form").fields
        self.walker.post("/index.php?route=/", login | {"pma_username": "root", "pma_password": ""}, 302)
        self.path = "/index.php?route=/table/export&db=wordpress&table=wp_slim_stats&single_table=1"
        self.form = Form(self.walker.open(self.path)[1], "dump").fields
        assert self.form["what"] == "sql" and self.form["token"]

    def export(self, path, **chosen):
        """As bytes: they may be packed."""
        walker = self.walker
        cookies = "; ".join(f"{name}={value.value}" for name, value in walker.cookies.items())
        status, fields, body = self.server.get("/index.php?route=/export", {
            "Cookie": cookies, "Host": f"localhost:{self.server.port}", "Content-Type": "application/x-www-form-urlencoded"},
            "POST", urlencode(self.form | {"quick_or_custom": "custom", "output_format": "sendit"} | chosen))
        assert status == 200 and dict(fields).get("Content-Disposition", "").startswith("attachment"), (status, fields, body[:500])
        path.write_bytes(body)
        return path


@pytest.fixture(scope="module", params=["text", "blob"])
def kind_of_resource(request):
    return "varchar(2048)" if request.param == "text" else "blob"


def sql_of(value):
    return "null" if value is None else str(value) if isinstance(value, int) else f"x'{value.encode().hex()}'" if value else "''"


def fill(place, resource):
    statements = [TABLE.format(resource=resource)]
    statements += [f"insert into wp_slim_stats values ({', '.join(map(sql_of, row))})" for row in ROWS]
    subprocess.run(["mariadb", "--no-defaults", f"--socket={place}", "-u", "root", "--default-character-set=utf8mb4", "wordpress"],
                   input=";\n".join(statements), text=True, check=True)


@pytest.fixture
def exporter(make_server, start_php, kind_of_resource):
    server = make_server(modules=["proxy", "proxy_fcgi"])
    shutil.rmtree(server.www)
    shutil.copytree("/usr/share/phpmyadmin", server.www, ignore_dangling_symlinks=True)
    temporary = server.dir / "temporary"
    temporary.mkdir()
    owned_by_httpd(temporary)
    with database(server.dir / "db") as place:
        fill(place, kind_of_resource)
        settings = server.dir / "config.inc.php"
        settings.write_text(SETTINGS.format(socket=place, temporary=temporary))
        vendor = server.www / "libraries" / "vendor_config.php"
        vendor.write_text(vendor.read_text().replace("/etc/phpmyadmin/config.inc.php", str(settings))
                          .replace("/var/lib/phpmyadmin/tmp/", f"{temporary}/"))
        server.write_config(config=CONFIG.format(www=server.www, php=start_php(server.dir, f"php_admin_value[session.save_path] = {temporary}")))
        server.start()
        yield Exporter(server)


def wanted():
    """The rows as the view has them: no address is null there, nothing else is."""
    found = []
    for row in ROWS:
        values = ["" if value is None and name not in ("platform", "browser") else value for name, value in zip(COLUMNS, row)]
        found.append((values[0] or None, *values[1:]))
    return sorted(found, key=repr)


def imported(exporter, path):
    """What the import says, and the rows that the store has then."""
    store = path.parent / f"{path.name}.db"
    done = subprocess.run([exporter.server.build.command, "import", "--from", "slimstat", "--site", "www.example.org", "--state", path.parent,
                           "--store", f"sqlite:{store}", path], env=dict(exporter.server.build.environment) or None, capture_output=True, text=True)
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db:
        return done.stdout + done.stderr, sorted(db.execute(f"select {', '.join(COLUMNS)} from slim_stats"), key=repr)


WAYS = {
    "defaults": {},
    "quick": {"quick_or_custom": "quick"},
    "extended": {"sql_insert_syntax": "extended"},
    "one-a-row": {"sql_insert_syntax": "none"},
    "complete": {"sql_insert_syntax": "complete"},
    "gzip": {"compression": "gzip"},
    "zip": {"compression": "zip"},
    "csv": {"what": "csv"},
    "csv-named": {"what": "csv", "csv_columns": "something"},
    "csv-semicolon": {"what": "csv", "csv_separator": ";", "csv_columns": "something"},
}


def test_what_phpmyadmin_exports_is_what_was_there(exporter, tmp_path):
    wrong = {}
    for name, chosen in WAYS.items():
        said, rows = imported(exporter, exporter.export(tmp_path / name, **chosen))
        if f"{len(ROWS)} lines: {len(ROWS)} stored, 0 rejected" not in said or rows != wanted():
            wrong[name] = said, [row for row in rows if row not in wanted()], [row for row in wanted() if row not in rows]
    assert not wrong, "\n".join(f"{name}: {said}  not wanted: {more}\n  missing: {less}" for name, (said, more, less) in wrong.items())
