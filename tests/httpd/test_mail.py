"""Reports by mail: what conf/mail-report hands to sendmail."""
import email
import email.policy
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}


def mail(server, folder, store, *options):
    """The mail, or None, and what was said."""
    sendmail, taken = folder / "sendmail", folder / "taken"
    sendmail.write_text(f'#!/bin/sh\n[ "$*" = -t ] && cat >{taken}\n')
    sendmail.chmod(0o755)
    done = subprocess.run([ROOT / "conf/mail-report", "owner@example.org", *options], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**server.env, "PATH": f"{Path(server.build.command).parent}:{os.environ['PATH']}", "SENDMAIL": str(sendmail),
                               "SLIMSTATS_STORE": f"sqlite:{store}"})
    found = email.message_from_bytes(taken.read_bytes(), policy=email.policy.default) if taken.exists() else None
    return found, done


def test_a_mail_has_all_reports_as_a_page(server, tmp_path):
    server.get("/?n=1", AGENT)
    server.wait_stored(1)
    found, done = mail(server, tmp_path, server.store, "--since", "today")
    assert done.returncode == 0, done.stderr
    assert found["To"] == "owner@example.org" and found["Subject"].startswith("Statistics of ") and not found.defects
    assert found.get_content_type() == "text/html" and found.get_content_charset() == "utf-8"
    page = found.get_content()
    assert page.startswith("<!DOCTYPE html>") and "/?n=1" in page and page.rstrip().endswith("</html>")


def test_nothing_is_mailed_when_there_is_no_report(server, tmp_path):
    found, done = mail(server, tmp_path, tmp_path / "none.db")
    assert found is None and done.returncode != 0 and "none.db" in done.stderr


def test_the_timer_runs_what_is_installed():
    service = (ROOT / "conf/package/systemd/slimstats-report.service").read_text()
    script, = re.findall(r"^ExecStart=(\S+) \$\{MAILTO\} --since 7d$", service, re.M)
    assert script == "/usr/share/slimstats/mail-report" and f"{script} root --since 7d" in (ROOT / "conf/package/README.md").read_text()
