"""Whose part is whose, as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.base.actors import ANONYMOUS, Actor, ActorKind, Holding
from tinhso.modules.administration import access

P, D, W, OTHER = ("H47",), ("H47", "H47.32"), ("H47", "H47.32", "H47.32.20"), ("H47", "H47.47")


def holder(*held, kind=ActorKind.OFFICIAL, scopes=None):
    holdings = tuple(Holding(path[-1], path, "p", frozenset({role})) for role, path in held)
    return Actor(kind=kind, key="official:x", name="x", level=2, holdings=holdings, scopes=scopes)


@pytest.mark.parametrize(
    ("held", "paths", "reads", "manages"),
    [
        ([("admin", P)], [W], True, True),
        ([("admin", P)], [], True, True),
        ([("admin", D)], [W], True, True),
        ([("admin", D)], [D], True, True),
        ([("admin", D)], [P], False, False),
        ([("admin", D)], [OTHER], False, False),
        ([("admin", D)], [W, OTHER], True, False),
        ([("admin", D)], [W, P], True, False),
        ([("admin", D)], [], True, True),
        ([("auditor", P)], [W], True, False),
        ([("auditor", D)], [P], False, False),
        ([("auditor", P)], [], True, False),
        ([("leader", P)], [W], False, False),
        ([("leader", P)], [], False, False),
        ([], [], False, False),
        ([("admin", D), ("admin", OTHER)], [W, OTHER], True, True),
    ],
)
def test_whom_one_reads_and_manages(held, paths, reads, manages):
    actor = holder(*held)
    assert access.can_read_official(actor, paths) is reads
    assert access.can_manage_official(actor, paths) is manages


@pytest.mark.parametrize(
    "actor",
    [ANONYMOUS, holder(("admin", P), scopes=frozenset({"x:read"})), holder(("admin", P), kind=ActorKind.CITIZEN)],
)
def test_only_officials_in_person(actor):
    assert not access.can_enter(actor)
    assert not access.can_read_province(actor)
    assert not access.can_run_province(actor)
    assert not access.can_manage_official(actor, [W])
    assert not access.can_read_official(actor, [])


def test_an_auditor_runs_nothing():
    auditor = holder(("auditor", P))
    assert access.can_read_province(auditor)
    assert not access.can_run_province(auditor)
    assert not access.can_add_official(auditor)


PATHS = st.sampled_from([P, D, W, OTHER])


@given(
    st.lists(st.tuples(st.sampled_from(["admin", "auditor", "leader"]), PATHS), max_size=3), st.lists(PATHS, max_size=3)
)
def test_who_manages_reads_and_one_more_post_of_the_other_never_widens(held, paths):
    actor = holder(*held)
    if access.can_manage_official(actor, paths):
        assert access.can_read_official(actor, paths)
    if paths and not access.can_manage_official(actor, paths):
        assert not access.can_manage_official(actor, [*paths, P])
