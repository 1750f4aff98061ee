"""A linked dossier is sound to the independent check at each stage, and what is wrong in it is found."""

from __future__ import annotations

import pytest
from tests.money.ledger import HereTables
from tests.snapshot import with_province

from tinhso.modules.onestop.actions import supplement
from tinhso.modules.onestop.models import Counter, PartResult
from tinhso.modules.onestop.tests import linked, playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.site.proof.clocks import check_clocks
from tinhso.site.proof.dossiers import check_dossiers
from tinhso.site.proof.numbers import check_numbers

pytestmark = [*with_province, pytest.mark.usefixtures("own_folders")]


def found():
    tables = HereTables()
    return [str(each) for check in (check_numbers, check_clocks, check_dossiers) for each in check(tables)]


@pytest.fixture
def who():
    return playing.cast()


def test_it_is_sound_while_parts_run_wait_and_end(who):
    they = linked.others()
    code = linked.born(who)
    assert found() == [], "the lead has issued, the whole is not"
    asked = [{"component": "CT", "reason": "missing", "text": "Nộp giấy tờ về chỗ ở"}]
    supplement.ask_for_supplement(code, asked, actor=they.nam, at=later(100))
    assert found() == [], "a participant waits with its own clock"
    supplement.answer_supplement(code, files=[("CT", playing.document(who.tu, width=777))], actor=who.tu, at=later(200))
    linked.settle(code, "insurance", they.quan, they.tham, at=later(300))
    assert found() == []
    linked.settle(code, "residence", they.nam, they.cuong, at=later(400))
    assert found() == []


def test_a_number_of_a_participant_that_nobody_has_is_found(who):
    they = linked.others()
    code = linked.born(who)
    linked.settle(code, "insurance", they.quan, they.tham, at=later(300))
    number = PartResult.objects.get(part="insurance", dossier__code=code).number
    mark = number.partition("/")[2]
    Counter.objects.filter(series=f"result:{linked.INSURANCE}:{mark}:2022").update(value=5)
    assert any(f"result:{linked.INSURANCE}:{mark}:2022" in each for each in found())
