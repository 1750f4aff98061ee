"""
The synchronisation services of the national portal, by the names and fields that provincial systems use for them.

`LayToken` {MaDonVi, KhoaBiMat} gives a token for an hour. Every other service is `POST NATIONAL_URL/<service>` with the token
as Bearer and a JSON object, and answers {ketqua: [{MaHoSo, ma, thongbao}]} or {dulieu: [...], trangsau}. `ma` 0 is taken; any
other number is a no to that one dossier. 401 means that the token is over; 404, 405, 407, 408, 429 and what is no 4xx mean
later, another 4xx is a no to the whole message; a no of `LayToken` means later as well. Civil moments are written as YYYYMMDDHHMMSS in Vietnam's time.

The portal's own guide is not public: the names come from three independent systems, the envelope is ours and the sandbox's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

import httpx
from django.conf import settings
from django.core.cache import cache

from tinhso.base.clock import CIVIL_ZONE, civil
from tinhso.base.posting import post
from tinhso.base.watching import passed_on
from tinhso.kernel.casework.national import NationalDossier, NationalStep, PortalAway, PortalRefuses, Standing
from tinhso.law.states import NationalState

TIMEOUT = httpx.Timeout(8.0, connect=3.0)
WHOLE_SECONDS = 20.0
LONGEST_ANSWER = 4 * 1024 * 1024
TOKEN_SECONDS = 50 * 60
MOST_PAGES = 500
"""Of one day's dossiers: a portal whose pages have no end is not followed for ever."""
NOT_ABOUT_IT = frozenset(
    (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    )
)
"""Answers that say something of the line or the address, nothing of the message: it would go through another time."""
CITIZEN, BUSINESS = 1, 2
AT_DESK, BY_POST = 0, 1


class SyncServices:
    """Speaks to `settings.NATIONAL_URL` as `settings.NATIONAL_UNIT`."""

    def tell_dossier(self, dossier: NationalDossier) -> None:
        """Tell of a dossier as it is now. Raises PortalAway, PortalRefuses."""
        self._tell("DongBoHoSoMC", dossier.code, [as_dossier(dossier)])

    def tell_steps(self, steps: Sequence[NationalStep]) -> None:
        """Tell what was done. Raises PortalAway, PortalRefuses."""
        self._tell("CapNhatTienDoHoSoMC", steps[0].code, [as_step(step) for step in steps])

    def filed_on(self, day: date) -> list[Standing]:
        """Return what the portal knows of our dossiers filed on a civil day. Raises PortalAway, PortalRefuses."""
        found: list[Standing] = []
        asked: dict[str, Any] = {
            "MaDonVi": settings.NATIONAL_UNIT,
            "TuNgay": f"{day:%Y%m%d}",
            "DenNgay": f"{day:%Y%m%d}",
        }
        for page in range(1, MOST_PAGES + 1):
            answer = self._ask("TraCuuHoSo", {**asked, "trang": page})
            try:
                found += [_standing(row) for row in answer["dulieu"]]
                is_last = not answer.get("trangsau")
            except (KeyError, ValueError, TypeError) as fault:
                raise PortalAway(f"TraCuuHoSo: {fault}") from fault
            if is_last:
                return found
        raise PortalAway("TraCuuHoSo: no end")

    def _tell(self, service: str, code: str, rows: list[dict[str, Any]]) -> None:
        answer = self._ask(service, {"MaDonVi": settings.NATIONAL_UNIT, "data": rows})
        try:
            said = [one for one in answer["ketqua"] if one["MaHoSo"] == code]
            number, words = int(said[0]["ma"]), str(said[0].get("thongbao", ""))
        except (KeyError, ValueError, TypeError, IndexError) as fault:
            raise PortalAway(f"{service}: {fault}") from fault
        if number:
            raise PortalRefuses(f"{number} {words}"[:300])

    def _ask(self, service: str, message: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._post(service, message, self._token())
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            cache.delete(_token_key())
            answer = self._post(service, message, self._token())
        return _read(service, answer)

    def _token(self) -> str:
        known: str | None = cache.get(_token_key())
        if known:
            return known
        asked = {"MaDonVi": settings.NATIONAL_UNIT, "KhoaBiMat": settings.NATIONAL_SECRET}
        try:
            token = str(_read("LayToken", self._post("LayToken", asked))["token"])
        except KeyError as fault:
            raise PortalAway("LayToken: no token") from fault
        except PortalRefuses as fault:
            # our name or secret is wrong: that says nothing of what was to be told
            raise PortalAway(str(fault)) from fault
        cache.set(_token_key(), token, TOKEN_SECONDS)
        return token

    def _post(self, service: str, message: Mapping[str, Any], token: str = "") -> httpx.Response:
        headers = {**passed_on(), **({"Authorization": f"Bearer {token}"} if token else {})}
        try:
            return post(
                f"{settings.NATIONAL_URL}/{service}",
                json=message,
                headers=headers,
                timeout=TIMEOUT,
                seconds=WHOLE_SECONDS,
                most_bytes=LONGEST_ANSWER,
            )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
            raise PortalAway(f"{service}: {fault}"[:300]) from fault


def _token_key() -> str:
    return f"national-token:{settings.NATIONAL_URL}:{settings.NATIONAL_UNIT}"


def _read(service: str, answer: httpx.Response) -> dict[str, Any]:
    said = f"{service}: {answer.status_code}"
    if answer.status_code in NOT_ABOUT_IT or not (answer.is_success or answer.is_client_error):
        raise PortalAway(said)
    if answer.is_client_error:
        raise PortalRefuses(f"{said} {answer.text[:200]}")
    try:
        found: Any = json.loads(answer.content)
    except ValueError as fault:
        raise PortalAway(f"{said}, unreadable") from fault
    if not isinstance(found, dict):
        raise PortalAway(f"{said}, unreadable")
    return found


def _standing(row: Mapping[str, Any]) -> Standing:
    due = str(row.get("NgayHenTra") or "")
    return Standing(
        code=str(row["MaHoSo"]),
        agency=str(row.get("MaDonViXuLy", "")),
        service=str(row["MaTTHC"]),
        state=NationalState(int(row["TrangThaiHoSo"])),
        received_on=_moment(str(row["NgayNopHoSo"])).date(),
        due_at=_moment(due) if due else None,
    )


def as_dossier(one: NationalDossier) -> dict[str, Any]:
    """Return a dossier in the fields of DongBoHoSoMC."""
    return {
        "MaHoSo": one.code,
        "MaTTHC": one.service,
        "MaLinhVuc": one.field,
        "KenhThucHien": int(one.channel),
        "ChuHoSo": one.owner,
        "LoaiDoiTuong": BUSINESS if one.is_business else CITIZEN,
        "MaDoiTuong": one.owner_number,
        "Email": one.email,
        "SoDienThoai": one.phone,
        "TrichYeuHoSo": one.title,
        "NgayNopHoSo": _said(one.submitted_at),
        "NgayTiepNhan": _said(one.received_at),
        "NgayHenTra": _said(one.due_at),
        "TrangThaiHoSo": int(one.state),
        "NgayTra": _said(one.returned_at),
        "HinhThuc": BY_POST if one.by_post else AT_DESK,
        "NgayKetThucXuLy": _said(one.finished_at),
        "MaDonViXuLy": one.agency,
        "DonViXuLy": one.agency_name,
        "GhiChu": one.note,
        "TaiLieuNop": [{"TenTepDinhKem": name} for name in one.papers],
        "DanhSachLePhi": [
            {"TenPhiLePhi": "Phí, lệ phí", "HinhThucThu": 1 if one.fee_paid_online else 0, "Gia": one.fee_vnd}
        ]
        if one.fee_vnd
        else [],
        "DanhSachHoSoBoSung": [
            {
                "NguoiYeuCauBoSung": asked.by,
                "NoiDungBoSung": asked.what,
                "NgayBoSung": _said(asked.at),
                "NgayTiepNhanBoSung": _said(asked.answered_at),
                "TrangThaiBoSung": bool(asked.answered_at),
                "NgayHenTraTruoc": _said(asked.due_before),
                "NgayHenTraMoi": _said(asked.due_after),
            }
            for asked in one.supplements
        ],
        "DanhSachGiayToKetQua": [
            {"TenGiayTo": given.name, "MaGiayToKetQua": given.code, "DuongDanTepTinKetQua": ""} for given in one.results
        ],
    }


def as_step(one: NationalStep) -> dict[str, Any]:
    """Return a step in the fields of CapNhatTienDoHoSoMC."""
    return {
        "MaHoSo": one.code,
        "NguoiXuLy": one.by,
        "ChucDanh": one.post,
        "ThoiDiemXuLy": _said(one.at),
        "PhongBanXuLy": one.office,
        "NoiDungXuLy": one.what,
        "TrangThai": int(one.state),
        "NgayBatDau": _said(one.at),
        "NgayKetThucTheoQuyDinh": _said(one.due_at),
    }


def _said(at: datetime | None) -> str:
    return f"{civil(at):%Y%m%d%H%M%S}" if at else ""


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=CIVIL_ZONE)
