"""The container's recipe, step by step, in a small Debian."""
import json
import re
import shlex
import shutil

import pytest

from box import ROOT, Box
from slimhttpd import wait_for

RECIPE = ROOT / "conf/package/container/Containerfile"


def steps():
    """[(instruction, the rest)], lines that go on being joined."""
    text = re.sub(r"\\\n", "", re.sub(r"^#.*\n", "", RECIPE.read_text(), flags=re.M))
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def only(name):
    found, = [rest for instruction, rest in steps() if instruction == name]
    return found


@pytest.fixture
def container(request, made):
    box = Box(ROOT / request.config.getoption("--build") / "packages", "container")
    (box.root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")  # as images of Debian have it
    shutil.copy("/etc/resolv.conf", box.root / "etc/resolv.conf")
    for instruction, rest in steps():
        if instruction == "COPY":
            source, target = rest.split()
            for path in made.glob(source.removeprefix("build/")):
                shutil.copy(path, f"{box.root}{target}")
        elif instruction == "RUN":
            box.run("sh", "-c", rest, network=True)
    yield box
    box.close()


def test_it_serves_records_and_is_healthy(container):
    environment = dict(word.split("=", 1) for word in shlex.split(only("ENV")))
    user = ("setpriv", f"--reuid={only('USER')}", f"--regid={only('USER')}", "--init-groups")
    command, health = json.loads(only("CMD")), json.loads(only("HEALTHCHECK").split("CMD ", 1)[1])
    port = only("EXPOSE")
    container.run(*user, "sh", "-c", 'exec >/var/tmp/log 2>&1; "$@" &', "start", *command, **environment)

    def answers(page=""):
        return "200" == container.run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", f"http://localhost:{port}/{page}", check=False)

    wait_for(answers, 20, "httpd answers")
    assert answers("index.html?one")
    wait_for(lambda: "?one" in container.run(*user, "slimstats", "report", "recent", "--robots", check=False), 20, "the hit is reported")
    assert "all well" in container.run(*user, *health, **environment)
    assert container.run("stat", "-c", "%U %a", only("VOLUME")) == "www-data 700\n"
    assert "GET /index.html?one" in container.run("cat", "/var/tmp/log")  # what it logs is the container's output
    assert set(container.run("ps", "-o", "user=", "-C", "apache2,slimstats").split()) == {only("USER")}
    container.run("pkill", f"-{only('STOPSIGNAL').removeprefix('SIG')}", "-o", "-x", "apache2")
    wait_for(lambda: not container.run("pidof", "apache2", "slimstats", check=False), 30, "all of it ends")


def test_a_recorder_that_is_gone_is_no_health(container):
    """Before anything runs there is nothing that is well."""
    health = json.loads(only("HEALTHCHECK").split("CMD ", 1)[1])
    assert container.run("sh", "-c", '"$@" >/dev/null 2>&1; echo $?', "ask", *health) in ("1\n", "2\n")
