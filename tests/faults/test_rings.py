"""The ring is made anew in another size, over and over, while nobody drains it; and it is damaged.

Under prefork: event now and then crashes in its own code when it is stopped soon."""
import pytest

from injection import everything_is_stored_once, give, send
from slimhttpd import IS_ROOT, wait_for


SLOT, SLOTS = 512, 8192  # a slot's header, and where the first one stands


def rings(server):
    return sorted(path.name for path in server.run.glob("slimstats.ring*"))


def start_without_recorder(server, size):
    server.write_config(settings=f"SlimStatsRecorder {server.dir}/none\nSlimStatsBuffer {size}")
    server.start(wait=False)


def headers_of(ring):
    content = ring.read_bytes()
    return content[:SLOTS + SLOT * int.from_bytes(content[12:16], "little")]


def pushed(ring):
    """Records that the ring has ever taken: a slot's mark that fits its head tells."""
    content = headers_of(ring)
    numbers = [[int.from_bytes(content[at + 8 * i:at + 8 * i + 8], "little") for i in range(5)] for at in range(SLOTS, len(content), SLOT)]
    return sum(next((slot[i + 1] for i in (1, 3) if slot[i] == slot[0]), 0) for slot in numbers if slot[0] > 0)


def send_into_ring(server, first, count):
    """Nobody is stopped between an answer and its hit."""
    ring = server.run / "slimstats.ring"
    before = pushed(ring)
    send(server, first, count)
    wait_for(lambda: pushed(ring) == before + count, 10, "all are in the ring")
    return first + count


def is_retired(path):
    return not path.exists() or path.read_bytes()[:8] == bytes(8)


@pytest.mark.fault("F41")
@pytest.mark.parametrize("end", ["is stopped", "is killed"])
def test_rings_of_other_sizes_stay_until_they_are_drained(make_server, end):
    server = make_server(mpm="prefork")
    server.expect("cannot start the recorder")
    count = 0
    for size in ("8M", "24M", "4M", "12M", "2M"):
        start_without_recorder(server, size)
        count = send_into_ring(server, count, 20)
        server.stop() if end == "is stopped" else server.kill_all()
    server.write_config(settings="SlimStatsBuffer 16M")
    server.start()
    count = send(server, count, 5)
    everything_is_stored_once(server, count)
    old = list(server.run.glob("slimstats.ring.old*"))
    wait_for(lambda: all(is_retired(path) for path in old), 10, "what was drained is given up")
    assert sum(path.stat().st_blocks for path in old) * 512 < 1 << 20  # and takes no room
    server.stop()
    server.start()
    count = send(server, count, 5)
    everything_is_stored_once(server, count)
    assert rings(server) == ["slimstats.ring"]


def test_what_waits_in_an_older_ring_is_shown(make_server):
    """The journal cannot be opened: nothing is drained, and the recorder runs."""
    server = make_server(mpm="prefork")
    server.expect("cannot start the recorder", "journal-io")
    start_without_recorder(server, "8M")
    count = send_into_ring(server, 0, 20)
    server.stop()
    start_without_recorder(server, "24M")
    count = send_into_ring(server, count, 7)
    server.stop()
    server.state.mkdir(mode=0o700, exist_ok=True)
    (server.state / "journal").touch()
    if IS_ROOT:
        give(server.state)
    server.write_config(settings="SlimStatsBuffer 16M")
    server.start()
    count = send(server, count, 5)

    def shown():
        ledger = server.ledger()
        return ledger["waiting"]["ring"] == ledger["seen"] == count and ledger["unaccounted"] == 0
    wait_for(shown, 10, "all are shown as waiting")
    assert server.status()["lag_seconds"] > 0
    (server.state / "journal").unlink()
    everything_is_stored_once(server, count)


def test_a_ring_stays_in_use_when_there_is_no_room_for_older_ones(make_server):
    server = make_server(mpm="prefork")
    server.expect("cannot start the recorder")
    count = 0
    for mebibytes in range(10, 34, 2):
        start_without_recorder(server, f"{mebibytes}M")
        count = send_into_ring(server, count, 5)
        server.stop()
    assert any("takes effect" in line for line in server.our_lines("notice"))
    server.write_config(settings="SlimStatsBuffer 16M")
    server.start()
    everything_is_stored_once(server, count)
    server.stop()
    server.start()
    assert rings(server)[:1] == ["slimstats.ring"] and (server.run / "slimstats.ring").stat().st_size > 15 << 20
    count = send(server, count, 5)
    everything_is_stored_once(server, count)


@pytest.mark.parametrize("step", ["put aside", "half made"])
def test_a_kill_between_the_steps_of_a_change_loses_nothing(make_server, step):
    """What httpd leaves when it is killed there: the ring has its new name, the new one has none yet."""
    server = make_server(mpm="prefork")
    server.expect("cannot start the recorder")
    start_without_recorder(server, "8M")
    count = send_into_ring(server, 0, 20)
    server.stop()
    ring = server.run / "slimstats.ring"
    ring.rename(server.run / "slimstats.ring.old")
    if step == "half made":
        (server.run / "slimstats.ring.slimstats-partial").write_bytes(bytes(5000))
    for size in ("24M", "4M"):
        start_without_recorder(server, size)
        count = send_into_ring(server, count, 20)
        server.stop()
    server.write_config(settings="SlimStatsBuffer 16M")
    server.start()
    everything_is_stored_once(server, count)


def test_a_ring_that_cannot_be_used_is_put_aside(make_server):
    """One bit of its first bytes, and what it holds could still be looked at."""
    server = make_server(mpm="prefork")
    server.expect("cannot start the recorder", "is damaged, or is not a ring")
    start_without_recorder(server, "8M")
    send(server, 0, 20)
    server.stop()
    ring = server.run / "slimstats.ring"
    content = bytearray(ring.read_bytes())
    content[3] ^= 4
    with open(ring, "r+b") as file:
        file.write(content[:8])
    server.write_config(settings="SlimStatsBuffer 8M")
    server.start()
    assert any("slimstats.ring.damaged" in line for line in server.our_lines("error"))
    assert (server.run / "slimstats.ring.damaged").read_bytes() == bytes(content)


def flip(path, at, bit):
    with open(path, "r+b") as file:
        file.seek(at + bit // 8)
        byte = file.read(1)[0]
        file.seek(at + bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


COUNTERS = {"seen": 48, "excluded": 56 + 16, "ring-full": 184, "child-killed": 184 + 5 * 8, "drained": 392, "lost": 400}


def slots_in_use(ring):
    """Offsets of slots that have taken records."""
    content = headers_of(ring)
    return [at for at in range(SLOTS, len(content), SLOT) if int.from_bytes(content[at:at + 8], "little") > 0]


def is_corrected(ring):
    content = headers_of(ring)
    return all(int.from_bytes(content[at:at + 8], "little") < 1 << 19 for slot in range(SLOTS, len(content), SLOT)
               for at in (slot + counter for counter in COUNTERS.values()))


@pytest.mark.parametrize("when", ["it runs", pytest.param("it is stopped", marks=pytest.mark.thorough), pytest.param("everything was killed", marks=pytest.mark.thorough)])
def test_flipped_bits_of_counters_are_not_believed(make_server, when):
    server = make_server(mpm="prefork", config="StartServers 2\nMinSpareServers 2\nMaxSpareServers 2")
    server.expect("counters in the ring could not be right")
    server.start()
    ring = server.run / "slimstats.ring"
    sent = send(server, 0, 30)
    server.wait_stored(sent)
    for counter, at in COUNTERS.items():
        for bit in (20, 41, 62):
            if when == "it is stopped":
                server.stop()
            elif when == "everything was killed":
                server.kill_all()
            for slot in slots_in_use(ring):
                flip(ring, slot + at, bit)
            if when != "it runs":
                server.start()
            sent = send(server, sent, 2)
            wait_for(lambda: server.ledger()["seen"] == sent and server.count() == sent, 20, f"all are seen after {counter}, bit {bit}")
            wait_for(lambda: is_corrected(ring), 20, "the ring is, too")  # two flips that agree are believed
            everything_is_stored_once(server, sent)
    flip(ring, 40, 50)  # hits without a slot
    sent = send(server, sent, 2)
    everything_is_stored_once(server, sent)
    assert 1 <= len(server.our_lines("warn")) <= (1 if when == "it runs" else 19)


@pytest.mark.parametrize("store", ["works", "is denied"])
def test_a_damaged_status_is_not_taken_over(server, store):
    sent = send(server, 0, 30)
    server.wait_stored(sent)
    if store == "is denied":
        server.expect("store-denied")
        server.write_sql("create trigger deny before insert on hit begin select raise(abort, 'no'); end;")
        sent = send(server, sent, 5)
        wait_for(lambda: server.ledger()["waiting"]["journal"] == 5)
    before = server.ledger()
    server.stop()
    ring = server.run / "slimstats.ring"
    for word in range(1, 200):
        flip(ring, 4096 + 8 * word, 61)
    server.start()
    if store == "works":
        sent = send(server, sent, 5)
        everything_is_stored_once(server, sent)
    else:
        wait_for(lambda: abs(server.ledger()["unaccounted"]) < 1000 and server.ledger()["seen"] < 1 << 44, 10, "numbers are plausible")
        server.write_sql("drop trigger deny")
        everything_is_stored_once(server, sent)
    assert before["seen"] <= sent
