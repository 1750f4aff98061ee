"""Dossiers for statistics: nobody can be told in them, not even by comparing two releases."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from tests.snapshot import with_province
from tests.world import account_of, token

from tinhso.base.refusals import BadInput, Forbidden, SignInNeeded, TokenTooNarrow
from tinhso.kernel.journal.public import Entry
from tinhso.modules.onestop.actions.releasing import Release, release_dossiers
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries.released import COLUMNS
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province
NEXT = datetime(2023, 2, 1, tzinfo=UTC)
MONTH = "2022-11"


@pytest.fixture
def six(who) -> list[str]:
    """Codes of six dossiers of one agency, service and month."""
    return [playing.returned(who), playing.withdrawn(who), *(playing.file(who.tu).code for _time in range(4))]


def release(who, first: str = MONTH, last: str = MONTH) -> Release:
    return release_dossiers(first, last, actor=who.admin, at=NEXT)


def read(made: Release) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO("".join(made.lines()))))


def test_a_cell_of_six_is_released_without_anybody_in_it(who, six):
    made = release(who)
    assert (made.rows, made.left_out) == (6, 0)
    text = "".join(made.lines())
    for dossier in Dossier.objects.all():
        for told in (
            dossier.code, dossier.applicant_name, dossier.applicant_number, dossier.applicant_phone,
            str(dossier.pk), dossier.owner_key.partition(":")[2],
        ):  # fmt: skip
            assert told, dossier
            assert told not in text
    rows = read(made)
    assert list(rows[0]) == [column.name for column in COLUMNS]
    assert {row["filed_on"] for row in rows} == {"2022-11-28"}
    assert sorted(row["state"] for row in rows) == sorted(str(d.state) for d in Dossier.objects.all())
    assert not re.search(r"\d{2}:\d{2}", text)


def test_a_cell_of_four_is_left_out_and_counted(who, six):
    for code in six[:2]:
        Dossier.objects.filter(code=code).update(service_code="1.001193")
    made = release(who)
    assert (made.rows, made.left_out) == (0, 6)
    assert read(made) == []


def test_a_month_of_its_own_is_a_cell_of_its_own(who, six):
    Dossier.objects.filter(code=six[0]).update(submitted_at=later(days=-40))
    made = release(who, "2022-10", "2022-12")
    assert (made.rows, made.left_out) == (5, 1)


def test_a_filing_after_midnight_is_of_the_civil_day(who, six):
    Dossier.objects.update(submitted_at=datetime(2022, 11, 30, 17, 30, tzinfo=UTC))
    assert release(who).rows == 0
    assert {row["filed_on"] for row in read(release(who, "2022-12", "2022-12"))} == {"2022-12-01"}


def test_two_releases_cannot_be_joined_by_their_keys(who, six):
    one, two = ({row["key"] for row in read(release(who))} for _time in range(2))
    assert (len(one), len(two)) == (6, 6)
    assert one.isdisjoint(two)


def test_it_is_journalled_with_counts(who, six):
    release(who)
    line = Entry.objects.get(event="onestop.dossiers_released")
    assert (line.actor_key, line.facts["rows"], line.facts["left_out"]) == (who.admin.key, 6, 0)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2022-11", "2023-02"),
        ("2022-12", "2022-11"),
        ("2022-11-03", "2022-12"),
        ("", "2022-12"),
        ("2015-01", "2022-12"),
    ],
)
def test_whole_months_that_are_over_and_not_too_many(who, first, last):
    with pytest.raises(BadInput):
        release(who, first, last)
    assert not Entry.objects.filter(event="onestop.dossiers_released").exists()


def test_the_year_turns(who):
    assert release(who, "2022-12", "2022-12").after.isoformat() == "2023-01-01"


@pytest.mark.parametrize(
    ("role", "no"), [("nobody", SignInNeeded), ("tu", Forbidden), ("lan", Forbidden), ("minh", Forbidden)]
)
def test_who_may_not(who, role, no):
    with pytest.raises(no):
        release_dossiers(MONTH, MONTH, actor=getattr(who, role), at=NEXT)


def test_a_token_needs_the_scope(who):
    with pytest.raises(TokenTooNarrow):
        release_dossiers(MONTH, MONTH, actor=playing.narrowed(who.admin, "dossier:read"), at=NEXT)
    release_dossiers(MONTH, MONTH, actor=playing.narrowed(who.admin, "statistics:read"), at=NEXT)


def test_programs_take_it_and_read_what_the_columns_mean(who, six, at_now):
    at_now(NEXT)
    text = token(account_of("quantri"), "statistics:read")
    program = Client(headers={"authorization": f"Bearer {text}", "accept-language": "vi"})
    sent = program.post("/api/statistics", {"first": MONTH, "last": MONTH}, content_type="application/json")
    assert sent["Content-Type"] == "text/csv; charset=utf-8"
    assert len(sent.getvalue().decode().splitlines()) == 7
    told: dict[str, Any] = Client(headers={"accept-language": "vi"}).get("/api/statistics").json()
    assert [one["name"] for one in told["columns"]] == [column.name for column in COLUMNS]
    assert told["smallest_cell"] == 5
    assert "Ngày nộp" in {one["about"] for one in told["columns"]}


def test_the_command_writes_records_and_dictionary(who, six, tmp_path, monkeypatch):
    monkeypatch.setattr("tinhso.modules.onestop.management.commands.release.now", lambda: NEXT)
    said = StringIO()
    call_command("release", MONTH, MONTH, str(tmp_path / "out"), stdout=said)
    assert "6 records, 0 left out" in said.getvalue()
    assert len((tmp_path / "out" / "dossiers.csv").read_text().splitlines()) == 7
    described = list(csv.DictReader((tmp_path / "out" / "dossiers.dictionary.csv").open()))
    assert [row["name"] for row in described] == [column.name for column in COLUMNS]
    with pytest.raises(CommandError, match="chưa kết thúc"):
        call_command("release", MONTH, "2023-02", str(tmp_path), stdout=said)
