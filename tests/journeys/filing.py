"""Filling in applications the way the people of the journeys do, once for all journeys that need a filed dossier."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from tinhso.base.clock import civil_date, now

from .cast import MINH_AN, MINH_AN_WARD, Answers, Filing, day_fields
from .walking import People, Walker

__all__ = ["MINH_AN", "day_fields"]


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


def begin(walker: Walker, filing: Filing) -> None:
    """Begin a draft, and say where to apply if that is asked."""
    walker.open(f"/ho-so/nop/{filing.service}/").press(re.compile("^(Bắt đầu|Làm hồ sơ mới|Begin)"))
    if filing.agency:
        choose_agency(walker, filing.agency)


def choose_agency(walker: Walker, agency: str) -> None:
    """Say where to apply."""
    walker.follow(re.compile("Nơi nộp|Where you apply")).answer({"agency": agency}).send()


def answer_step(walker: Walker, title: str, answers: Answers) -> None:
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


def fill_in(walker: Walker, filing: Filing, scan: Path) -> None:
    """Fill in a whole application, up to "check"."""
    begin(walker, filing)
    for title, answers in filing.steps:
        answer_step(walker, title, answers)
    if filing.paper[1]:
        attach(walker, filing.paper[1], scan)
    choose_delivery(walker)


def file(walker: Walker, filing: Filing, scan: Path) -> str:
    """Fill in and file; return the code of the dossier."""
    fill_in(walker, filing, scan)
    return check_and_file(walker)


def accept(people: People, code: str, desk: str = "") -> Walker:
    """Have the desk accept a dossier that was filed online, out of its list; return the officer, on its page."""
    officer = people.official(desk or people.cast.desk).open("/mot-cua/tiep-nhan/").follow(code)
    officer.press(people.cast.say("Accept"))
    assert people.cast.say("Accepted. Form 01 is ready to print.") in officer.text
    return officer


def give_to_worker(people: People, code: str) -> Walker:
    """Bring an accepted dossier to its officer, who takes it or is given it; return the officer, on its page."""
    cast = people.cast
    if cast.head:
        assign(people, code, cast.head, cast.worker_name)
        return people.official(cast.worker).open(f"/mot-cua/ho-so/{code}/")
    return people.official(cast.worker).open(f"/mot-cua/ho-so/{code}/").press(cast.say("Take this step"))


def assign(people: People, code: str, head: str, name: str) -> Walker:
    """Have the head give a dossier to one of the division."""
    walker = people.official(head).open(f"/mot-cua/phan-cong/{code}/")
    walker.page.get_by_text(name).click()
    return walker.press(people.cast.say("Assign"))
