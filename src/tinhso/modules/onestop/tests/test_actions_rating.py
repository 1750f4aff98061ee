"""Rating: once, by the applicant, after the end."""

from __future__ import annotations

import pytest
from tests.snapshot import with_province

from tinhso.base.refusals import BadInput
from tinhso.modules.onestop.actions import rating
from tinhso.modules.onestop.models import Rating
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import MINH_AN, later

pytestmark = with_province


def test_rate_dossier_once(who):
    code = playing.returned(who)
    rating.rate_dossier(
        code, score=4, aspects={"time": 5, "food": 1}, comment=" Nhanh ", actor=who.tu, at=later(days=1)
    )
    kept = Rating.objects.get()
    assert (kept.score, kept.aspects, kept.comment, kept.agency_code) == (4, {"time": 5}, "Nhanh", MINH_AN)
    assert playing.last_line(code).facts == {"score": 4}  # the words stay out of the journal
    with pytest.raises(rating.RatedBefore):
        rating.rate_dossier(code, score=1, actor=who.tu, at=later(days=2))
    assert Rating.objects.get().score == 4


@pytest.mark.parametrize(("score", "aspects"), [(0, {}), (6, {}), (3, {"time": 0}), (3, {"attitude": 6})])
def test_five_faces(who, score, aspects):
    code = playing.returned(who)
    before = playing.everything()
    with pytest.raises(BadInput) as no:
        rating.rate_dossier(code, score=score, aspects=aspects, actor=who.tu, at=later(days=1))
    assert [fault.pointer for fault in no.value.faults] == ["/score"]
    assert playing.everything() == before
