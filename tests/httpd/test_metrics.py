"""What monitoring reads: by the parsers that monitoring uses."""
import json
import re
import subprocess
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from slimhttpd import wait_for

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "conf/prometheus-alerts.yml"
OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"}
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}


def samples(server):
    status, headers, body = server.get("/stats/metrics", OPENMETRICS)
    assert status == 200 and dict(headers)["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    found = {}
    for family in text_string_to_metric_families(body.decode()):
        assert family.documentation and family.type in ("gauge", "counter"), family.name
        for sample in family.samples:
            found[(sample.name, *sample.labels.values())] = sample.value
    return found


@pytest.fixture
def visited(server):
    for n in range(3):
        server.get(f"/?n={n}", AGENT)
    server.get("/none", AGENT)
    server.wait_stored(4)
    wait_for(lambda: server.ledger()["stored"] == 4)
    return server


def test_promtool_has_nothing_to_say(visited):
    status, headers, body = visited.get("/stats/metrics")
    assert status == 200 and dict(headers)["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert dict(headers)["Vary"] == "Accept" and dict(headers)["Cache-Control"] == "no-store"
    checked = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True)
    assert checked.returncode == 0 and checked.stdout + checked.stderr == b"", checked


def test_a_scraper_may_rule_a_format_out(visited):
    _, headers, _ = visited.get("/stats/metrics", {"Accept": "application/openmetrics-text;q=0, text/plain"})
    assert dict(headers)["Content-Type"].startswith("text/plain")


def test_the_ledger_adds_up(visited):
    found = samples(visited)
    ledger = json.loads(visited.get("/stats/api/status")[2])["ledger"]
    assert found[("slimstats_hits_stored_total",)] == 4 == ledger["stored"]
    assert found[("slimstats_state", "ok")] == 1 and sum(v for k, v in found.items() if k[0] == "slimstats_state") == 1
    fates = sum(v for k, v in found.items() if k[0].startswith("slimstats_hits_") and k[0] != "slimstats_hits_seen_total")
    assert found[("slimstats_hits_seen_total",)] == fates >= 4
    assert {k[1] for k in found if k[0] == "slimstats_hits_dropped_total"} == set(ledger["dropped"])
    assert 0 < found[("slimstats_journal_used_bytes",)] < found[("slimstats_journal_limit_bytes",)]
    assert found[("slimstats_ring_used_bytes",)] == 0 and found[("slimstats_ring_size_bytes",)] > 1_000_000
    assert found[("slimstats_commits_total",)] >= 1


def test_the_day_has_what_the_report_has(visited):
    found = samples(visited)
    answer = json.loads(visited.get("/stats/api/overview?since=today")[2])
    row = dict(zip([c["name"] for c in answer["columns"]], answer["rows"][0]))
    for name in ("visitors", "visits", "pageviews", "errors"):
        assert found[(f"slimstats_day_{name}",)] == row[name] > 0


def test_without_a_store_the_state_is_told(visited):
    visited.write_sql("create trigger no before insert on hit begin select raise(abort, 'denied'); end")
    visited.expect("store-denied", "denied")
    visited.get("/?n=9", AGENT)
    wait_for(lambda: visited.state_word() == "store-denied")
    found = samples(visited)
    assert found[("slimstats_state", "store-denied")] == 1 and found[("slimstats_area_healthy", "store")] == 0
    assert found[("slimstats_hits_waiting", "journal")] == 1 and found[("slimstats_lag_seconds",)] > 0


def test_the_sample_dashboard_asks_for_what_there_is(visited):
    names = {key[0] for key in samples(visited)}
    panels = json.loads((ROOT / "conf/grafana-dashboard.json").read_text())["panels"]
    asked = {name for panel in panels for target in panel["targets"] for name in re.findall(r"slimstats_\w+", target["expr"])}
    assert len(asked) > 8 and asked <= names


def test_the_alerts_ask_for_what_there_is(visited):
    wait_for(lambda: "slimstats_recorder_heard_timestamp_seconds" in {key[0] for key in samples(visited)}, 40, "a recorder is heard")
    visited.cli("watch")  # its alerts are metrics, too
    found = samples(visited)
    text = "\n".join(re.findall(r"^ +expr: (.*)$", ALERTS.read_text(), re.M))
    asked = set(re.findall(r"slimstats_\w+", text))
    assert len(asked) > 6 and asked <= {key[0] for key in found}
    states = {state for word in re.findall(r'state[=!]~"(.*?)"', text) for state in word.split("|")}
    assert len(states) == 3 and states <= {key[1] for key in found if key[0] == "slimstats_state"}


def test_the_alerts_come_when_they_should(tmp_path):
    played = tmp_path / "alerts.yml"
    played.write_text((ROOT / "tests/data/prometheus-alerts.yml").read_text().replace("RULES", str(ALERTS)))
    for words in (("check", "rules", ALERTS), ("test", "rules", played)):
        done = subprocess.run(["promtool", *words], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    names = set(re.findall(r"alert: (\w+)", ALERTS.read_text()))
    assert names == set(re.findall(r"alertname: (\w+)\n +exp_alerts", played.read_text()))  # each of them was seen to come
