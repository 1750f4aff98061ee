"""Accounts belong to exactly one owner; passwords have rules; tokens can do no more than they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tinhso.base.actors import ActorKind
from tinhso.base.refusals import BadInput, Forbidden
from tinhso.kernel.identity import actions, demo, queries
from tinhso.kernel.identity.models import Account, ApiToken
from tinhso.kernel.identity.tokens import TokenRefused, actor_from_bearer, has_scope
from tinhso.kernel.journal.public import new_id
from tinhso.kernel.organisation.public import Official

from .conftest import ADMIN, AT, CITIZEN, DEMO, PASSWORD, events

pytestmark = pytest.mark.django_db
YEAR = AT + timedelta(days=365)


def test_account_has_exactly_one_owner(tu):
    with pytest.raises(BadInput):
        actions.add_account("x", actor=DEMO, at=AT)
    business = actions.add_business(tax_code="4009999009", name="Thu Bồn", actor=DEMO, at=AT)
    with pytest.raises(BadInput):
        actions.add_account("x", person=tu, business=business, actor=DEMO, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():  # noqa: TID251 - the constraint itself is tried
        Account.objects.create(username="y", added_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():  # noqa: TID251 - the constraint itself is tried
        Account.objects.create(username="y", person=tu, business=business, added_at=AT)


def test_username_is_taken_in_any_case(lan, tu):
    with pytest.raises(actions.UsernameTaken):
        actions.add_account("LAN.NT", person=tu, actor=DEMO, at=AT)


@pytest.mark.parametrize("password", ["ngan", "123456789012", "matkhau-lan.nt-1", "password1234"])
def test_password_rules(lan, password):
    with pytest.raises(BadInput) as no:
        actions.set_password(lan, password, actor=ADMIN, at=AT)
    assert no.value.faults[0].pointer == "/password"
    lan.refresh_from_db()
    assert lan.check_password(PASSWORD)


def test_only_administrators_open_and_close(lan, tu):
    with pytest.raises(Forbidden):
        actions.add_account("tu", person=tu, actor=CITIZEN, at=AT)
    with pytest.raises(Forbidden):
        actions.close_account(lan, reason="x", actor=CITIZEN, at=AT)
    actions.close_account(lan, reason="nghỉ hưu", actor=ADMIN, at=AT)
    assert queries.actor_for(lan, assurance="password+totp", level=2, at=AT).kind is ActorKind.ANONYMOUS
    actions.reopen_account(lan, actor=ADMIN, at=AT)
    assert events()[-2:] == ["identity.account_closed", "identity.account_reopened"]


def test_password_alone_holds_nothing(lan, settings):
    assert queries.actor_for(lan, assurance="password", level=1, at=AT).holdings == ()
    proved = queries.actor_for(lan, assurance="password+totp", level=2, at=AT)
    assert (proved.has_role("reception", agency="H47.12"), proved.name) == (True, "Nguyễn Thị Lan")
    settings.SECOND_FACTOR = False
    assert queries.actor_for(lan, assurance="password", level=1, at=AT).has_role("reception")


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([{"method": "password"}], ("password", 1)),
        ([{"method": "password"}, {"method": "mfa", "type": "totp"}], ("password+totp", 2)),
        ([{"method": "password"}, {"method": "mfa", "type": "recovery_codes"}], ("password+recovery-code", 2)),
        ([{"method": "mfa", "type": "webauthn", "passwordless": True}], ("passkey", 3)),
        ([{"method": "socialaccount", "provider": "vneid"}], ("vneid:2", 2)),
        ([], ("password", 1)),
    ],
)
def test_assurance_ladder(records, expected):
    assert queries.assurance_of(records, vneid_level=2) == expected


def issue(account, scopes=("dossier:read",), until=YEAR, actor=ADMIN, name="máy"):
    return actions.issue_token(account, name=name, scopes=scopes, expires_at=until, actor=actor, at=AT)


def test_token_makes_a_narrowed_actor(lan, django_assert_max_num_queries):
    token, text = issue(lan)
    assert text not in str(ApiToken.objects.values().get())
    with django_assert_max_num_queries(8):
        actor = actor_from_bearer(f"Bearer {text}", at=AT)
    assert (actor.key, actor.scopes, actor.assurance) == (lan.subject_key, frozenset({"dossier:read"}), "token")
    assert actor.session == str(token.pk)
    assert actor.has_role("reception")
    token.refresh_from_db()
    assert token.last_used_at == AT


def test_last_use_is_written_now_and_then(lan, django_assert_num_queries):
    _token, text = issue(lan)
    actor_from_bearer(f"Bearer {text}", at=AT)
    actor_from_bearer(f"Bearer {text}", at=AT + timedelta(minutes=4))
    assert ApiToken.objects.get().last_used_at == AT
    actor_from_bearer(f"Bearer {text}", at=AT + timedelta(minutes=6))
    assert ApiToken.objects.get().last_used_at == AT + timedelta(minutes=6)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic tso_x", "Bearer tso_", "tso_x"])
def test_odd_headers_are_refused(header):
    with pytest.raises(TokenRefused):
        actor_from_bearer(header, at=AT)


def test_ended_revoked_and_closed_are_refused(lan):
    token, text = issue(lan, until=AT + timedelta(hours=1))
    assert actor_from_bearer(f"bearer {text}", at=AT + timedelta(minutes=59)).key == lan.subject_key
    with pytest.raises(TokenRefused):
        actor_from_bearer(f"Bearer {text}", at=AT + timedelta(hours=1))
    actions.revoke_token(token, actor=ADMIN, at=AT)
    with pytest.raises(TokenRefused):
        actor_from_bearer(f"Bearer {text}", at=AT)
    _other, text = issue(lan)
    actions.close_account(lan, reason="x", actor=ADMIN, at=AT)
    with pytest.raises(TokenRefused):
        actor_from_bearer(f"Bearer {text}", at=AT)


@pytest.mark.parametrize(
    ("held", "asked", "covered"),
    [
        ({"dossier:read"}, "dossier:read", True),
        ({"dossier:write"}, "dossier:read", True),
        ({"dossier"}, "dossier:write", True),
        ({"dossier:read"}, "dossier:write", False),
        ({"catalogue:write"}, "dossier:read", False),
        (None, "dossier:write", True),
    ],
)
def test_scopes(held, asked, covered):
    actor = replace(ADMIN, scopes=None if held is None else frozenset(held))
    assert has_scope(actor, asked) is covered


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["Read All"]}, "/scopes"),
        ({"name": " "}, "/name"),
        ({"until": AT}, "/expires_at"),
        ({"until": AT + timedelta(days=400)}, "/expires_at"),
    ],
)
def test_bad_tokens_are_not_issued(lan, changes, pointer):
    with pytest.raises(BadInput) as no:
        issue(lan, **changes)
    assert [fault.pointer for fault in no.value.faults] == [pointer]
    assert ApiToken.objects.count() == 0


def test_token_is_nobody_elses_business(lan, tu_account):
    token, text = issue(lan)
    own = queries.actor_for(tu_account, assurance="vneid:2", level=2, at=AT)
    with pytest.raises(Forbidden):
        issue(lan, actor=own)
    with pytest.raises(Forbidden):
        actions.revoke_token(token, actor=own, at=AT)
    assert queries.tokens_of(lan, seen_by=own) == []
    by_token = actor_from_bearer(f"Bearer {text}", at=AT)
    with pytest.raises(Forbidden):
        issue(lan, actor=by_token)


def test_only_a_second_factor_issues_a_token(lan, settings):
    by_password = queries.actor_for(lan, assurance="password", level=1, at=AT)
    with pytest.raises(Forbidden):
        issue(lan, actor=by_password)
    assert queries.tokens_of(lan, seen_by=by_password) == []
    settings.SECOND_FACTOR = False
    assert issue(lan, actor=by_password)[0].level == 1


@pytest.mark.parametrize(("level", "spoken"), [(2, 2), (3, 2)])
def test_a_token_speaks_with_the_level_of_who_issued_it(lan, level, spoken):
    row, text = issue(lan, actor=queries.actor_for(lan, assurance="x", level=level, at=AT))
    assert (row.level, actor_from_bearer(f"Bearer {text}", at=AT).level) == (spoken, spoken)


def test_a_token_of_a_password_holds_nothing_where_a_second_factor_is_demanded(lan, tu_account, settings):
    settings.SECOND_FACTOR, settings.VNEID_LEVEL = False, 1
    officials = issue(lan, actor=queries.actor_for(lan, assurance="password", level=1, at=AT))[1]
    citizens = issue(tu_account, actor=queries.actor_for(tu_account, assurance="vneid:1", level=1, at=AT))[1]
    assert actor_from_bearer(f"Bearer {officials}", at=AT).has_role("reception")
    assert actor_from_bearer(f"Bearer {citizens}", at=AT).level == 1
    settings.SECOND_FACTOR, settings.VNEID_LEVEL = True, 2
    assert actor_from_bearer(f"Bearer {officials}", at=AT).holdings == ()
    with pytest.raises(TokenRefused):
        actor_from_bearer(f"Bearer {citizens}", at=AT)


def test_demonstration_accounts_can_sign_in(lan, settings):
    Official.objects.create(id=new_id(), staff_code="CB9", full_name="Lê Văn Minh", username="minh", demo=True)
    Official.objects.create(id=new_id(), staff_code="CB8", full_name="Đỗ Thị Ước", demo=True)
    Official.objects.create(id=new_id(), staff_code="CB7", full_name="Người Thật", demo=False)
    demo.load(at=AT)
    demo.load(at=AT)
    made = {one.username: one for one in queries.demonstration_accounts()}
    assert set(made) == {"minh", "uoc.cb8"}
    assert made["minh"].check_password(settings.DEMO_PASSWORD)
