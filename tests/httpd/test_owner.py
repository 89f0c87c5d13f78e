"""conf/owner.conf: a site's dashboard for its owner, by one line in the virtual host."""
import base64
import json
import subprocess
from pathlib import Path

OWNER = Path(__file__).parents[2] / "conf/owner.conf"
SITE = """
<VirtualHost 127.0.0.1:{port}>
    ServerName {name}.example
    DocumentRoot {www}
    Use SlimStatsOwner {passwords}
</VirtualHost>
"""


def test_an_owner_sees_the_own_site_alone(make_server):
    server = make_server(modules=["macro"])
    server.expect("AH01618: user (anna|bert) not found")
    sites = {}
    for name in ("anna", "bert"):
        passwords = server.dir / f"{name}.htpasswd"
        crypted = subprocess.run(["openssl", "passwd", "-apr1", name], check=True, capture_output=True, text=True).stdout
        passwords.write_text(f"{name}:{crypted}")
        sites[name] = SITE.format(port=server.port, name=name, www=server.www, passwords=passwords)
    server.write_config(config=f"Include {OWNER}\n" + "".join(sites.values()))
    server.start()
    for page in ("/?n=1", "/?n=2"):
        server.get(page, {"Host": "anna.example"})
    server.get("/?n=3", {"Host": "bert.example"})
    server.wait_stored(3)

    def ask(site, user=None):
        headers = {"Host": f"{site}.example"}
        if user:
            headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{user}".encode()).decode()
        status, _, body = server.get("/slimstats/api/recent?robots=on", headers)
        return status, body

    assert [ask(*asked)[0] for asked in (("anna",), ("anna", "bert"), ("bert", "anna"))] == [401, 401, 401]
    for user, pages in (("anna", {"/?n=1", "/?n=2"}), ("bert", {"/?n=3"})):
        status, body = ask(user, user)
        assert status == 200, body
        answer = json.loads(body)
        column = [c["name"] for c in answer["columns"]].index("resource")
        assert {row[column] for row in answer["rows"]} == pages
