"""A flow changes while ten thousand dossiers run on it: each keeps its own, none is touched, and none is waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Model

from tinhso.kernel.casework.actions import NoFlow, retire_flow
from tinhso.kernel.casework.models import Case, CaseState, Flow, Task, Token
from tinhso.kernel.casework.tests.drawing import Draw, approval
from tinhso.kernel.casework.tests.people import BINH, LAN, LOADER, MONDAY
from tinhso.kernel.casework.tests.playing import begin, do, the_task
from tinhso.kernel.journal.public import new_id

pytestmark = pytest.mark.django_db
Publish = Callable[[Draw], Flow]
RUNNING = 10_000
SAMPLE = 20
"""So many at each step are worked on: each goes on where it stood."""


def another(name: str) -> Draw:
    """Return the flow with its second step renamed."""
    changed = approval()
    changed.lines = [line.replace("Thẩm định hồ sơ", name) for line in changed.lines]
    return changed


def write_copies(old: Model, copies: Iterable[dict[str, object]]) -> None:
    """Write rows like this one that differ in what is given; ten thousand model instances would take half a minute."""
    columns = {
        field.attname: field.get_db_prep_save(getattr(old, field.attname), connection)
        for field in old._meta.concrete_fields
    }
    prepare = {field.attname: field.get_db_prep_save for field in old._meta.concrete_fields}
    names = ", ".join(f'"{field.column}"' for field in old._meta.concrete_fields)
    marks = ", ".join(["%s"] * len(columns))
    rows = [
        list({**columns, **{name: prepare[name](value, connection) for name, value in copy.items()}}.values())
        for copy in copies
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{old._meta.db_table}" ({names}) VALUES ({marks})', rows)


def many_like(case: Case, count: int) -> list[UUID]:
    """Write cases that stand where this one stands, row by row as the acts wrote it; return their ids."""
    ids = [new_id() for _number in range(count)]
    keys = [f"{case.subject_key}-{number}" for number in range(count)]
    write_copies(case, ({"id": own, "subject_key": key} for own, key in zip(ids, keys, strict=True)))
    tokens: dict[UUID | None, list[UUID | None]] = {None: [None] * count}
    for token in Token.objects.filter(case=case):
        own_tokens = tokens[token.pk] = [new_id() for _number in range(count)]
        write_copies(token, ({"id": own, "case_id": of} for own, of in zip(own_tokens, ids, strict=True)))
    for task in Task.objects.filter(case=case):
        write_copies(
            task,
            (
                {"id": new_id(), "case_id": of, "token_id": token, "subject_key": key}
                for of, token, key in zip(ids, tokens[task.token_id], keys, strict=True)
            ),
        )
    return ids


def states() -> list[Any]:
    """Return what is written of each case: where it stands, on which flow, who has it."""
    with connection.cursor() as cursor:
        found = []
        for model in (Case, Token, Task):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY id')
            found.append(cursor.fetchall())
    return found


def test_ten_thousand_that_run_keep_theirs_and_who_begins_gets_the_new(publish: Publish, at_most: Any) -> None:
    first = publish(approval())
    at_the_desk = begin()
    in_the_office = begin()
    do(in_the_office, LAN, "accept")
    waiting = many_like(at_the_desk, RUNNING // 2)
    worked = many_like(in_the_office, RUNNING // 2)
    before = states()

    with at_most(9):  # as many as for a flow on which nothing runs
        second = publish(another("Thẩm định mới"))

    assert states() == before
    assert (first.version, second.version) == (1, 2)
    assert Case.objects.filter(flow=first, state=CaseState.OPEN).count() == RUNNING + 2
    newcomer = begin()
    do(newcomer, LAN, "accept")
    assert the_task(newcomer).name == "Thẩm định mới"

    retire_flow("approval", actor=LOADER, at=MONDAY)  # nobody begins; who has begun finishes
    for case_id in waiting[:: RUNNING // 2 // SAMPLE]:
        case = Case.objects.get(pk=case_id)
        do(case, LAN, "accept")
        assert the_task(case).name == "Thẩm định hồ sơ"
    for case_id in worked[:: RUNNING // 2 // SAMPLE]:
        case = Case.objects.get(pk=case_id)
        do(case, BINH)
        assert the_task(case).name == "Ký duyệt kết quả"
        assert case.flow_id == first.pk
    with pytest.raises(NoFlow):
        begin()
