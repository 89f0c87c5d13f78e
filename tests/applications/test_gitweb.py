"""gitweb: pages are told by the query alone, and the answers of a CGI script by their types."""
import os
import subprocess

from person import Walker, counted, of, owned_by_httpd

CONFIG = """
ScriptSock {run}/cgid.sock
SetEnv GITWEB_CONFIG {dir}/gitweb.conf
Alias /gitweb/static /usr/share/gitweb/static
ScriptAlias /gitweb /usr/share/gitweb/gitweb.cgi
<Directory /usr/share/gitweb>
    Require all granted
</Directory>
"""


def make_repository(server):
    repository = server.dir / "repositories/fruit.git"
    work = server.dir / "work"
    env = {**os.environ, "HOME": str(server.dir), "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A",
           "GIT_COMMITTER_EMAIL": "a@example.org"}

    def git(*words, at=None):
        subprocess.run(["git", *words], cwd=at, env=env, check=True, capture_output=True)
    git("init", "-b", "main", str(work))
    (work / "pie.txt").write_text("apples\n")
    (work / "pie.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    git("add", ".", at=work)
    git("commit", "-m", "apples", at=work)
    git("clone", "--bare", str(work), str(repository))
    (repository / "description").write_text("fruit\n")
    owned_by_httpd(repository)
    (server.dir / "gitweb.conf").write_text(f'''our $projectroot = "{repository.parent}";
our @stylesheets = ("/gitweb/static/gitweb.css");
our $javascript = "/gitweb/static/gitweb.js"; our $logo = "/gitweb/static/git-logo.png"; our $favicon = "/gitweb/static/git-favicon.png";
$feature{{'snapshot'}}{{'default'}} = ['tgz'];
''')


def test_a_visit_of_a_repository(make_server):
    server = make_server(modules=["cgid"], settings="SlimStatsSearchParam s")
    server.write_config(config=CONFIG.format(run=server.run, dir=server.dir))
    make_repository(server)
    server.start()
    person = Walker(server, "/gitweb")
    for page in ("", "?p=fruit.git;a=summary", "?p=fruit.git;a=log", "?p=fruit.git;a=tree", "?p=fruit.git;a=blob;f=pie.txt;hb=HEAD"):
        person.open(page)
        for name, destination in (("gitweb.css", "style"), ("gitweb.js", "script"), ("git-logo.png", "image"), ("git-favicon.png", "image")):
            person.part(f"/static/{name}", destination)
    person.open("?p=fruit.git&a=search&h=HEAD&st=commit&s=apples")
    person.part("?p=fruit.git;a=blob_plain;f=pie.png;hb=HEAD", "image")
    person.open("?p=fruit.git;a=snapshot;h=HEAD;sf=tgz")
    person.ask("?p=fruit.git;a=rss", Accept="application/rss+xml")
    assert counted(server) == of(
        ["/gitweb", *(f"/gitweb?p=fruit.git;a={page}" for page in ("summary", "log", "tree", "blob;f=pie.txt;hb=HEAD")),
         "/gitweb?p=fruit.git&a=search&h=HEAD&st=commit&s=apples"],
        ["/gitweb?p=fruit.git;a=snapshot;h=HEAD;sf=tgz"], ["apples"])
