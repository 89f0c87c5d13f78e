"""What axe-core finds on the page: WCAG 2.2 AA, and what is held to be good practice."""
import subprocess

import pytest

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STATES = ["?since=28d", "?since=28d&robots=on&where=page%3D/&tab=pages:next&tab=clients:classes&tab=latest:recent", "?view=ledger", "?view=machines&since=28d",
          "?since=2001-01-01&until=2001-01-02", "?where=country%3D!!", "?lang=de&since=28d", "help/", "help/reports", "help/states", "help/numbers",
          "help/coming-from", "help/privacy", "help/reference"]


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    folder = tmp_path_factory.mktemp("npm")
    subprocess.run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "axe-core@4"], check=True, capture_output=True)
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


@pytest.mark.thorough
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_everybody_can_use_the_page(page, visited, axe, width, scheme):
    page.size(width)
    page.scheme(scheme)
    for state in STATES:
        look = page.driver.get if state.startswith("help") else page.open  # help asks for nothing that would settle
        look(f"http://127.0.0.1:{visited.port}/stats/{state}")
        page.js(axe)
        found = page.driver.execute_async_script(
            "const told = arguments[1]; axe.run(document, {runOnly: arguments[0]}).then((all) => told([all.passes.length, all.violations]))", RULES)
        passes, violations = found
        assert passes > (10 if state.startswith("help") else 20) and violations == [], (state, [(v["id"], [n["html"] for n in v["nodes"][:3]]) for v in violations])
