"""Lists of sources and spam that an admin keeps in the state directory."""
import os

from slimhttpd import wait_for


def put(server, name, text):
    """As an editor does: whole or not at all."""
    path = server.state / name
    new = path.with_suffix(".editing")
    new.write_text(text)
    os.chown(new, server.state.stat().st_uid, server.state.stat().st_gid)
    new.rename(path)


def source_of(server, referer):
    """What the recorder makes of a referer now: a hit of a visitor of its own."""
    source_of.hits += 1
    server.get(f"/?n={source_of.hits}", {"Referer": referer, "User-Agent": f"Mozilla/5.0 (X11; Linux x86_64; rv:{source_of.hits}.0) "
                                         f"Gecko/20100101 Firefox/{source_of.hits}.0"})
    server.wait_stored(source_of.hits)
    [row] = server.sql("select source.name from hit join visit on visit.id = hit.visit join source on source.id = visit.source"
                       " join resource on resource.id = hit.resource where resource.name = ?", f"/?n={source_of.hits}")
    return row[0]


def test_own_lists_are_read_win_and_are_left_when_broken(server):
    source_of.hits = 0
    assert source_of(server, "https://www.google.com/") == "Google"
    assert source_of(server, "https://intra.example/") == "intra.example"
    put(server, "sources.tsv", "Search box\tsearch\twww.google.com\tq\nIntranet\twebsite\t.intra.example\n")
    put(server, "referer_spam.txt", "# ours\nspam.example\n")
    wait_for(lambda: source_of(server, "https://a.intra.example/") == "Intranet")
    assert source_of(server, "https://www.google.com/") == "Search box"
    assert source_of(server, "https://x.spam.example/") == "Referer spam"
    assert source_of(server, "https://www.google.de/") == "Google"
    server.expect("sources-off")
    put(server, "sources.tsv", "Search box\tnonsense\twww.google.com\n")
    wait_for(lambda: server.status()["areas"]["sources"]["state"] == "sources-off")
    assert source_of(server, "https://www.google.com/") == "Search box"
    (server.state / "sources.tsv").unlink()
    wait_for(lambda: server.state_word() == "ok")
    assert source_of(server, "https://www.google.com/") == "Google"
    assert source_of(server, "https://x.spam.example/") == "Referer spam"
    lines = server.our_lines()
    assert len(lines) == 2 and "sources.tsv: line 1" in lines[0] and "well again" in lines[1], lines
