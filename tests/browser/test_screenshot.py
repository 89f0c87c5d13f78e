"""make screenshot: a picture of each state of the page."""
import subprocess
import sys
from pathlib import Path

import pytest

STATES = {"whole", "dark", "filtered", "german", "machines", "ledger", "nothing", "mistaken", "tablet", "phone", "print", "empty", "first-visit", "denied",
          "recorder-down"}


@pytest.mark.thorough
def test_each_state_has_its_picture(request, tmp_path):
    build = Path(request.config.getoption("--build")).resolve()
    subprocess.run([sys.executable, Path(__file__).with_name("screenshot.py"), build, tmp_path / "page.png", tmp_path / "states"], check=True, timeout=600)
    pictures = {path.stem: path.read_bytes() for path in (tmp_path / "states").glob("*.png")}
    assert set(pictures) == STATES and len(set(pictures.values())) == len(STATES)
    assert (tmp_path / "page.png").stat().st_size > 10000 and (tmp_path / "states/print.pdf").read_bytes().startswith(b"%PDF")
