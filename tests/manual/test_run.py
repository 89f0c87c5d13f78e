"""Each page of the manual, followed to the letter: its commands, configurations and statements are run against a real
httpd and a store of four weeks."""
import contextlib
import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pages
import pytest
from slimhttpd import IS_ROOT, MODULES, wait_for

HISTORY = pages.ROOT / "tests/demo/history.py"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
# What configurations of the manual may use, beside what servers of tests have.
MORE_MODULES = ["access_compat", "alias", "auth_openidc", "authz_groupfile", "cache", "cache_disk", "expires", "log_config", "macro", "proxy",
                "proxy_http", "socache_shmcb", "ssl", "status", "vhost_alias"]
BUILT_IN = {"log_config"}


class Host:
    """The machine of the manual's reader: its paths are a test's, systemctl and apachectl those of the test's httpd."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.paths = {
            "/var/lib/slimstats": str(server.state), "/usr/share/slimstats": str(folder / "share"),
            "/var/log/apache2": str(folder / "log"), "/var/backups": str(folder / "backups"), "/srv": str(folder / "srv"),
            "/etc/apache2": str(folder / "etc"), "http://localhost/slimstats": f"http://localhost:{server.port}/slimstats",
            "http://localhost/": f"http://localhost:{server.port}/",
        }
        for name in ("log", "backups", "srv", "etc", "bin"):
            (folder / name).mkdir()
            (folder / name).chmod(0o755)
        shutil.copytree(pages.ROOT / "conf", folder / "share", ignore=shutil.ignore_patterns("package"))
        httpd = f"/usr/sbin/apache2 -f {server.dir}/httpd.conf"
        # What it is built with is for it alone, and not for the shell.
        self.built = "".join(f"export {name}='{value}'\n" for name, value in server.build.environment.items())
        self.program("slimstats", f'exec {server.build.command} "$@"')
        self.program("sendmail", f"cat >{folder}/mail")
        self.program("apachectl", f'case "$1" in configtest) exec {httpd} -t ;; *) exec {httpd} -k "$@" ;; esac')
        self.program("systemctl", f"""pid=$(cat {server.run}/httpd.pid 2>/dev/null || true)
case "$1" in
reload) {httpd} -k graceful ;;
stop|restart) {httpd} -k stop; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done ;;
esac
case "$1" in
start|restart) {httpd} -k start ;;
esac""")

    def program(self, name, text):
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{self.built}{text}\n")
        path.chmod(0o755)

    def here(self, text):
        """What the manual says, with this machine's paths."""
        for path, own in self.paths.items():
            text = text.replace(path, own)
        return text

    def run(self, command, cwd):
        env = {**os.environ, "PATH": f"{self.folder}/bin:/usr/sbin:{os.environ['PATH']}", "SLIMSTATS_STORE": f"sqlite:{self.server.store}",
               "SENDMAIL": f"{self.folder}/bin/sendmail", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        return subprocess.run(["/bin/sh", "-euc", self.here(command)], cwd=cwd, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=300)


def write_logs(folder, log):
    """The old log twice over, as logrotate leaves them, and combined."""
    lines = [re.sub(r' "[^"]*"$', "", line) for line in log.read_text().splitlines()[-300:]]
    (folder / "access.log").write_text("\n".join(lines[100:]) + "\n")
    (folder / "access.log.1.gz").write_bytes(gzip.compress(("\n".join(lines[:100]) + "\n").encode()))


@pytest.fixture(scope="module")
def host(make_shared_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("host")
    for path in (folder, folder.parent):
        path.chmod(0o755)
    server = make_shared_server(config="""
<Location "/slimstats">
    SetHandler slimstats
    Require local
</Location>
SlimStatsSite www.example.org
SlimStatsServer web1
""")
    server.expect("SlimStatsHosts")  # a page asks by a name of somebody else's
    server.start()
    log = folder / "old_access_log"
    log.write_text(subprocess.run([sys.executable, HISTORY, "28"], check=True, capture_output=True, text=True).stdout)
    form = subprocess.run([sys.executable, HISTORY, "--format"], check=True, capture_output=True, text=True).stdout.strip()
    server.cli("import", "--site", "www.example.org", "--format", form, str(log), check=0)
    for path in ("/", "/index.html", "/none"):
        server.get(path, {"User-Agent": BROWSER})
    one = Host(server, folder)
    write_logs(folder / "log", log)
    wait_for(lambda: server.ledger()["stored"] >= 3, 10, "hits are stored")
    return one


def run_console(host, block, cwd):
    for command, expected in pages.commands_of(block):
        done = host.run(command, cwd)
        where = f"{block.page}.md:{block.line}: {command}\n"
        assert done.returncode == 0, where + done.stdout + done.stderr
        wanted = [host.here(line) for line in expected]
        matches = pages.printed(wanted).fullmatch(done.stdout + done.stderr) is not None
        assert matches, where + done.stdout + done.stderr + "\nexpected:\n" + "\n".join(wanted)


def run_script(host, block, cwd):
    done = host.run(block.text, cwd)
    assert done.returncode == 0, f"{block.page}.md:{block.line}\n{done.stdout}{done.stderr}"


def run_apache(host, block, make):
    """httpd takes it, and has no word about it."""
    server = make
    server.write_config(config=host.here(block.text))
    done = server.httpd("-t", check=False)
    assert done.returncode == 0 and "slimstats" not in done.stderr, f"{block.page}.md:{block.line}\n{done.stderr}"


def statements_of(text):
    return [one.strip() for one in text.split(";\n") if one.strip()]


def run_sql(host, block):
    server = host.server
    with server.as_httpd_user(), contextlib.closing(sqlite3.connect(f"file:{server.store}?mode=ro", uri=True, timeout=20)) as db:
        for statement in statements_of(block.text):
            rows = db.execute(statement).fetchall()
            where = f"{block.page}.md:{block.line}:\n{statement}\n"
            assert rows or "(May be nothing.)" in statement, where + "no rows"
            if same := re.search(r"-- as (.*) of: slimstats report (\w+)(.*)", statement):
                columns = re.split(r", | and ", same[1])
                answer = server.report(same[2], *same[3].split())
                at = [[one["name"] for one in answer["columns"]].index(name) for name in columns]
                told = [tuple(row[i] for i in at) for row in answer["rows"]]
                assert len(told) > 0 and [tuple(row) for row in rows][:len(told)] == told[:len(rows)], where + f"{rows}\n{told}"


def run_cron(host, block, cwd):
    """At once; cron takes a % for the end of the line, unless a backslash is before it."""
    for line in block.text.strip().split("\n"):
        *times, user, command = line.split(None, 6)
        assert all(re.fullmatch(r"\d+|\*(/\d+)?", one) for one in times) and len(times) == 5 and user in ("root", "www-data"), line
        assert not re.search(r"(?<!\\)%", command), line
        done = host.run(command.replace("\\%", "%"), cwd)
        most = 2 if command.startswith("slimstats watch") else 0  # it exits with the worst alert
        assert done.returncode <= most, f"{block.page}.md:{block.line}\n{line}\n{done.stdout}{done.stderr}"


def run_yaml(host, block, cwd):
    (cwd / "prometheus.yml").write_text(block.text)
    done = host.run("promtool check config prometheus.yml", cwd)
    assert done.returncode == 0, f"{block.page}.md:{block.line}\n{done.stdout}{done.stderr}"


def parse_alone(block):
    if block.kind in ("sh", "console"):
        text = block.text if block.kind == "sh" else "\n".join(command for command, _ in pages.commands_of(block))
        done = subprocess.run(["sh", "-n", "-c", text], capture_output=True, text=True)
        assert done.returncode == 0, f"{block.page}.md:{block.line}\n{done.stderr}"
    else:
        opened = re.findall(r"^\s*<(\w+)", block.text, re.M)
        assert sorted(opened) == sorted(re.findall(r"^\s*</(\w+)", block.text, re.M)), f"{block.page}.md:{block.line}"


def run_block(host, block, cwd, configured):
    if not block.is_run:
        parse_alone(block)
    elif block.kind == "console":
        run_console(host, block, cwd)
    elif block.kind == "sh":
        run_script(host, block, cwd)
    elif block.kind == "apache":
        run_apache(host, block, configured())
    elif block.kind == "sql":
        run_sql(host, block)
    elif block.kind == "cron":
        run_cron(host, block, cwd)
    elif block.kind == "yaml":
        run_yaml(host, block, cwd)


def readme_commands():
    """Those that README shows below "Reports and commands" and "Maintenance"."""
    readme = (pages.ROOT / "README.md").read_text()
    sections = [readme.split(f"\n## {head}\n")[1].split("\n## ")[0] for head in ("Reports and commands", "Maintenance")]
    return [re.split(r"  +# ", line)[0].strip() for section in sections for line in section.split("\n") if line.startswith("    ")]


def test_what_readme_says_can_be_done(host, tmp_path):
    commands = readme_commands()
    assert len(commands) > 20
    for command in commands:
        if command == "slimstats live":  # it goes on until it is ended
            command += " --once"
        if command.startswith("slimstats watch"):  # it exits with the worst alert
            command += " || test $? -lt 3"
        done = host.run(command.replace(" FILE", " file"), tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    (host.folder / "backups/stats.db").unlink()  # a file that is there is not replaced, and a page makes one


@pytest.mark.parametrize("page", [name for name in pages.names() if pages.blocks_of(name)])
def test_what_a_page_says_can_be_done(page, host, make_server, tmp_path):
    made = []

    def configured():
        if not made:
            there = [name for name in MORE_MODULES if (MODULES / f"mod_{name}.so").exists()]
            made.append(make_server(modules=there))
        return made[0]
    wait_for(lambda: host.server.state_word() == "ok", 10, "all is well")  # after what the page before has done
    for block in pages.blocks_of(page):
        run_block(host, block, tmp_path, configured)
    wait_for(host.server.runs, 10, "httpd runs at the end")
