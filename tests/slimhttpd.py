"""A real httpd on a free port, with its own configuration, ring, state and logs.

The one place that knows how to start, reload, kill and ask it.
"""
import contextlib
import functools
import http.client
import json
import os
import pwd
import random
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

MODULES = Path("/usr/lib/apache2/modules")
COMMON_MODULES = ["authz_core", "authz_host", "authz_user", "authn_core", "authn_file", "auth_basic",
                  "dir", "mime", "alias", "env", "setenvif", "headers", "remoteip", "rewrite"]
# What httpd itself says at these levels in every healthy run of ours.
HARMLESS = [r"AH01882: Init: this version of mod_ssl", r"AH01873: Init: Session Cache", r"AH10034: The mpm module",
            r"AH1039[23]: children are killed successively", r"AH00045: child process \d+ still did not exit", r"AH00046: child process \d+ still did not exit"]
# While it is stopped event closes its pollset before a connection that goes idle just then; so it does without us.
HARMLESS_IN_A_STOP = r"\(9\)Bad file descriptor: AH03093: process_socket: apr_pollset_add failure"
IS_ROOT = os.geteuid() == 0
clock_offset = 0  # of all servers from the real clock
PATIENCE = 8  # so many times as long as an idle machine takes may a busy one take


class Build:
    """Where the module and the command under test are."""

    def __init__(self, base, out, environment=None):
        self.environment = environment or {}
        self.base = Path(base)
        self.module = Path(out) / "modules/mod_slimstats.so"
        self.command = Path(out) / "bin/slimstats"
        self.count = 0

    @functools.cached_property
    def clock_library(self):
        """What shows processes another clock."""
        library = self.base / "clock.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, Path(__file__).with_name("clock.c")], check=True)
        return library


used_ports = set()


def free_port():
    """Below the ports that the kernel gives to clients: none takes it before httpd does."""
    while True:
        port = random.SystemRandom().randrange(12000, 32000)
        with contextlib.suppress(OSError), socket.socket() as s:
            s.bind(("127.0.0.1", port))
            if port not in used_ports:
                used_ports.add(port)
                return port


def poll(condition, seconds):
    """Looks until condition() is true or the time is over; returns its last value. What takes long to look at is looked at less often."""
    end = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        if (value := condition()) or time.monotonic() >= end:
            return value
        time.sleep(min(max(0.03, 8 * (time.monotonic() - began)), 0.5))


def wait_for(condition, seconds=10, what="condition"):
    """Waits until condition() is true; returns its value. seconds: that an idle machine may take, at most."""
    value = poll(condition, seconds * PATIENCE)
    assert value, f"{what}: not within {seconds * PATIENCE} s"
    return value


def now():
    """The second that it is for servers."""
    return int(time.time()) + clock_offset


class Clock:
    """Another wall clock for servers and their commands, that can be set while they run: see clock.c."""

    def __init__(self, build):
        build.count += 1
        self.path = build.base / f"{os.getpid()}-{build.count}-clock"
        self.path.write_bytes(bytes(8))
        self.path.chmod(0o644)
        self.env = {"LD_PRELOAD": str(build.clock_library), "SLIM_CLOCK": str(self.path), "TZ": "UTC"}

    def write(self, seconds, stands):
        with open(self.path, "r+b", buffering=0) as file:
            file.write(struct.pack("=q", int(seconds * 1000000) << 1 | stands))

    def shift(self, seconds):
        """So far from the real time."""
        self.write(seconds, 0)

    def go_on_from(self, second):
        self.shift(second - int(time.time()))

    def stand_at(self, second):
        self.write(second, 1)


def words_of(proc):
    """The command line of any process on the machine; other tests' may be no text."""
    return (proc / "cmdline").read_text(errors="replace").replace("\0", " ")


class Server:
    def __init__(self, build, name, mpm="event", config="", modules=(), capture=True, env=None,
                 log_level="warn", settings="", tls=False, load_module=True, state=None, wrapper=(),
                 listen=None):
        build.count += 1
        safe = re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:30]
        self.build, self.mpm, self.tls = build, mpm, tls
        self.dir = build.base / f"{os.getpid()}-{build.count}-{safe}"
        self.port = free_port()
        self.tls_port = free_port() if tls else None
        self.www, self.run, self.logs, self.cores = self.dir / "www", self.dir / "run", self.dir / "logs", self.dir / "cores"
        for directory in (self.www, self.run, self.logs, self.cores):
            directory.mkdir(parents=True)
        self.cores.chmod(0o777)
        for path in (self.dir, self.www, self.run):
            path.chmod(0o755)
        self.state = Path(state) if state else self.dir / "state"
        self.store = self.state / "stats.db"
        self.expected = list(HARMLESS)
        self.loads, self.asked = [], 0  # all that was sent: by loads, and one by one to what is recorded
        self.stops = []  # ranges of error_log's lines that came while httpd was stopped
        self.env = dict(os.environ, **build.environment)
        for name, value in (env or {}).items():
            both = name == "LD_PRELOAD" and name in self.env
            self.env[name] = f"{self.env[name]}:{value}" if both else value
        self.wrapper = list(wrapper)
        self.process = None
        (self.www / "index.html").write_text("<!DOCTYPE html><title>t</title><p>hello\n")
        os.utime(self.www / "index.html", (1700000000, 1700000000))  # young files have weak ETags
        self.options = dict(config=config, modules=modules, capture=capture, log_level=log_level,
                            settings=settings, load_module=load_module)
        self.write_config()

    # --- configuration ---

    def write_config(self, **changes):
        self.options.update(changes)
        o = self.options
        modules = [f"mpm_{self.mpm}", *COMMON_MODULES, *o["modules"], *(["ssl", "http2"] if self.tls else [])]
        loads = "\n".join(f"LoadModule {m}_module {MODULES}/mod_{m}.so" for m in dict.fromkeys(modules))
        slim = ""
        if o["load_module"]:
            slim = f"""
LoadModule slimstats_module {self.build.module}
SlimStatsState {self.state}
SlimStatsRecorder {self.build.command}
{"SlimStats On" if o["capture"] else ""}
{o["settings"]}
<Location "/stats">
    SetHandler slimstats
    Require local
</Location>"""
        (self.dir / "httpd.conf").write_text(f"""
ServerRoot {self.dir}
DefaultRuntimeDir {self.run}
PidFile {self.run}/httpd.pid
CoreDumpDirectory {self.cores}
ServerName localhost
Listen 127.0.0.1:{self.port}
{f"Listen 127.0.0.1:{self.tls_port}" if self.tls else ""}
{"User www-data" if IS_ROOT else ""}
{"Group www-data" if IS_ROOT else ""}
{loads}
TypesConfig /etc/mime.types
ErrorLog {self.logs}/error_log
LogLevel {o["log_level"]}
LogFormat "%>s %O %a \\"%r\\" \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" access
CustomLog {self.logs}/access_log access
DocumentRoot {self.www}
<Directory {self.www}>
    Require all granted
</Directory>
GracefulShutdownTimeout 5
{slim}
{self.tls_vhost() if self.tls else ""}
{o["config"]}
""")

    def tls_vhost(self):
        key, cert = self.dir / "key.pem", self.dir / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", cert],
                       check=True, capture_output=True)
        return f"""
Protocols h2 h2c http/1.1
<VirtualHost 127.0.0.1:{self.tls_port}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile {cert}
    SSLCertificateKeyFile {key}
    DocumentRoot {self.www}
</VirtualHost>"""

    # --- life ---

    def httpd(self, *arguments, check=True):
        return subprocess.run([*self.wrapper, "/usr/sbin/apache2", "-f", str(self.dir / "httpd.conf"), *arguments],
                              env=self.env, check=check, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)

    @property
    def pid(self):
        try:
            return int((self.run / "httpd.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def start(self, wait=True):
        poll(self.has_a_free_port, 10)
        self.httpd("-k", "start")
        wait_for(self.runs, 10, "httpd has written its pid")
        wait_for(self.answers, 10, "httpd answers")
        if wait and self.options["capture"] and self.options["load_module"]:
            poll((self.state / "journal").exists, 1)  # before that it is in vain to start commands that ask
            wait_for(lambda: self.state_word() != "recorder-down", 10, "recorder runs")

    def has_a_free_port(self):
        """A process that was killed has no command line any more, and its socket a moment longer."""
        with contextlib.suppress(OSError), socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", self.port))
            return True
        return False

    def runs(self):
        return self.pid is not None and alive(self.pid)

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    @contextlib.contextmanager
    def running(self):
        """Started, and gone at the end, also when what comes first fails."""
        try:
            self.start()
            yield self
        finally:
            self.stop()
            self.clean()

    def stop(self, how="-TERM"):
        pid, lines = self.pid, len(self.log_lines())
        for _ in range(8 * PATIENCE):  # httpd forgets a signal that comes while it restarts
            if not pid or not alive(pid):
                break
            os.kill(pid, {"-TERM": signal.SIGTERM, "-WINCH": signal.SIGWINCH}[how])
            poll(lambda: not alive(pid), 2)
        assert not pid or not alive(pid), "httpd does not end"
        wait_for(lambda: not self.processes(), 10, "all processes end")
        self.stops.append(range(lines, len(self.log_lines())))

    def graceful(self):
        self.reload(signal.SIGUSR1)

    def restart(self):
        self.reload(signal.SIGHUP)

    def reload(self, how):
        """Returns when httpd has read its configuration again."""
        before = self.begun()
        os.kill(self.pid, how)
        wait_for(lambda: self.begun() > before, 10, "httpd goes on")

    def begun(self):
        """How often httpd has begun or gone on after a reload."""
        return sum("resuming normal operations" in line for line in self.log_lines())

    def processes(self):
        """Pids of all that belongs to this server: by its configuration file, or its ring."""
        found = []
        for proc in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(self.dir) in words_of(proc):
                    found.append(int(proc.name))
                elif self.recorder_of(proc):
                    found.append(int(proc.name))
        return found

    def recorder_of(self, proc):
        if "slimstats record" not in words_of(proc):
            return False
        with contextlib.suppress(OSError):
            return str(self.dir) in os.readlink(proc / "fd/3")
        return False

    def recorder_pid(self):
        for proc in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if self.recorder_of(proc):
                    return int(proc.name)
        return None

    def children(self):
        return [p for p in self.processes() if p not in (self.pid, self.recorder_pid())]

    def kill_recorder(self):
        pid = wait_for(self.recorder_pid, 10, "a recorder")
        os.kill(pid, signal.SIGKILL)
        return pid

    def kill_all(self):
        """kill -9 of everything at once. While all stand still the recorder goes first: it would see that its parent is dead,
        and end in order."""
        def send(how, pids):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)

        def kill():
            send(signal.SIGSTOP, self.processes())
            send(signal.SIGKILL, filter(None, [self.recorder_pid()]))
            send(signal.SIGKILL, self.processes())
            return not self.processes()
        wait_for(kill, 10, "all are killed")
        # where nobody reaps orphans, a dead parent's pid would seem to be running
        (self.run / "httpd.pid").unlink(missing_ok=True)

    def clean(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    # --- asking ---

    def get(self, path="/", headers=None, method="GET", body=None):
        """Status, headers and body of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            answer = response.status, response.getheaders(), response.read()
        finally:
            connection.close()
        self.asked += not path.startswith("/stats")
        return answer

    def raw(self, data, wait=60.0):
        """What comes back for bytes on a connection of their own, until httpd closes it."""
        with socket.create_connection(("127.0.0.1", self.port), 60) as s:
            s.sendall(data)
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_WR)
            s.settimeout(wait)
            answer = b""
            with contextlib.suppress(OSError):
                while chunk := s.recv(65536):
                    answer += chunk
            return answer

    def cli(self, *arguments, check=None):
        result = subprocess.run([str(self.build.command), arguments[0], "--store", f"sqlite:{self.store}",
                                 "--state", str(self.state), *arguments[1:]],
                                capture_output=True, text=True, env=self.env)
        if check is not None:
            assert result.returncode == check, result.stdout + result.stderr
        return result

    def status(self):
        return json.loads(self.cli("status", "--json").stdout)

    def state_word(self):
        with contextlib.suppress(json.JSONDecodeError):
            return self.status()["state"]
        return "recorder-down"

    def ledger(self):
        return self.status()["ledger"]

    def report(self, name, *arguments):
        return json.loads(self.cli("report", name, "--format", "json", *arguments, check=0).stdout)

    @contextlib.contextmanager
    def as_httpd_user(self):
        """root that opens a store makes files beside it that are root's for a moment."""
        if not IS_ROOT:
            yield
            return
        user = pwd.getpwnam("www-data")
        os.setegid(user.pw_gid)
        os.seteuid(user.pw_uid)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)

    def sql(self, text, *values):
        with self.as_httpd_user(), contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=5)) as db:
            db.text_factory = lambda b: b.decode("utf-8", "surrogateescape")
            return db.execute(text, values).fetchall()

    def write_sql(self, text):
        """As somebody who does not know that only the recorder should write."""
        with self.as_httpd_user(), contextlib.closing(sqlite3.connect(self.store, timeout=10)) as db:
            db.executescript(text)

    def count(self):
        try:
            return self.sql("select count(*) from hit")[0][0]
        except sqlite3.OperationalError:
            return 0

    def count_own(self):
        """Requests that httpd made itself, to wake its children: OPTIONS *."""
        return self.sql("select count(*) from hit join resource on resource.id = hit.resource where resource.name = '*'")[0][0] if self.count() else 0

    def wait_stored(self, count, seconds=15):
        try:
            wait_for(lambda: self.count() >= count, seconds, f"{count} hits stored")
        except AssertionError as error:
            listing = subprocess.run(["ls", "-la", str(self.state)], capture_output=True, text=True).stdout
            raise AssertionError(f"{error}: {self.count()}\n{self.status()}\n{listing}\n"
                                 + "\n".join(self.log_lines()[-10:])) from None

    def stored_numbers(self):
        """How often each ?n=… was stored."""
        if not self.count():
            return Counter()
        rows = self.sql("select resource.name from hit join resource on resource.id = hit.resource")
        return Counter(int(m.group(1)) for (name,) in rows if (m := re.search(r"[?&]n=(\d+)", name)))

    # --- the error log ---

    def log_lines(self):
        with contextlib.suppress(FileNotFoundError):
            return (self.logs / "error_log").read_text(errors="replace").splitlines()
        return []

    def our_lines(self, level="error|warn|notice"):
        return [l for l in self.log_lines() if re.search(rf"\[slimstats:({level})\]", l)]

    def expect(self, *patterns):
        self.expected += patterns

    def ignore_httpd_after(self, lines):
        """An ungraceful stop now and then trips event over its own connections; that is not ours."""
        self.stop_lines = lines

    def unexpected_lines(self):
        stop = getattr(self, "stop_lines", None)
        lines = [l for n, l in enumerate(self.log_lines())
                 if not (re.search(HARMLESS_IN_A_STOP, l) and any(n in stopped for stopped in self.stops))
                 and (stop is None or n < stop or re.search(r"\[slimstats:|Sanitizer|runtime error", l))]
        bad = [l for l in lines
               if re.search(r":(emerg|alert|crit|error|warn)\]|Sanitizer|runtime error|exit signal", l)]
        return [l for l in bad if not any(re.search(p, l) for p in self.expected)]


    def backtraces(self):
        """Where children crashed, as far as they left a core and there is a gdb."""
        found = []
        for core in sorted(self.cores.iterdir()) if shutil.which("gdb") else []:
            gdb = subprocess.run(["gdb", "-batch", "-ex", "bt", "-ex", "thread apply all bt 12", "/usr/sbin/apache2", str(core)], capture_output=True, text=True)
            found.append(f"{core.name}:\n{gdb.stdout}")
        return found


def unmount(path):
    """Whoever was killed a moment ago may hold it still."""
    def done():
        return subprocess.run(["umount", str(path)], capture_output=True).returncode == 0
    wait_for(done, 10, f"{path} is unmounted")


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


class Load:
    """Numbered requests from several threads until stopped; keeps what was answered, and whether an
    answer differed from the first one."""

    def __init__(self, server, threads=4, path="/?n={n}", pause=0.0, headers=None, first=0):
        self.server, self.path, self.pause, self.headers = server, path, pause, headers or {}
        server.loads.append(self)
        self.next, self.lock = first, threading.Lock()
        self.answered, self.failed, self.bodies = [], [], Counter()
        # The last answer of each connection. Only there can the client have its answer before httpd has come to the hook:
        # the next request of a connection is read after it.
        self.last = set()
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def take(self):
        with self.lock:
            self.next += 1
            return self.next

    def work(self):
        connection, last = None, None
        while not self.stopping.is_set():
            n = self.take()
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
                connection.request("GET", self.path.format(n=n), headers=self.headers)
                response = connection.getresponse()
                body = response.read()
                kept = tuple(h for h in response.getheaders() if h[0] not in ("Date", "Keep-Alive", "Connection"))
                self.answered.append(n)
                self.bodies[(response.status, kept, body)] += 1
                last = n
                if response.will_close:
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(n)
                connection = None
                if isinstance(error, OSError):
                    time.sleep(0.02)
            if last and connection is None:
                self.last.add(last)
                last = None
            if self.pause:
                time.sleep(self.pause)
        if last:
            self.last.add(last)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def go_on(self, count):
        """Until so many more were answered."""
        answered = len(self.answered)
        wait_for(lambda: len(self.answered) >= answered + count, 20, f"{count} more answers")

    def run_for(self, seconds):
        """For what has no end that could be waited for: that something does not happen."""
        with self:
            time.sleep(seconds)
        return self

    def run_count(self, count):
        with self:
            wait_for(lambda: len(self.answered) + len(self.failed) >= count, 120, f"{count} requests")
        return self


def assert_conserved(server, load, seconds=30, may_miss=0):
    """I2: every request that was answered by this server is stored once, or counted as dropped, and no other is; nothing waits.
    A request that failed may have been seen. may_miss: so many may have been answered by a child that was killed before the hook."""
    answered = server.asked + sum(len(one.answered) for one in server.loads)
    failed = sum(len(one.failed) for one in server.loads)

    def recorded(ledger):
        return ledger["seen"] - sum(ledger["excluded"].values())

    def look():
        """Of one moment: httpd asks itself whenever it likes."""
        own, status, count = server.count_own(), server.status(), server.count()
        return status["ledger"], status["imports"]["stored"], own, count

    def settled():
        ledger, imported, own, count = seen = look()
        quiet = set(ledger["waiting"].values()) == {0} and ledger["unaccounted"] == 0 and ledger["stored"] + imported == count
        return quiet and recorded(ledger) >= answered + own - may_miss and own == server.count_own() and seen
    ledger, imported, own, count = poll(settled, seconds * PATIENCE) or look()
    assert set(ledger["waiting"].values()) == {0}, f"{ledger['waiting']} wait"
    answered += own
    stored, dropped = server.stored_numbers(), sum(ledger["dropped"].values())
    doubled = {n: c for n, c in stored.items() if c > 1}
    assert not doubled, f"stored more than once: {list(doubled.items())[:5]}"
    assert answered - may_miss <= recorded(ledger) <= answered + failed, \
        f"{answered} were answered and {failed} failed, {recorded(ledger)} were recorded: {ledger}"
    assert ledger["stored"] + imported == count and ledger["unaccounted"] == 0, ledger
    missing = len(set(load.answered) - set(stored))
    alone = server.loads == [load] and not server.asked
    assert missing - may_miss <= dropped <= (missing if alone else dropped) + failed, \
        f"{missing} answered hits are missing, {dropped} were counted as dropped"
    return ledger


def assert_visitor_saw_nothing(load):
    """I1: one answer for all requests, and none that failed."""
    assert not load.failed, f"{len(load.failed)} requests failed"
    assert len(load.bodies) == 1, f"answers differ: {list(load.bodies)[:2]}"
    ((status, _, body),) = load.bodies
    assert status == 200
    assert not re.search(rb"denied|sqlite|INSERT|journal|/var/lib", body, re.I)
