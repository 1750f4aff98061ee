"""Clients who do whole acts over HTTP and write down, on disk before they go on, what they were told is done."""

from __future__ import annotations

import hashlib
import json
import os
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tinhso.modules.onestop.tests.playing import COPY, MINH_AN, pdf

ACTS = {
    "file": ("onestop.dossier_filed", 1),
    "accept": ("onestop.dossier_accepted", 2),
    "take": ("onestop.task_taken", 4),
    "ask-more": ("onestop.supplement_asked", 5),
    "answer": ("onestop.supplement_answered", 4),
    "propose": ("onestop.result_proposed", 4),
    "take-payment": ("onestop.payment_settled", None),
    "sign": ("onestop.result_signed", 4),
    "issue": ("onestop.result_issued", 9),
    "return": ("onestop.result_returned", 10),
    "withdraw": ("onestop.dossier_withdrawn", 7),
}
"""What each act journals, and in which national state it leaves the dossier."""
BUSY = (429, 502, 503, 504)
UNREADABLE = [{"component": "UQ", "reason": "unreadable", "text": "Chụp lại văn bản ủy quyền"}]


def longer(paper: bytes, by: int) -> bytes:
    """Return a PDF with a remark of so many random bytes, a multiple of two, before its end."""
    if not by:
        return paper
    body, mark, end = paper.rpartition(b"startxref")
    return body + b"%" + os.urandom(by // 2).hex().encode() + b"\n" + mark + end


class Ledger:
    """A file of what was answered, see `tinhso.site.proof.answered`."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("ab")
        self.lock = threading.Lock()

    def close(self) -> None:
        """Be done."""
        self.file.close()

    def write(self, **line: object) -> None:
        """Put a line on disk; when this returns, it is there."""
        with self.lock:
            self.file.write(json.dumps(line).encode() + b"\n")
            self.file.flush()
            os.fsync(self.file.fileno())


@dataclass
class Load:
    """Everybody who works on the platform, and what they were told."""

    address: str
    keys: dict[str, Any]
    ledger: Ledger
    patience: float = 120.0
    """Seconds after which a client gives up an act."""
    done: Counter[str] = field(default_factory=Counter)
    asked_again: int = 0
    given_up: int = 0
    seen: Counter[int] = field(default_factory=Counter)
    """How often each HTTP status was answered."""
    wrong: list[str] = field(default_factory=list)
    longest: float = 0.0
    """Seconds that the slowest answer took."""
    language: str = "vi"
    """What its browsers and programs ask to be answered in."""
    paper_bytes: int = 0
    """How much longer papers are than need be: content that no two have in common."""

    def ask(self, method: str, path: str, *, by: str, **given: Any) -> httpx.Response | None:
        """Send one request until it is answered; the key makes it one act however often it arrives. None: given up."""
        headers = {"Idempotency-Key": uuid.uuid4().hex, "Accept-Language": self.language}
        cookies = {}
        if by == "leader":
            cookies = {"phien": self.keys[by], "csrftoken": "c" * 32}
            headers["X-CSRFToken"] = "c" * 32
        else:
            headers["Authorization"] = f"Bearer {self.keys[by]}"
        end = time.monotonic() + self.patience
        with httpx.Client(cookies=cookies, timeout=30) as client:
            while time.monotonic() < end:
                began = time.monotonic()
                try:
                    answer = client.request(method, f"{self.address}{path}", headers=headers, **given)
                except httpx.TransportError:
                    answer = None
                self.longest = max(self.longest, time.monotonic() - began)
                if answer is not None:
                    self.seen[answer.status_code] += 1
                    if answer.status_code not in BUSY:
                        return answer
                self.asked_again += 1
                time.sleep(0.3)
        self.given_up += 1
        return None

    def act(self, name: str, code: str, *, by: str, **body: Any) -> bool:
        """Do one act on a dossier and write down its answer."""
        event, state = ACTS[name]
        answer = self.ask("POST", f"/api/dossiers/{code}/{name}", by=by, **({"json": body} if body else {}))
        done = answer is not None and answer.status_code in (200, 201)
        if answer is not None and not done:
            self.wrong.append(f"{name} {code}: {answer.status_code} {answer.text[:300]}")
            return False
        self.ledger.write(done=done, event=event, type="dossier", key=code, **({"state": state} if state else {}))
        self.done[name] += done
        return done

    def file_one(self) -> str:
        """Fill in, attach, file; return the code, or nothing when somebody gave up."""
        draft = self._answer("POST", "/api/applications", json={"service_code": COPY, "agency_code": MINH_AN})
        if draft is None:
            return ""
        base = f"/api/applications/{draft['id']}"
        for step, given in self.keys["answers"].items():
            if self._answer("PUT", f"{base}/steps/{step}", json={"answers": given}) is None:
                return ""
        delivery = {"result_way": "online", "phone": "0905123456"}
        if self._answer("PUT", f"{base}/delivery", json=delivery) is None:
            return ""
        if not self._attach(f"{base}/files", data={"component": "UQ"}):
            return ""
        filed = self._answer("POST", f"{base}/file")
        if filed is None:
            return ""
        self.ledger.write(done=True, event="onestop.dossier_filed", type="dossier", key=filed["code"], state=1)
        self.done["file"] += 1
        return str(filed["code"])

    def _attach(self, path: str, **given: Any) -> str:
        content = longer(pdf(width=random.randrange(100, 4000)), self.paper_bytes)
        added = self._answer("POST", path, files={"file": ("uy-quyen.pdf", content)}, **given)
        if added is None:
            return ""
        name = str(added.get("document_id") or added["id"])
        self.ledger.write(done=True, document=name, sha256=hashlib.sha256(content).hexdigest())
        return name

    def _answer(self, method: str, path: str, **given: Any) -> dict[str, Any] | None:
        answer = self.ask(method, path, by="citizen", **given)
        if answer is None:
            return None
        if answer.status_code not in (200, 201):
            self.wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            return None
        return answer.json()

    def whole_way(self, chance: random.Random) -> None:
        """Take one dossier as far as chance has it: withdrawn, asked for more, or all the way to its result."""
        code = self.file_one()
        if not code or not self.act("accept", code, by="desk"):
            return
        way = chance.random()
        if way < 0.15:
            self.act("withdraw", code, by="citizen", reason="Đổi ý")
            return
        if not self._take(code):
            return
        if way < 0.4 and not self._more(code):
            return
        if not self.act("propose", code, by="officer", kind="grant"):
            return
        if way > 0.6:
            self._end(code)

    def _take(self, code: str) -> bool:
        shown = self.ask("GET", f"/api/dossiers/{code}", by="officer")
        if shown is None or shown.status_code != 200:
            return False
        (task,) = shown.json()["tasks"]
        return self.act("take", code, by="officer", task_id=task["id"])

    def _more(self, code: str) -> bool:
        if not self.act("ask-more", code, by="officer", items=UNREADABLE):
            return False
        paper = self._attach("/api/files")
        if not paper:
            return False
        brought = [{"component": "UQ", "document_id": paper}]
        return self.act("answer", code, by="citizen", files=brought) and self._take(code)

    def _end(self, code: str) -> None:
        (
            self.act("take-payment", code, by="cashier", method="cash")
            and self.act("sign", code, by="leader", pin=self.keys["pin"])
            and self.act("issue", code, by="clerk")
            and self.act("return", code, by="desk", taken_by="Nguyễn Thị Tư")
        )

    def work(self, stop: threading.Event, seed: int, pause: float = 0.0) -> None:
        """Go on until told to stop."""
        chance = random.Random(seed)
        while not stop.is_set():
            try:
                self.whole_way(chance)
            except Exception as error:  # noqa: BLE001 - a client that dies says why
                self.wrong.append(repr(error))
            stop.wait(pause)
