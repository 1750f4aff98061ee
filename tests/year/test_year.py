"""A small year, played through the real actions: every screen agrees with a ledger that asks the program nothing."""

from __future__ import annotations

import pytest
from bench.a_year.asking import ask_people, compare_survey
from bench.a_year.compare import compare, dossiers_behind
from bench.a_year.ledger import LINKED, OFFICES
from bench.a_year.play import Year
from django.core.cache import cache
from tests.snapshot import with_province

pytestmark = [*with_province, pytest.mark.usefixtures("own_folders")]


def test_every_screen_agrees_with_the_ledger():
    cache.clear()
    year = Year(30, seed=2, months=1)
    ledger = year.play()
    found = compare(ledger, year.last_day)
    compare_survey(found, *ask_people(year))
    assert found.wrong == []
    assert sum(found.figures.values()) > 150
    # a year in which nothing goes wrong would prove little
    assert ledger.letters
    assert ledger.cash
    assert any(story.asked for story in ledger.stories)
    assert any(story.kind is LINKED for story in ledger.stories)
    assert any(story.reused for story in ledger.stories)
    assert {parcel.way for parcel in ledger.parcels} == {"in", "out"}
    assert found.figures["survey"] >= 3

    # a ledger that lacks what happened would hide it: whoever compares must hear of it
    forgotten = next(story for story in ledger.stories if story.received_at)
    ledger.stories.remove(forgotten)
    told = compare(ledger, year.last_day, (dossiers_behind,)).wrong
    agency = forgotten.kind.office.agency
    over = [office.agency for office in OFFICES if agency.startswith(office.agency)]
    assert told == [f"dossiers behind 2.1, {each}: {forgotten.code} should not be there" for each in over]
