"""What capture costs a request: instructions by callgrind, and system calls by strace.

Three servers answer the same requests for a static file: without any log, with mod_log_config's
combined line, with mod_slimstats. The difference to the first, per request, is what each costs.
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from slimhttpd import Build, Server, wait_for  # noqa: E402

AGENT = (b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         b"Chrome/120.0.0.0 Safari/537.36")
CLIENTS = {
    "a client that names itself and its referer":
        b"User-Agent: " + AGENT + b"\r\nAccept: */*\r\n"
        b"Referer: https://www.google.com/search?q=statistics+of+a+web+server\r\n",
    "a browser of today, thirteen headers":
        b"User-Agent: " + AGENT + b"\r\n"
        b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
        b"Accept-Language: en-US,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n"
        b"Referer: https://www.google.com/search?q=statistics+of+a+web+server\r\n"
        b"Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: cross-site\r\n"
        b"Sec-CH-UA: \"Chromium\";v=\"120\", \"Not A Brand\";v=\"24\"\r\nSec-CH-UA-Mobile: ?0\r\n"
        b"Sec-CH-UA-Platform: \"Windows\"\r\nUpgrade-Insecure-Requests: 1\r\n",
}
COMBINED = r'CustomLog logs/combined_log "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\""'


def ask(port, count, headers):
    request = b"GET /index.html HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), 60) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            s.sendall(request)
            got = b""
            while b"hello\n" not in got:
                got += s.recv(65536)


def make(build, name, log, module):
    server = Server(build, name, mpm="prefork", load_module=module, config="MaxKeepAliveRequests 0\n" + (COMBINED if log else "")
                    + ("" if module else '\n<Location "/stats">\nRequire local\n</Location>'))
    text = (server.dir / "httpd.conf").read_text()
    text = re.sub(r"^CustomLog .* access$", "", text, flags=re.M)
    (server.dir / "httpd.conf").write_text(text)
    return server


def as_httpd_user(server):
    """A tool that root starts cannot write its file once httpd has become another user."""
    if os.geteuid() != 0:
        return []
    for path in [server.dir, *server.dir.rglob("*")]:
        shutil.chown(path, "www-data", "www-data")
    return ["setpriv", "--reuid=www-data", "--regid=www-data", "--clear-groups"]


def run_under(server, tool, requests, headers):
    """One process of httpd under a tool; returns its pid."""
    process = subprocess.Popen([*as_httpd_user(server), *tool, "/usr/sbin/apache2", "-X", "-f",
                                str(server.dir / "httpd.conf")],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    wait_for(server.answers, 60)
    ask(server.port, requests, headers)
    pid = int((server.run / "httpd.pid").read_text())
    for _ in range(30):
        os.kill(pid, 15)
        try:
            process.wait(2)
            return pid
        except subprocess.TimeoutExpired:
            continue
    raise SystemExit("httpd does not end")


def callgrind(build, name, log, module, count, headers):
    """Instructions of all httpd, and of our hook with what it calls, for count requests."""
    server = make(build, name, log, module)
    pid = run_under(server, ["valgrind", "--tool=callgrind", f"--callgrind-out-file={server.dir}/callgrind.%p"], count,
                    headers)
    text = (server.dir / f"callgrind.{pid}").read_text()
    server.clean()
    return int(re.search(r"^(?:summary|totals): (\d+)", text, re.M).group(1)), hook_instructions(text)


def hook_instructions(text):
    """The sum of the costs of calls to slim_capture."""
    names, total, called = {}, 0, None
    lines = iter(text.splitlines())
    for line in lines:
        if match := re.match(r"(c?)fn=\((\d+)\)(?: (.*))?", line):
            if match[3]:
                names[match[2]] = match[3]
            if match[1]:
                called = names[match[2]]
        elif line.startswith("calls=") and called == "slim_capture":
            total += int(next(lines).split()[-1])
    return total


def per_request(build, log, module, headers):
    few, many = (callgrind(build, "bench", log, module, count, headers) for count in (500, 1500))
    return (many[0] - few[0]) / 1000, (many[1] - few[1]) / 1000


def system_calls(build, module, headers):
    """The system calls of a request in the middle of a connection, from its read to the next."""
    server = make(build, "calls", False, module)
    out = server.dir / "strace.out"
    run_under(server, ["strace", "-o", str(out)], 50, headers)
    lines = out.read_text().splitlines()
    server.clean()
    reads = [n for n, line in enumerate(lines) if line.startswith("read(") and "GET /index.html" in line]
    spans = [tuple(line.split("(")[0] for line in lines[a:b]) for a, b in zip(reads[20:40], reads[21:41])]
    return max(set(spans), key=spans.count)


def compare(build, client, headers):
    nothing, _ = per_request(build, False, False, headers)
    combined = per_request(build, True, False, headers)[0] - nothing
    with_us, hook = per_request(build, False, True, headers)
    print(f"instructions a request for a static file, prefork: {client}")
    print(f"  httpd without a log          {nothing:8.0f}")
    print(f"  mod_log_config's combined    {combined:8.0f}")
    print(f"  our hook                     {hook:8.0f}   {hook / combined:.2f} of the combined line")
    print(f"  all that the module costs    {with_us - nothing:8.0f}   {(with_us - nothing) / combined:.2f}", flush=True)


def main():
    base = Path(tempfile.mkdtemp(prefix="slimstats-bench-"))
    base.chmod(0o755)
    shutil.copytree(Path(sys.argv[1]) / "out", base / "out")
    build = Build(base, base / "out")
    try:
        for client, headers in CLIENTS.items():
            compare(build, client, headers)
        without, with_us = (system_calls(build, module, headers) for module in (False, True))
        print("system calls of a request, from its read to the next")
        print(f"  without the module  {' '.join(without)}")
        print(f"  with the module     {' '.join(with_us)}")
        print("  the same" if without == with_us else "  NOT the same")
    finally:
        shutil.rmtree(base, ignore_errors=True)


main()
