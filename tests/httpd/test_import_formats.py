"""Logs of other servers: by the names that goaccess has for them, or recognized by their lines."""
import bz2
import io
import json
import lzma
import subprocess
import zipfile

import pytest

from test_import import Logs, lines, once

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
AT = 1794304982  # 10 November 2026, 10:03:02 UTC


@pytest.fixture
def logs(build, tmp_path):
    return Logs(build, tmp_path)


def iis(n):
    agent = AGENT.replace(" ", "+")
    return (f"2026-11-10 10:03:02 10.0.0.1 GET /p n={n} 443 - 192.0.2.{n % 250} {agent} http://ref.example/ 200 0 0 1234 500 1500")


IIS_HEAD = ("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-11-10 10:03:02\n"
            "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer)"
            " sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken\n")


def cloudfront(n):
    agent = AGENT.replace(" ", "%20")
    return "\t".join(["2026-11-10", "10:03:02", "LAX1", "1234", f"192.0.2.{n % 250}", "GET", "d111.cloudfront.net", "/p", "200",
                      "http://ref.example/", agent, f"n={n}", "-", "Hit", "id==", "www.example.org", "https", "23", "1.500", "-",
                      "TLSv1.3", "TLS_AES_128_GCM_SHA256", "Hit", "HTTP/2.0"])


CLOUDFRONT_HEAD = ("#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status"
                   " cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header"
                   " cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type"
                   " cs-protocol-version\n")


def caddy(n):
    return json.dumps({"level": "info", "ts": AT + 0.25, "logger": "http.log.access", "msg": "handled request",
                       "request": {"remote_ip": "10.0.0.1", "client_ip": f"192.0.2.{n % 250}", "proto": "HTTP/2.0", "method": "GET",
                                   "host": "www.example.org:443", "uri": f"/p?n={n}",
                                   "headers": {"User-Agent": [AGENT], "Referer": ["http://ref.example/"]}},
                       "bytes_read": 0, "duration": 1.5, "size": 1234, "status": 200})


def nginx_json(n):
    return json.dumps({"time_iso8601": "2026-11-10T11:03:02+01:00", "remote_addr": f"192.0.2.{n % 250}", "request": f"GET /p?n={n} HTTP/1.1",
                       "status": "200", "body_bytes_sent": "1234", "request_time": "1.500", "http_host": "www.example.org",
                       "http_user_agent": AGENT, "http_referer": "http://ref.example/"})


def traefik_json(n):
    return json.dumps({"ClientHost": f"192.0.2.{n % 250}", "DownstreamContentSize": 1234, "DownstreamStatus": 200, "Duration": 1500000000,
                       "RequestHost": "www.example.org", "RequestMethod": "GET", "RequestPath": f"/p?n={n}",
                       "RequestProtocol": "HTTP/1.1", "StartUTC": "2026-11-10T10:03:02.123456789Z", "request_User-Agent": AGENT,
                       "request_Referer": "http://ref.example/"})


def clf(n, host=""):
    return f'{host}192.0.2.{n % 250} - - [10/Nov/2026:10:03:02 +0000] "GET /p?n={n} HTTP/1.1" 200 1234'


def headers():
    return f' "http://ref.example/" "{AGENT}"'


def alb(n):
    return (f'https 2026-11-10T10:03:02.186641Z app/my-lb/50dc 192.0.2.{n % 250}:2817 10.0.0.1:80 0.001 1.500 0.000 200 200 34 1234'
            f' "GET https://www.example.org:443/p?n={n} HTTP/2.0" "{AGENT}" ECDHE-RSA TLSv1.3 arn:aws:x "Root=1-58" "-" "-" 0')


def elb(n):
    return (f'2026-11-10T10:03:02.186641Z my-lb 192.0.2.{n % 250}:2817 10.0.0.1:80 0.001 1.500 0.000 200 200 0 1234'
            f' "GET http://www.example.org:80/p?n={n} HTTP/1.1" "{AGENT}" - -')


def s3(n):
    return (f'79a59 www.example.org [10/Nov/2026:10:03:02 +0000] 192.0.2.{n % 250} - 3E57 REST.GET.OBJECT p "GET /p?n={n} HTTP/1.1" 200 -'
            f' 1234 1234 1500 70{headers()} - id SigV4')


def squid(n):
    return f"1794304982.779   1500 192.0.2.{n % 250} TCP_MISS/200 1234 GET http://www.example.org/p?n={n} - HIER_DIRECT/10.0.0.1 text/html"


def traefik(n):
    return f'{clf(n)}{headers()} 7 "web@docker" "http://10.0.0.1:80" 1500ms'


# name, a line, what stands before the lines, and what of a line the format does not have
FORMATS = {
    "COMBINED": (lambda n: clf(n) + headers(), "", {"site", "duration"}),
    "VCOMBINED": (lambda n: clf(n, "www.example.org:80 ") + headers(), "", {"duration"}),
    "COMMON": (clf, "", {"site", "duration", "agent", "referer"}),
    "VCOMMON": (lambda n: clf(n, "www.example.org:80 "), "", {"duration", "agent", "referer"}),
    "W3C": (iis, IIS_HEAD, {"site"}),
    "IIS": (iis, IIS_HEAD, {"site"}),
    "CLOUDFRONT": (cloudfront, CLOUDFRONT_HEAD, set()),
    "AWSALB": (alb, "", {"referer"}),
    "AWSELB": (elb, "", {"referer"}),
    "AWSS3": (s3, "", set()),
    "CADDY": (caddy, "", set()),
    "JSON": (nginx_json, "", set()),
    "json": (traefik_json, "", set()),
    "SQUID": (squid, "", {"agent", "referer"}),
    "TRAEFIKCLF": (traefik, "", {"site"}),
}


def text_of(line, head, first, last):
    return (head + "".join(f"{line(n)}\n" for n in range(first, last + 1))).encode()


@pytest.mark.parametrize("recognized", [False, True], ids=["by name", "recognized"])
@pytest.mark.parametrize("name", list(FORMATS))
def test_a_format_is_read_as_its_server_means_it(logs, name, recognized):
    line, head, missing = FORMATS[name]
    log = logs.put("a.log", text_of(line, head, 1, 20))
    out, err = logs.run(*(() if recognized else ("--format", name)), log)
    assert "20 lines: 20 stored, 0 rejected" in out and ": uses " in out, out + err
    assert logs.numbers() == once(1, 20)
    [row] = logs.sql("select dt, site, ip, resource, status, bytes, referer from slim_stats where resource like '%n=7'")
    expected = (AT, "" if "site" in missing else "www.example.org", "192.0.2.7", "/p?n=7", 200, 1234,
                "" if "referer" in missing else "http://ref.example/")
    assert row == expected
    assert logs.sql("select distinct name from agent where name <> '' and name <> '(other)'") \
        == [("(not logged)" if "agent" in missing else AGENT,)]
    assert logs.sql("select count(*) from visits") == [(20,)]  # whoever cannot be told is taken for people
    if "duration" not in missing:
        assert logs.sql("select distinct duration_us from hit") == [(1_500_000,)]


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_format_grows_and_has_lines_that_cannot_be_read(logs, name):
    line, head, _ = FORMATS[name]
    whole = text_of(line, head, 1, 3) + b"this is no line\n" + text_of(line, "", 4, 500)
    log = logs.put("a.log", whole)
    out, err = logs.run("--format", name, "--rejects", logs.dir / "rejected", log, exit_code=1)
    assert "501 lines: 500 stored, 1 rejected" in out
    assert (logs.dir / "rejected").read_bytes() == b"this is no line\n"
    assert f"line {head.count(chr(10)) + 4}: " in err
    log.write_bytes(whole + text_of(line, "", 501, 505))
    assert "5 stored, 0 rejected" in logs.run("--format", name, log)[0]
    assert logs.numbers() == once(1, 505)


def test_the_fields_of_a_log_may_change_within_it(logs):
    other = "#Fields: time date c-ip cs-method cs-uri-stem sc-status\n10:03:02 2026-11-10 192.0.2.9 GET /p?n=2 404\n"
    log = logs.put("a.log", text_of(iis, IIS_HEAD, 1, 1) + other.encode())
    assert "2 stored, 0 rejected" in logs.run(log)[0]
    assert sorted(logs.sql("select dt, status from slim_stats")) == [(AT, 200), (AT, 404)]


def test_it_is_said_which_fields_are_used(logs):
    out = logs.run(logs.put("a.log", text_of(FORMATS["COMBINED"][0], "", 1, 2)))[0]
    assert "combined: uses %h %t %r %>s %b %{Referer}i %{User-Agent}i; leaves out %l %u\n" in out
    out = logs.run(logs.put("b.log", text_of(caddy, "", 3, 4)))[0]
    used, dropped = out.split("uses ")[1].split("; leaves out ")
    assert {"ts", "request.uri", "duration", "request.headers.user-agent"} <= set(used.split())
    assert {"level", "msg", "bytes_read"} <= set(dropped.split("\n")[0].split())


def test_a_name_that_is_not_known_is_told_with_those_that_are(logs):
    err = logs.run("--format", "NGINX", logs.put("a.log", b"x\n"), exit_code=2)[1]
    assert "neither the name of a format nor one at column 1" in err and "AWSALB" in err and "combined" in err


# --- compressed ---

def xz(data):
    return lzma.compress(data, preset=0)


def bzip2(data):
    return bz2.compress(data, 1)  # in small blocks


def zstd(data):
    return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout


def zip_of_one(data):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("access.log", data)
    return packed.getvalue()


PACKERS = {"xz": xz, "bzip2": bzip2, "zstd": zstd, "zip": zip_of_one}


@pytest.fixture(params=list(PACKERS))
def packed(request):
    return PACKERS[request.param]


def test_a_compressed_log_is_the_same_log(logs, packed):
    log = logs.put("access.log.x", packed(lines(1, 8000)))
    assert "8000 stored, 0 rejected" in logs.run(log)[0]
    assert "0 stored, 0 rejected, 8000 known before" in logs.run(log)[0]
    log.write_bytes(packed(lines(1, 8020)))
    assert "20 stored, 0 rejected, 8000 known before" in logs.run(log)[0]
    logs.run(logs.put("access.log", lines(1, 8025)))
    assert logs.numbers() == once(1, 8025)


def test_what_is_before_a_damage_counts_once(logs, packed):
    whole = packed(lines(1, 20_000))
    log = logs.put("access.log.x", whole[:len(whole) * 2 // 3])
    assert "damaged" in logs.run(log, exit_code=2)[1]
    log.write_bytes(whole)
    logs.run(log)
    assert logs.numbers() == once(1, 20_000)


def test_a_program_that_is_missing_is_named(logs):
    log = logs.put("access.log.xz", lzma.compress(lines(1, 10)))
    logs.env["PATH"] = str(logs.dir)
    assert "xz compressed it, and is not installed (package xz-utils)" in logs.run(log, exit_code=2)[1]


def test_standard_input_is_unpacked_before(logs):
    assert "unpack it before" in logs.run("-", data=lzma.compress(lines(1, 10)), exit_code=2)[1]


def test_a_log_of_which_no_line_fits_can_be_imported_by_another_format(logs):
    log = logs.put("a.log", text_of(lambda n: clf(n, "www.example.org ") + headers(), "\n", 1, 50))  # an empty line is none
    for _ in range(2):
        out, err = logs.run("--format", "CLOUDFRONT", log, exit_code=1)
        assert "0 stored, 50 rejected, 0 known" in out, out + err
    assert "50 stored, 0 rejected" in logs.run("--format", '%v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"', log)[0]
    assert "0 stored, 0 rejected, 51 known" in logs.run(log)[0]
    assert logs.numbers() == once(1, 50)


HEADS = ["May  7 09:00:00 web01 nginx[1]: ", "May 17 09:00:00 web01 nginx[1]: ", "<190>May  7 09:00:00 web01 nginx: ", "web-1  | ",
         "2026-11-10T10:03:02.1Z stdout F ", "2026-11-10T10:03:02.1Z ", "198.51.100.7,198.51.100.8 ", "(198.51.100.7) ", "1794304982.123 ", "12345 "]


@pytest.mark.parametrize("head", HEADS)
def test_what_stands_before_a_line_is_no_client_and_no_site(logs, head):
    """Of a syslog, a container, a list of proxies: nothing is stored under names that are none."""
    log = logs.put("a.log", text_of(lambda n: head + clf(n) + headers(), "", 1, 10))
    _, err = logs.run(log, exit_code=2)
    assert "no known format" in err, err


@pytest.mark.parametrize("site", ["www.example.org", "intranet", "192.0.2.1", "2001:db8::1"])
def test_a_host_before_a_line_is_its_site(logs, site):
    log = logs.put("a.log", text_of(lambda n: f"{site} {clf(n)}{headers()}", "", 1, 10))
    logs.run(log)
    assert logs.sql("select distinct site, ip from hits where resource = '/p?n=7'") == [(site, "192.0.2.7")]


def test_a_socket_is_nobody(logs):
    """nginx behind another one on the same machine."""
    log = logs.put("a.log", text_of(lambda n: (clf(n) if n % 3 else clf(n).replace(f"192.0.2.{n}", "unix:")) + headers(), "", 1, 10))
    assert "10 stored, 0 rejected" in logs.run(log)[0]
    assert logs.sql("select count(*) from hits where ip = '' or ip is null") == [(3,)]
