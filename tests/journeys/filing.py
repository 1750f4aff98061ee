"""Filling in applications the way the people of the journeys do, once for all journeys that need a filed dossier."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from tinhso.base.clock import civil_date, now

from .walking import Walker

MINH_AN = "H47.32.20"
MINH_AN_WARD = "Phường Minh An"


def day_fields(name: str, day: date) -> dict[str, str]:
    """Return what is typed into the three boxes of a date."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def birth(born_on: date) -> dict[str, tuple[str, dict[str, str]]]:
    """Return step by step: the task's title, and what bà Tư types about her grandchild."""
    mother = {"mother.known": "true", "mother.full_name": "Phạm Thị Hồng Nhung", "mother.born_on-year": "1995"}
    mother |= {"mother.ethnicity": "01", "mother.address.line": "Thôn Mẫu 5", "mother.address.unit": MINH_AN_WARD}
    child = {"child.full_name": "Lê Trần Bảo An", **day_fields("child.born_on", born_on), "child.sex": "female"}
    child |= {"child.ethnicity": "01", "child.birth_place": "Bệnh viện Đa khoa Hội An", "child.home_town": "Duy Vinh"}
    return {
        "applicant": (
            "Người đi đăng ký",
            {"applicant.address.unit": MINH_AN_WARD, "applicant.relation": "grandparent"},
        ),
        "child": ("Trẻ được khai sinh", child),
        "mother": ("Mẹ", mother),
        "father": ("Cha", {"father.known": "false"}),
        "papers": ("Giấy tờ về việc sinh", {"papers.proof": "certificate", "papers.number": "12/CS"}),
        "wishes": ("Bản sao trích lục", {"wishes.wants_copies": "false"}),
    }


def a_newborn() -> date:
    """Return the birthday of a child of three weeks."""
    return civil_date(now()) - timedelta(days=21)


def choose_agency(walker: Walker, agency: str) -> None:
    """Say where to apply."""
    walker.follow(re.compile("Nơi nộp|Where you apply")).answer({"agency": agency}).send()


def answer_step(walker: Walker, title: str, answers: dict[str, str]) -> None:
    """Open a task of the list, answer it, come back to the list."""
    walker.follow(re.compile(f"^{re.escape(title)}")).answer(answers).send()


def attach(walker: Walker, title: str, file: Path) -> None:
    """Attach a file to one paper."""
    walker.follow(re.compile(f"^{re.escape(title)}")).answer({"files": str(file)}).send(having="input[type=file]")


def choose_delivery(walker: Walker, way: str = "online") -> None:
    """Say how the result is taken."""
    walker.follow(re.compile("^(Cách nhận kết quả|How the result reaches you)")).answer({"result_way": way}).send()


def check_and_file(walker: Walker) -> str:
    """Check and file; return the code of the dossier."""
    walker.follow(re.compile("^(Kiểm tra và nộp|Check and file)")).press(
        re.compile("^(Nộp hồ sơ|File the application)")
    )
    assert "/da-nop/" in walker.page.url, walker.text
    return walker.page.url.partition("/da-nop/")[2].strip("/")


def file_copies(walker: Walker, scan: Path, count: int = 2) -> str:
    """File for copies of a civil-status record (2.000635), which costs a fee; return the code of the dossier."""
    begin(walker, "2.000635")
    choose_agency(walker, MINH_AN)
    for title, answers in copies(count).values():
        answer_step(walker, title, answers)
    attach(walker, "Văn bản ủy quyền", scan)
    choose_delivery(walker)
    return check_and_file(walker)


def begin(walker: Walker, service: str) -> None:
    """Begin a draft."""
    walker.open(f"/ho-so/nop/{service}/").press(re.compile("^(Bắt đầu|Làm hồ sơ mới|Begin)"))


def copies(count: int) -> dict[str, tuple[str, dict[str, str]]]:
    """Return step by step what bà Tư types to get copies of her own birth record."""
    record = {"record.event": "birth", "record.form": "extract", "record.registered_at": "UBND phường Minh An"}
    person = {"person.sex": "female", **day_fields("person.born_on", date(1965, 4, 12))}
    person |= {"person.address.line": "Thôn Mẫu 3", "person.address.unit": MINH_AN_WARD}
    return {
        "applicant": ("Người yêu cầu", {"applicant.address.unit": MINH_AN_WARD, "applicant.relation": "self"}),
        "record": ("Việc hộ tịch cần bản sao", record),
        "person": ("Người được cấp", person),
        "copies": ("Bản sao", {"copies.count": str(count)}),
    }
