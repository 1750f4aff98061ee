"""
A rolling restart under load: two instances behind the real nginx with the configuration we ship, clients that read and
act all the while, each instance restarted in turn. Nothing fails, and what was answered as done was done once.
"""

from __future__ import annotations

import io
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx
import pytest
from PIL import Image
from tests.journeys.house import ROOT, environment_of, prepared
from tests.operating import debian, proxy

READS = ("/", "/thu-tuc/", "/tro-giup/", "/so-cai/")
DRAIN = "3"
TOKEN = """
import django; django.setup()
from datetime import timedelta
from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.kernel.identity.public import add_account, find_or_add_person, issue_token
door, at = system("demo"), now()
person = find_or_add_person(citizen_number="049190000123", full_name="Người Thử Tải", actor=door, at=at)
account = add_account("nguoi-thu-tai", person=person, actor=door, at=at)
print(issue_token(account, name="x", scopes=["dossier:write"], expires_at=at + timedelta(days=1), actor=door, at=at)[1])
"""


@dataclass
class Site:
    """Two instances and where they are reached."""

    url: str
    data: Path
    run: Path
    ports: tuple[int, int]
    environment: dict[str, str]
    token: str = ""
    started: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start an instance and wait until the proxy may send it requests."""
        command = [sys.executable, "-m", "tinhso.site.launch", "web", "--name", name, "--drain", DRAIN]
        command += ["--port", str(self.ports[int(name) - 1]), "--workers", "1"]
        with (self.data / f"web-{name}.log").open("ab") as out:
            self.started[name] = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=out, stderr=out)
        self.wait_ready(name)

    def wait_ready(self, name: str) -> None:
        """Wait until an instance answers and no longer drains."""
        end, address = time.monotonic() + 90, f"http://127.0.0.1:{self.ports[int(name) - 1]}/readyz"
        while time.monotonic() < end:
            try:
                if httpx.get(address, timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError((self.data / f"web-{name}.log").read_text()[-3000:])

    def restart(self, name: str) -> None:
        """Restart an instance as `systemctl restart` does: SIGTERM, wait for its end, start."""
        old = self.started[name]
        old.send_signal(signal.SIGTERM)
        assert old.wait(60) == 0
        self.start(name)

    def stop(self) -> None:
        """End what runs."""
        for process in self.started.values():
            process.terminate()
        for process in self.started.values():
            try:
                process.wait(70)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give the site behind its proxy."""
    debian.program("nginx")
    folder = tmp_path_factory.mktemp("rolling")
    data, run = folder / "data", folder / "run"
    shutil.copytree(prepared("quang-nam"), data)
    run.mkdir()
    http, https, first, second = proxy.free_ports(4)
    environment = environment_of("quang-nam", data, https) | {
        "TINHSO_PUBLIC_URL": f"https://localhost:{https}",
        "TINHSO_RUN": str(run),
        "TINHSO_PROXIES": "1",
        "TINHSO_API_PER_MINUTE": "100000",
    }
    main = proxy.configure(folder, run, http, https, (first, second))
    site = Site(f"https://localhost:{https}", data, run, (first, second), environment)
    made = subprocess.run(
        [sys.executable, "-c", TOKEN], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    site.token = made.stdout.strip()
    try:
        site.start("1")
        site.start("2")
        with proxy.serving(main, https):
            yield site
    finally:
        site.stop()


def paper(turn: int) -> bytes:
    """Return a scanned page unlike every other."""
    page = io.BytesIO()
    Image.new("RGB", (8 + turn % 50, 8 + turn // 50), (turn % 255, 40, 90)).save(page, "PNG")
    return page.getvalue()


class Hammer:
    """Clients that ask without a pause and note every answer."""

    def __init__(self, site: Site) -> None:
        """Begin; `rest()` ends it."""
        self.site = site
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []
        self.saved: list[str] = []
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.read) for _ in range(3)]
        self.threads += [threading.Thread(target=self.act, args=(start,)) for start in (0, 100_000)]
        for thread in self.threads:
            thread.start()

    def rest(self) -> None:
        """Stop asking."""
        self.over.set()
        for thread in self.threads:
            thread.join()

    def client(self) -> httpx.Client:
        trusted = ssl.create_default_context(cafile=str(self.site.data.parent / "fullchain.pem"))
        return httpx.Client(base_url=self.site.url, verify=trusted, timeout=60)

    def read(self) -> None:
        with self.client() as client:
            for path in cycle(READS):
                if self.over.is_set():
                    return
                self.note("read", lambda path=path: client.get(path), 200)

    def act(self, start: int) -> None:
        with self.client() as client:
            turn, headers = start, {"Authorization": f"Bearer {self.site.token}"}
            while not self.over.is_set():
                sent = {"file": (f"trang-{turn}.png", paper(turn))}
                answer = self.note("act", lambda sent=sent: client.post("/api/files", files=sent, headers=headers), 201)
                if answer is not None:
                    self.saved.append(answer.json()["id"])
                turn += 1

    def note(self, kind: str, ask, expected: int) -> httpx.Response | None:
        try:
            answer = ask()
        except httpx.HTTPError as error:
            with self.lock:
                self.failures.append(f"{kind}: {error!r}")
            return None
        with self.lock:
            self.answers[kind] += 1
            if answer.status_code != expected:
                self.failures.append(f"{kind}: {answer.status_code} {answer.text[:200]}")
                return None
        return answer


def test_each_instance_is_restarted_in_turn_and_no_request_is_lost(site: Site):
    hammer = Hammer(site)
    try:
        time.sleep(2)
        for name in ("1", "2", "1", "2"):
            before = Counter(hammer.answers)
            site.restart(name)
            during = hammer.answers - before
            assert during["read"] > 3, "nobody asked while it was restarted"
            assert during["act"] > 3
            time.sleep(1)
    finally:
        hammer.rest()
    assert hammer.failures == [], Counter(hammer.failures).most_common(5)
    assert "crit" not in (site.data.parent / "error.log").read_text(), "nginx could not look for the marks"
    with sqlite3.connect(site.data / "tinhso.sqlite3") as database:
        kept = [row[0] for row in database.execute("SELECT id FROM documents_document WHERE name LIKE 'trang-%'")]
    assert sorted(kept) == sorted(each.replace("-", "") for each in hammer.saved)


def test_while_it_drains_an_instance_says_so_and_still_answers(site: Site):
    process, address = site.started["1"], f"http://127.0.0.1:{site.ports[0]}"
    process.send_signal(signal.SIGTERM)
    try:
        mark, end = site.run / "draining-1", time.monotonic() + 10
        while not mark.exists() and time.monotonic() < end:
            time.sleep(0.02)
        assert httpx.get(f"{address}/readyz").status_code == 503
        assert httpx.get(f"{address}/healthz").status_code == 200
        assert process.wait(60) == 0
    finally:
        site.start("1")
    assert not mark.exists()


def test_the_proxy_keeps_figures_and_probes_to_the_machine(site: Site):
    trusted = ssl.create_default_context(cafile=str(site.data.parent / "fullchain.pem"))
    with httpx.Client(base_url=site.url, verify=trusted) as client:
        assert client.get("/metrics").status_code == 404
        assert client.get("/readyz").status_code == 404
        answer = client.get("/tro-giup/", headers={"X-Request-Id": "invented-by-me"})
        assert answer.status_code == 200
        assert answer.headers["X-Request-Id"] != "invented-by-me"
    assert httpx.get(f"http://127.0.0.1:{site.ports[1]}/metrics").status_code == 200
