"""
What starting costs: `./tinhso bench start`.

Starts the whole platform twice on a folder of its own, without demonstration: from nothing (tables, pack) and again when
nothing has changed. Prints the seconds until the first page answers, the processor seconds of the whole tree until then,
and the memory of the tree at rest: PSS, so that what processes share counts once (Linux; elsewhere 0).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from _world import ROOT, machine, parser, report, table

GIVE_UP = 180
REST = 5
PAGES = ("/", "/thu-tuc/", "/ho-so/tra-cuu/")


def free_port() -> int:
    """Return a port on which nothing listens, with the ten after it hopefully free as well."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """Return a process and everything it started."""
    found, queue = [], [pid]
    while queue:
        one = queue.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            queue += [int(child) for child in task.read_text().split()]
    return found


def memory(pid: int) -> dict[str, float]:
    """Return megabytes (PSS) by what runs: the launcher, web processes, the worker."""
    found: dict[str, float] = {}
    for one in descendants(pid):
        try:
            told = Path(f"/proc/{one}/smaps_rollup").read_text()
            command = Path(f"/proc/{one}/cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        name = next((word for word in ("granian", "worker", "launch") if word in command), "other")
        size = re.search(r"^Pss:\s+(\d+)", told, re.MULTILINE)
        found[name] = round(found.get(name, 0) + (int(size[1]) / 1024 if size else 0), 1)
    return found


def cpu(pid: int) -> float:
    """Return the processor seconds of a tree so far, those of children that ended included."""
    spent = 0
    for one in descendants(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        spent += sum(int(field) for field in fields[11:15])
    return round(spent / os.sysconf("SC_CLK_TCK"), 1)


def start(data: Path) -> dict[str, Any]:
    """Start the platform, ask pages, look at its memory, stop it."""
    port = free_port()
    command = [sys.executable, "-m", "tinhso.site.launch", "up", "--empty", "--port", str(port), "--data", str(data)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TINHSO_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        first = wait_for(f"http://127.0.0.1:{port}/", process, began)
        spent = cpu(process.pid)
        pages = {}
        for page in PAGES:
            asked = time.perf_counter()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=30) as answer:
                answer.read()
            pages[page] = round((time.perf_counter() - asked) * 1000, 1)
        time.sleep(REST)
        return {
            "first_page_seconds": round(first, 1),
            "cpu_seconds": spent,
            "pages_ms": pages,
            "memory_mb": memory(process.pid),
        }
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes], began: float) -> float:
    """Return the seconds until the page answers."""
    while time.perf_counter() - began < GIVE_UP:
        if process.poll() is not None:
            sys.exit(f"the platform ended with {process.returncode}; see its log")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return time.perf_counter() - began
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    sys.exit(f"no page within {GIVE_UP} seconds")


def main() -> None:
    """Measure and print."""
    options = parser(__doc__ or "").parse_args()
    folder = options.data or Path(tempfile.mkdtemp(prefix="tinhso-bench-"))
    try:
        facts = {**machine(), "from_nothing": start(folder), "again": start(folder)}
    finally:
        if options.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    report(options, facts, text(facts))


def text(facts: dict[str, Any]) -> str:
    """Return the figures as a table."""
    rows: list[list[object]] = [["", "from nothing", "again"]]
    first, again = facts["from_nothing"], facts["again"]
    rows += [[name.replace("_", " "), first[name], again[name]] for name in ("first_page_seconds", "cpu_seconds")]
    rows += [[f"{page} ms", first["pages_ms"][page], again["pages_ms"][page]] for page in PAGES]
    rows += [[f"{name} MB", size, again["memory_mb"].get(name, "")] for name, size in first["memory_mb"].items()]
    rows.append(["tree MB", round(sum(first["memory_mb"].values())), round(sum(again["memory_mb"].values()))])
    return f"{facts['cores']} cores, load {facts['load']}\n\n{table(rows)}"


if __name__ == "__main__":
    sys.exit(main())
