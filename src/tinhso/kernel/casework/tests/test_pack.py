"""Flows of a province pack: every fault with file and line, called flows first, loading twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

from tinhso.base.acts import act
from tinhso.kernel.casework.actions.places import places_of
from tinhso.kernel.casework.models import Flow
from tinhso.kernel.casework.pack import FlowPart
from tinhso.kernel.casework.queries import get_flow
from tinhso.kernel.casework.tests.drawing import Draw, approval, one_step
from tinhso.kernel.casework.tests.people import LOADER, MONDAY
from tinhso.kernel.organisation.pack import Pack

PROVINCES = Path(__file__).parents[5] / "provinces"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def pack(folder: Path, **flows: Draw) -> Pack:
    (folder / "flows").mkdir(exist_ok=True)
    for name, draw in flows.items():
        (folder / "flows" / f"{name}.bpmn").write_bytes(draw.xml())
    return Pack(folder, MONDAY)


def caller(code: str, called: str) -> Draw:
    d = Draw(code)
    d.chain(d.start(), d.node("callActivity", "Call", calledElement=called), d.end())
    return d


@act
def load(read: Pack) -> None:
    FlowPart().apply(read, actor=LOADER, at=MONDAY)


def test_the_places_of_a_flow_are_those_its_steps_name(tmp_path: Path) -> None:
    d = Draw("placed")
    d.chain(d.start(), d.user("A", t_agency="desk"), d.user("B"), d.end())
    read = pack(tmp_path, placed=d)
    assert messages(read) == []
    assert places_of(read.shared["flows"]["placed"]) == {"desk", "processor"}


def messages(read: Pack) -> list[str]:
    return [str(fault) for fault in FlowPart().check(read)]


def plan(read: Pack) -> list[str]:
    return [str(change) for change in FlowPart().plan(read)]


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / "flows" / f"{name}.bpmn").read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


@pytest.mark.django_db
def test_flows_are_published_in_the_order_of_their_calls_and_once(tmp_path: Path) -> None:
    first = pack(tmp_path, a_outer=caller("outer", "inner"), b_inner=one_step("inner"))
    assert messages(first) == []
    assert plan(first) == ["+ flow inner", "+ flow outer"]
    load(first)
    again = Pack(tmp_path, MONDAY + timedelta(days=1))
    assert messages(again) == []
    assert plan(again) == []


@pytest.mark.django_db
def test_a_flow_is_another_when_one_it_calls_is(tmp_path: Path) -> None:
    load(pack(tmp_path, outer=caller("outer", "inner"), inner=one_step("inner")))
    changed = pack(tmp_path, inner=one_step("inner", name="Another"))
    assert plan(changed) == ["~ flow inner", "~ flow outer"]
    load(changed)
    assert get_flow("outer").version == 2
    assert Flow.objects.count() == 4


@pytest.mark.django_db
def test_every_fault_names_file_and_line(tmp_path: Path) -> None:
    script = one_step("script")
    script.chain("A", script.node("scriptTask", "X", name="Tính phí"), "End")
    nobody = one_step("nobody", t_role="wizard")
    read = pack(tmp_path, script=script, nobody=nobody, twin=one_step("nobody"), lonely=caller("lonely", "missing"))
    found = messages(read)
    expected = [
        f"flows/lonely.bpmn:{line_of(tmp_path, 'lonely', 'id="Call"')}:",
        f"flows/nobody.bpmn:{line_of(tmp_path, 'nobody', 'id="A"')}:",
        f"flows/script.bpmn:{line_of(tmp_path, 'script', 'id="X"')}:",
        "flows/twin.bpmn:1:",
    ]
    assert [fault.split(" ")[0] for fault in found] == expected
    assert "“wizard”" in found[1]
    assert "“Tính phí” (scriptTask)" in found[2]
    assert "“nobody”" in found[3]
    assert not Flow.objects.exists()


@pytest.mark.django_db
def test_flows_that_call_each_other_are_refused(tmp_path: Path) -> None:
    found = messages(pack(tmp_path, a=caller("a", "b"), b=caller("b", "a")))
    assert found
    assert all("never one that calls it" in fault for fault in found)


@pytest.mark.django_db
def test_a_file_that_is_not_bpmn_is_a_fault(tmp_path: Path) -> None:
    read = pack(tmp_path, good=approval())
    (tmp_path / "flows" / "bad.bpmn").write_text("<nothing")
    (fault,) = messages(read)
    assert fault.startswith("flows/bad.bpmn:1:")


@pytest.mark.django_db
@pytest.mark.parametrize("province", sorted(path.name for path in PROVINCES.iterdir() if (path / "flows").is_dir()))
def test_the_flows_of_our_provinces_can_be_published(province: str) -> None:
    assert messages(Pack(PROVINCES / province, MONDAY)) == []
