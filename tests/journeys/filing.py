"""Filling in applications the way the people of the journeys do, once for all journeys that need a filed dossier."""

from __future__ import annotations

import re
from pathlib import Path

from .cast import Answers, Birth, Filing
from .walking import People, Walker


def begin(walker: Walker, filing: Filing) -> None:
    """Begin a draft, and say where to apply if that is asked."""
    walker.open(f"/ho-so/nop/{filing.service}/").press(re.compile("^(Bắt đầu|Làm hồ sơ mới|Begin)"))
    if filing.agency:
        choose_agency(walker, filing.agency)


def choose_agency(walker: Walker, agency: str) -> None:
    """Say where to apply."""
    walker.go("/co-quan/").answer({"agency": agency}).send()


def answer_step(walker: Walker, key: str, answers: Answers) -> None:
    """Open a task of the list, answer it, come back to the list."""
    walker.go(f"/buoc/{key}/").answer(answers).send()


def attach(walker: Walker, code: str, file: Path) -> None:
    """Attach a file to one paper."""
    walker.go(f"/giay-to/{code}/").answer({"files": str(file)}).send(having="input[type=file]")


def choose_delivery(walker: Walker, way: str = "online") -> None:
    """Say how the result is taken."""
    walker.go("/nhan-ket-qua/").answer({"result_way": way}).send()


def check_and_file(walker: Walker, *there: str) -> str:
    """Check that this is there, and file; return the code of the dossier."""
    walker.go("/kiem-tra/")
    assert [text for text in there if text not in walker.text] == []
    walker.press(walker.say("File the application"))
    assert "/da-nop/" in walker.page.url, walker.text
    return walker.page.url.partition("/da-nop/")[2].strip("/")


def parted(birth: Birth) -> tuple[tuple[tuple[str, Answers], ...], tuple[tuple[str, Answers], ...]]:
    """Return what is typed about a birth before one is called away, and from there on."""
    steps = birth.filing.steps
    at = [key for key, _answers in steps].index(birth.left_at)
    return steps[:at], steps[at:]


def fill_in(walker: Walker, filing: Filing, scan: Path) -> None:
    """Fill in a whole application, up to "check"."""
    begin(walker, filing)
    for key, answers in filing.steps:
        answer_step(walker, key, answers)
    if filing.paper:
        attach(walker, filing.paper, scan)
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
