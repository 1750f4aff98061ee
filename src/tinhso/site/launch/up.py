"""
`./tinhso up`: everything on one machine as one process tree.

The parent makes the database, loads the pack and the demonstration, starts web, worker and sandbox, restarts what dies,
and takes all of it down with itself: by Ctrl-C, by SIGTERM, and even when it is killed (PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import IO

from tinhso.base.env import typed_path
from tinhso.site.launch import choices
from tinhso.site.launch.family import MARK, die_with_parent
from tinhso.site.threads import THREADS

ROOT = Path(__file__).resolve().parents[4]
STOP_WITHIN = 10.0
"""Seconds that a child gets to end by itself before it is killed."""
READY_WITHIN = 120.0
PEOPLE = "people.txt"
"""Written by `prepare` into the data folder, so that the banner need not start one more process."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LIVE_AFTER = 12
"""How far above the port of the web that of live screens lies, the last one that is used."""
LATELY = 60.0
"""Seconds within which a child that dies again is started more slowly."""


def run(_verb: str, arguments: list[str]) -> int:
    """Start, wait, stop. Returns 1 when the port or the data folder is taken, or when the pack has faults."""
    options = parse(arguments)
    environment(options)
    pack = Path(os.environ.get("TINHSO_PACK", ROOT / "provinces" / "quang-nam"))
    if not (pack / "province.yaml").exists():
        say(f"Không có gói dữ liệu của tỉnh ở {pack}: cần thư mục có province.yaml.")
        say(f"There is no pack of a province at {pack}: name a folder with a province.yaml.")
        return 1
    os.umask(0o077)  # what is kept is for this account only: dossiers, keys, logs
    data = Path(os.environ["TINHSO_DATA"])
    try:
        lock = hold(data)
    except Taken as no:
        say(str(no))
        return 1
    with lock:
        for port in ports(options):
            if taken(port):
                say(f"Cổng {port} đã có chương trình khác dùng; chọn --port khác.")
                say(f"Port {port} is taken; choose another with --port.")
                return 1
        warn_if_open(options)
        choices.keep(data, options.port, os.environ)
        if code := prepare(options, data):
            return code
        tree = Tree(children(options), data / "log", options.port)
        return tree.run(lambda: banner(options, data))


class Taken(Exception):  # noqa: N818 - an answer with a sentence for the reader
    """The data folder cannot be used now; the text says why and what to do."""


def hold(data: Path) -> IO[str]:
    """Make the data folder and take hold of it. Raises Taken when another process has it, or it cannot be written."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / choices.LOCK).open("w")
    except OSError as error:
        raise Taken(
            f"Không ghi được vào thư mục dữ liệu {data} ({error.strerror}); chọn --data khác hoặc cấp quyền ghi.\n"
            f"The data folder {data} cannot be written ({error.strerror}); choose another with --data, or allow writing."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise Taken(
            f"Thư mục {data} đang được một tiến trình khác dùng; dừng tiến trình đó hoặc chọn --data khác.\n"
            f"Another process is using {data}; stop it, or choose another folder with --data."
        ) from error
    return lock


def ports(options: argparse.Namespace) -> list[int]:
    """Return the ports that will be listened on: web and live; in a demonstration also sandbox and mailbox."""
    ours = [options.port, options.live_port]
    return ours if options.empty else [*ours, options.sandbox_port, options.sandbox_port + 1]


def warn_if_open(options: argparse.Namespace) -> None:
    """Say what it means when others on the network can reach the site."""
    if options.host in LOOPBACK:
        return
    say(f"Chú ý: máy khác trong mạng vào được địa chỉ {options.host}:{options.port}.")
    say(f"Mind: other machines on the network can reach {options.host}:{options.port}.")
    if not options.empty:
        say(
            "  Mật khẩu thử đã công bố: chỉ dùng để xem thử. / The demonstration's passwords are public: only for trying."
        )
    if "TINHSO_HOSTS" not in os.environ:
        say(
            "  Đặt TINHSO_HOSTS và TINHSO_PUBLIC_URL theo tên máy. / Set TINHSO_HOSTS and TINHSO_PUBLIC_URL to its name."
        )


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options of `up`."""
    parser = argparse.ArgumentParser(prog="./tinhso up")
    parser.add_argument("--port", type=port_number, default=os.environ.get("TINHSO_PORT", "8000"))
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--data", help="folder of everything that must survive a restart")
    parser.add_argument("--pack", help="folder of the province pack")
    parser.add_argument("--empty", action="store_true", help="no demonstration data, no sandbox")
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    options = parser.parse_args(arguments)
    options.sandbox_port, options.live_port = options.port + 10, options.port + LIVE_AFTER
    return options


def port_number(text: str) -> int:
    """Read a port. Raises ArgumentTypeError when there is no such port, or none above it for live and sandbox."""
    most = 65535 - LIVE_AFTER
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"{text}: một số từ 1 đến {most} / a number from 1 to {most}")
    return int(text)


def environment(options: argparse.Namespace) -> None:
    """Turn the options into settings that children inherit."""
    if options.data:
        os.environ["TINHSO_DATA"] = str(typed_path(options.data))
    os.environ.setdefault("TINHSO_DATA", str(ROOT / "var" / "data"))
    if options.pack:
        os.environ["TINHSO_PACK"] = str(typed_path(options.pack))
    os.environ[MARK] = "1"
    os.environ.setdefault("TINHSO_PUBLIC_URL", f"http://localhost:{options.port}")
    os.environ.setdefault("TINHSO_LIVE_DOOR", f"http://127.0.0.1:{options.live_port}")
    if not options.empty:
        os.environ.setdefault("TINHSO_SANDBOX_URL", f"http://127.0.0.1:{options.sandbox_port}")
        os.environ.setdefault("TINHSO_SMTP", f"127.0.0.1:{options.sandbox_port + 1}")
        os.environ.setdefault("TINHSO_DEMONSTRATION", "1")


def prepare(options: argparse.Namespace, data: Path) -> int:
    """Make the tables, load pack and demonstration; cheap when nothing changed. Returns 130 when it was broken off."""
    command = [sys.executable, "-m", "django", "prepare", "--skip-checks", "--people", str(data / PEOPLE)]
    command += ["--empty"] if options.empty else []
    with subprocess.Popen(command, cwd=ROOT, preexec_fn=_lead_a_group) as process:  # noqa: S603, PLW1509 - our own words
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait(STOP_WITHIN)
            say("Đã dừng giữa chừng; chạy lại lệnh này thì làm tiếp. / Broken off; the same command goes on from here.")
            return 130


def taken(port: int) -> bool:
    """Tell whether something listens on the port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Child:
    """One process of the tree."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)
    log: IO[bytes] | None = None


def granian(host: str, port: int, workers: int) -> list[str]:
    """Return the command of the page server."""
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    # most threads only wait at the gate (`site.gate`); "backpressure" counts connections, also those of idle browsers:
    # when it is reached, nobody new is heard until one of them closes;
    # a server process that is told to end while it still starts does not hear it: then it is ended after a minute
    web += [
        "--workers",
        str(workers),
        "--workers-kill-timeout",
        "60",
        "--blocking-threads",
        str(THREADS),
        "--backpressure",
        "4096",
    ]
    return [*web, "--no-ws", "--respawn-failed-workers", "--log-level", "warning", "tinhso.site.wsgi:application"]


def live_options(options: argparse.Namespace) -> list[str]:
    """Return where the live process listens and which web it asks."""
    return ["--port", str(options.live_port), "--pages", f"http://127.0.0.1:{options.port}"]


def children(options: argparse.Namespace) -> list[Child]:
    """Return the processes to run: web, worker, live and, in a demonstration, the sandbox."""
    found = [
        Child("web", granian(options.host, options.port, options.workers)),
        Child("worker", [sys.executable, "-m", "django", "worker", "--skip-checks"]),
        Child("live", [sys.executable, "-m", "tinhso.site.launch", "live", *live_options(options)]),
    ]
    if not options.empty:
        port, data = options.sandbox_port, Path(os.environ["TINHSO_DATA"]) / "sandbox"
        sandbox = ["tinhso.sandbox", "--port", str(port), "--data", str(data)]
        found.append(Child("sandbox", [sys.executable, "-m", *sandbox]))
    return found


def _lead_a_group() -> None:
    """Take the child out of reach of Ctrl-C (the parent ends it in order), and end it when the parent dies."""
    os.setsid()
    die_with_parent()


class Tree:
    """The children, kept alive until somebody asks for the end."""

    def __init__(self, children: list[Child], logs: Path, port: int) -> None:
        """Keep logs in `logs`, one file a child; the web is asked at `port` whether it answers."""
        self.children = children
        self.logs = logs
        self.port = port
        self.ending = False

    def run(self, when_ready: object) -> int:
        """Start all, call `when_ready` once the web answers, keep watch, stop all. Returns the exit code."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.end)
        try:
            for child in self.children:
                self.start(child)
            ready = self.wait_ready()
            if ready and callable(when_ready):
                when_ready()
            while not self.ending:
                self.watch()
                time.sleep(0.5)
        finally:
            self.stop()
        return 0 if ready else 1

    def start(self, child: Child) -> None:
        """Start one child with its output in its log."""
        child.log = (self.logs / f"{child.name}.log").open("ab")
        child.starts.append(time.monotonic())
        child.process = subprocess.Popen(  # noqa: S603 - our own words
            child.command,
            cwd=ROOT,
            stdout=child.log,
            stderr=child.log,
            preexec_fn=_lead_a_group,  # noqa: PLW1509 - we have one thread
        )

    def watch(self) -> None:
        """Start again whatever has died, slower each time it dies within a minute."""
        for child in self.children:
            if self.ending or child.process is None or child.process.poll() is None:
                continue
            recent = [start for start in child.starts if time.monotonic() - start < LATELY]
            say(f"{child.name}: dừng với mã {child.process.returncode}, chạy lại. / ended, starting again.")
            # what it started itself outlives a killed web: it would go on listening, unwatched
            _signal_group(child, signal.SIGKILL)
            time.sleep(min(len(recent), 10) * 0.5)
            self.start(child)

    def wait_ready(self) -> bool:
        """Wait until the web answers; say where the log is when it does not."""
        url, end = f"http://127.0.0.1:{self.port}/suc-khoe/", time.monotonic() + READY_WITHIN
        while time.monotonic() < end and not self.ending:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return True
            except urllib.error.HTTPError as answer:
                # a site that answers only to its public name answers
                if answer.code < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return True
                time.sleep(0.2)
            except OSError:
                time.sleep(0.2)
            if any(child.process and child.process.poll() is not None for child in self.children[:1]):
                break
        if not self.ending:
            say(f"Trang web chưa trả lời; xem {self.logs}/web.log. / The web does not answer; see {self.logs}/web.log.")
        self.ending = True
        return False

    def end(self, *_signal: object) -> None:
        """Ask the watch to end; called by Ctrl-C and SIGTERM."""
        self.ending = True

    def stop(self) -> None:
        """End every child: ask, wait, then kill its whole group."""
        for child in self.children:
            if child.process and child.process.poll() is None:
                _signal_group(child, signal.SIGTERM)
        end = time.monotonic() + STOP_WITHIN
        for child in self.children:
            if child.process:
                try:
                    child.process.wait(max(0.1, end - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.process.kill()
                    child.process.wait()
                _signal_group(child, signal.SIGKILL)
            if child.log:
                child.log.close()


def _signal_group(child: Child, number: signal.Signals) -> None:
    if child.process is None:
        return
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def banner(options: argparse.Namespace, data: Path) -> None:
    """Print where to go and who can sign in."""
    say(f"\n  Tỉnh Số đang chạy / is running: {os.environ['TINHSO_PUBLIC_URL']}/")
    if not options.empty:
        say(f"  Hộp thư, VNeID, cổng thanh toán thử / sandbox: {os.environ['TINHSO_SANDBOX_URL']}/\n")
        say((data / PEOPLE).read_text(encoding="utf-8"))
    say("\n  Ctrl-C để dừng / to stop.\n")
