"""Small MaxMind DB files (https://maxmind.github.io/MaxMind-DB/) for tests, made by mmdb.pl with Debian's writer."""
import functools
import json
import pathlib
import subprocess
import tempfile

PROGRAM = pathlib.Path(__file__).with_name("mmdb.pl")


@functools.lru_cache(maxsize=None)
def bytes_of(spec):
    """The program is slow to begin: what it made once is kept."""
    with tempfile.TemporaryDirectory(prefix="slimstats-mmdb-") as directory:
        asked, made = pathlib.Path(directory, "spec"), pathlib.Path(directory, "made")
        asked.write_text(spec)
        subprocess.run(["perl", PROGRAM, asked, made], check=True, timeout=60)
        return made.read_bytes()


def entry(value, layout):
    if isinstance(value, dict):
        return value
    return {"country": {"iso_code": value}} if layout == "nested" else {"country_code": value}


def write(path, networks, layout="nested", record_bits=28, ip_version=6):
    """networks: {"192.0.2.0/24": "AT"}, or a whole entry for AT; layout: nested {country: {iso_code}} or flat {country_code}."""
    pathlib.Path(path).write_bytes(bytes_of(json.dumps({
        "ip_version": ip_version, "record_size": record_bits,
        "networks": [[network, entry(value, layout)] for network, value in networks.items()]})))
