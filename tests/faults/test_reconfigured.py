"""The configuration changes over a reload, between hits that nobody has stored yet."""
import shutil

import pytest

from injection import send
from slimhttpd import IS_ROOT, wait_for


def numbers_of(server, store):
    before, server.store = server.store, store
    try:
        return server.stored_numbers()
    finally:
        server.store = before


@pytest.mark.fault("F41")
def test_capture_is_switched_off_and_on_by_reloads(make_server):
    server = make_server(mpm="prefork")
    server.expect("long lost child came home")  # httpd's words for a recorder of the generation before, now and then
    server.start()
    send(server, 0, 20)
    server.write_config(capture=False)
    server.graceful()
    wait_for(lambda: not server.recorder_pid(), 15, "no recorder")
    send(server, 100, 20)
    server.write_config(capture=True)
    server.graceful()
    wait_for(lambda: server.recorder_pid(), 15, "a recorder")
    send(server, 200, 20)
    wait_for(lambda: set(server.stored_numbers()) >= {*range(20), *range(200, 220)}, 15, "all stored")
    assert server.stored_numbers() == dict.fromkeys([*range(20), *range(200, 220)], 1)


@pytest.mark.fault("F41")
@pytest.mark.parametrize("what", ["the store", "the state directory"])
def test_hits_go_elsewhere_after_a_reload(make_server, what):
    """A store that is new takes what the journal still has: no store has a hit twice, and none is in neither."""
    server = make_server(mpm="event")
    server.start()
    first = server.store
    send(server, 0, 20)
    elsewhere = server.dir / "elsewhere"
    elsewhere.mkdir()
    if IS_ROOT:
        shutil.chown(elsewhere, "www-data", "www-data")
    second = elsewhere / "stats.db"
    server.write_config(settings=f"SlimStatsStore sqlite:{second}" if what == "the store" else f"SlimStatsState {elsewhere}")
    server.graceful()
    wait_for(lambda: second.exists(), 15, "the other store")
    send(server, 20, 20)

    wait_for(lambda: {*numbers_of(server, first), *numbers_of(server, second)} == {*range(40)}, 15, "all stored")
    wait_for(lambda: not any(server.ledger()["waiting"].values()), 15, "nothing waits")
    for store in (first, second):
        assert set(numbers_of(server, store).values()) == {1}
