"""The ring and its status block as models, every state of them: small here, whole in check-long."""
import subprocess
from pathlib import Path


def test_the_models_hold_and_their_mutants_are_found(request):
    size = ["whole" if request.config.getoption("--sanitized") else "small"]
    result = subprocess.run([Path(__file__).parents[1] / "model/run", *size], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        "ring", "ring-used", "ring-threads", "ring-one-mark", "ring-unsettled", "ring-unattended", "status", "status-next"]
