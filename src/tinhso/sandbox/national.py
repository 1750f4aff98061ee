"""
A national portal to try against: the services of `adapters.national_portal`, and a page that shows what it was told.

`/national/` can be told to be away, to be slow, or to refuse a procedure; a dossier can be filed here at a central system, as if a
ministry worked it.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import time
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from tinhso.base.clock import civil, now
from tinhso.sandbox.config import Config
from tinhso.sandbox.store import Store
from tinhso.sandbox.web import App, Request, Response, as_json, hidden, page, redirect, text

PAGE = 200
SHOWN = 100
UNKNOWN_PROCEDURE, BAD_CODE, UNKNOWN_DOSSIER, BAD_STATE = 12, 10, 14, 16
PROCEDURE = re.compile(r"[1-9]\.\d{6}(\.[\w.]+)?")
DOSSIER = re.compile(r"[\w.]+-\d{6}(\d{2})?-\d{4,7}")
STATES = range(1, 11)
TOKEN_LIVES = timedelta(hours=1)
MODES = ("", "away", "slow", "refuse", "garbled", "forgetful")
"""As it should; 503; slow; a no to every dossier; no JSON; every token is over at once."""


class NationalPortal:
    """The portal."""

    def __init__(self, config: Config, store: Store) -> None:
        """Keep what it is told in `store`."""
        self.config, self.store = config, store
        self.tokens: dict[str, datetime] = {}
        self.mode = ""
        self.asked: list[str] = []
        """Services in the order in which they were asked: for tests."""

    def add_to(self, app: App) -> None:
        """Add the addresses."""
        app.add("GET", "/national/", self.shown)
        app.add("GET", "/national/api/dossiers", self.api)
        app.add("POST", "/national/mode", self.switch)
        app.add("POST", "/national/file", self.file)
        app.add("POST", "/national/LayToken", self.token)
        for name, service in (
            ("DongBoHoSoMC", self.dossiers),
            ("CapNhatTienDoHoSoMC", self.steps),
            ("TraCuuHoSo", self.look_up),
        ):
            app.add("POST", f"/national/{name}", self._guarded(name, service))

    def _guarded(self, name: str, service: Any) -> Any:
        def answer(request: Request) -> Response:
            self.asked.append(name)
            if self.mode == "away":
                return Response("", HTTPStatus.SERVICE_UNAVAILABLE)
            if self.mode == "slow":
                time.sleep(self.config.slow_seconds)
            if self.mode == "garbled":
                return Response("<html>", 200)
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            if self.mode == "forgetful" or self.tokens.get(token, now()) <= now():
                return as_json({"loi": "token"}, status=HTTPStatus.UNAUTHORIZED)
            try:
                found: Response = service(request.json())
            except (ValueError, KeyError, TypeError) as fault:
                return as_json({"loi": str(fault)}, status=HTTPStatus.BAD_REQUEST)
            return found

        return answer

    def token(self, request: Request) -> Response:
        """Give a token to who has the key."""
        self.asked.append("LayToken")
        if self.mode == "away":
            return Response("", HTTPStatus.SERVICE_UNAVAILABLE)
        given = request.json()
        right = hmac.compare_digest(str(given.get("KhoaBiMat", "")).encode(), self.config.national_secret.encode())
        if not right or given.get("MaDonVi") != self.config.national_unit:
            return as_json({"loi": "MaDonVi, KhoaBiMat"}, status=HTTPStatus.FORBIDDEN)
        made = secrets.token_urlsafe(24)
        self.tokens[made] = now() + TOKEN_LIVES
        return as_json({"token": made, "hethan": int(TOKEN_LIVES.total_seconds())})

    def dossiers(self, asked: dict[str, Any]) -> Response:
        """Take dossiers: the same code again replaces what was known."""
        return as_json({"ketqua": [self._dossier(row) for row in asked["data"]]})

    def _dossier(self, row: dict[str, Any]) -> dict[str, Any]:
        code, number, words = str(row["MaHoSo"]), 0, ""
        if self.mode == "refuse" or not PROCEDURE.fullmatch(str(row["MaTTHC"])):
            number, words = UNKNOWN_PROCEDURE, f"TTHC {row['MaTTHC']} không tồn tại"
        elif not DOSSIER.fullmatch(code):
            number, words = BAD_CODE, "MaHoSo sai cấu trúc"
        elif int(row["TrangThaiHoSo"]) not in STATES:
            number, words = BAD_STATE, "TrangThaiHoSo"
        else:
            self._keep(row, central=False)
        return {"MaHoSo": code, "ma": number, "thongbao": words}

    def _keep(self, row: dict[str, Any], *, central: bool) -> None:
        self.store.run(
            "INSERT INTO national_dossier (code, day, data, central, times) VALUES (?, ?, ?, ?, 1) ON CONFLICT (code) DO UPDATE "
            "SET data = excluded.data, times = times + 1",
            row["MaHoSo"], str(row["NgayNopHoSo"])[:8], json.dumps(row, ensure_ascii=False), int(central),
        )  # fmt: skip

    def steps(self, asked: dict[str, Any]) -> Response:
        """Take steps of dossiers that it knows: the same step again is one."""
        found = []
        for row in asked["data"]:
            known = self.store.one("SELECT code FROM national_dossier WHERE code = ?", row["MaHoSo"])
            number = 0 if known else UNKNOWN_DOSSIER
            if known:
                self.store.run(
                    "INSERT OR IGNORE INTO national_step (code, at, who, what, data) VALUES (?, ?, ?, ?, ?)",
                    row["MaHoSo"], row["ThoiDiemXuLy"], row["NguoiXuLy"], row["NoiDungXuLy"],
                    json.dumps(row, ensure_ascii=False),
                )  # fmt: skip
            found.append({"MaHoSo": row["MaHoSo"], "ma": number, "thongbao": "" if known else "Chưa có hồ sơ này"})
        return as_json({"ketqua": found})

    def look_up(self, asked: dict[str, Any]) -> Response:
        """Return what was filed between two days, a page of it."""
        at = max(int(asked.get("trang", 1)), 1)
        rows = self.store.all(
            "SELECT data FROM national_dossier WHERE day BETWEEN ? AND ? ORDER BY code LIMIT ? OFFSET ?",
            asked["TuNgay"], asked["DenNgay"], PAGE + 1, (at - 1) * PAGE,
        )  # fmt: skip
        told = ("MaHoSo", "MaTTHC", "TrangThaiHoSo", "MaDonViXuLy", "NgayNopHoSo", "NgayHenTra")
        found = [
            {name: row.get(name, "") for name in told} for row in (json.loads(each["data"]) for each in rows[:PAGE])
        ]
        return as_json({"dulieu": found, "trangsau": at + 1 if len(rows) > PAGE else 0})

    # the page ---------------------------------------------------------------------------------------------------------

    def api(self, request: Request) -> Response:
        """Return dossiers and steps as JSON: for tests."""
        code = dict(request.query).get("code", "")
        rows = self.store.all("SELECT * FROM national_dossier WHERE ? IN ('', code) ORDER BY code", code)
        steps = self.store.all("SELECT data FROM national_step WHERE ? IN ('', code) ORDER BY code, at", code)
        return as_json(
            {
                "dossiers": [{**json.loads(row["data"]), "times": row["times"]} for row in rows],
                "steps": [json.loads(row["data"]) for row in steps],
            }
        )

    def switch(self, request: Request) -> Response:
        """Be as a form says: away, slow, refusing."""
        mode = dict(request.form).get("mode", "")
        self.mode = mode if mode in MODES else ""
        return redirect("/national/")

    def file(self, request: Request) -> Response:
        """File a dossier at a central system, or move it on: what a province only mirrors."""
        form = dict(request.form)
        at = f"{civil(now()):%Y%m%d%H%M%S}"
        code = form.get("code", "")
        known = self.store.one("SELECT data FROM national_dossier WHERE code = ?", code)
        row = json.loads(known["data"]) if known else {"MaHoSo": code, "NgayNopHoSo": form.get("at") or at}
        row |= {
            "MaTTHC": form.get("service", row.get("MaTTHC", "")),
            "MaDonViXuLy": form.get("agency", row.get("MaDonViXuLy", "")),
            "TrangThaiHoSo": int(form.get("state") or 1),
        }
        self._keep(row, central=True)
        return redirect("/national/")

    def shown(self, _request: Request) -> Response:
        """Show what it was told, the newest first."""
        rows = self.store.all("SELECT * FROM national_dossier ORDER BY rowid DESC LIMIT ?", SHOWN)
        lines = ""
        for row in rows:
            data = json.loads(row["data"])
            steps = self.store.all("SELECT who, what FROM national_step WHERE code = ? ORDER BY at", row["code"])
            said = "<br>".join(f"{text(step['who'])}: {text(step['what'])}" for step in steps)
            lines += (
                f"<tr><td>{text(row['code'])}</td><td>{text(data.get('MaTTHC', ''))}</td>"
                f"<td>{text(data.get('TrangThaiHoSo', ''))}</td><td>{said}</td></tr>"
            )
        modes = "".join(
            f'<form method="post" action="/national/mode" class="line">{hidden(mode=mode)}'
            f"<button{'' if mode == self.mode else ' class=plain'}>{text(mode or 'ok')}</button></form>"
            for mode in MODES
        )
        filing = (
            '<form method="post" action="/national/file"><label for="code">Mã hồ sơ / Code</label>'
            '<input type="text" id="code" name="code" value="G01-261123-0001"><label for="service">Mã TTHC / Procedure</label>'
            '<input type="text" id="service" name="service" value="1.010099"><label for="agency">Mã đơn vị / Agency</label>'
            '<input type="text" id="agency" name="agency" value="H47.32.20"><label for="state">Trạng thái / State (1-10)</label>'
            '<input type="text" id="state" name="state" value="1"> <button>Nộp ở hệ thống trung ương / File centrally</button></form>'
        )
        table = f"<table><tbody>{lines}</tbody></table>"
        return page("Cổng Dịch vụ công quốc gia / National portal", modes, filing, table)
