"""Acts: the change, its line; and who may not, with nothing moved."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from tests.doors import come_in

from tinhso.base.actors import system
from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.casework.public import Flow, deploy_flow
from tinhso.kernel.identity.public import (
    Account,
    ApiToken,
    Message,
    Notice,
    UsernameTaken,
    add_account,
    add_person,
    find_account,
)
from tinhso.kernel.journal.public import Entry, new_id
from tinhso.kernel.organisation.public import Delegation, Official, Tenure, end_tenure
from tinhso.kernel.organisation.stamp import touch
from tinhso.modules.administration import actions

from .conftest import AT, actor, an_official, journalled, later

pytestmark = pytest.mark.django_db
PROVED = {"proved": "card", "note": "Tại trụ sở"}
FLOW = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tinhso="urn:tinhso:bpmn" targetNamespace="x" id="d">
<process id="thu" name="Quy tr\xc3\xacnh th\xe1\xbb\xad" isExecutable="true"><startEvent id="a"/>
<userTask id="b" name="L\xc3\xa0m" tinhso:role="processor" tinhso:within="2d"/><endEvent id="c"/>
<sequenceFlow id="f1" sourceRef="a" targetRef="b"/><sequenceFlow id="f2" sourceRef="b" targetRef="c"/></process></definitions>"""


def account(key):
    return find_account(f"{key}.qn")


def state():
    """Return what a refusal must not change: accounts, officials, tenures, tokens, flows, messages, the journal."""
    rows = [list(kind.objects.order_by("pk").values()) for kind in (Account, Official, Tenure, ApiToken, Flow, Message)]
    return rows, Entry.objects.count()


def test_a_new_password_lets_in_and_ends_the_old_one(province):
    found, password = actions.reset_password(account("lan").pk, **PROVED, actor=actor(province["binh"]), at=AT)
    again = Account.objects.get(pk=found.pk)
    assert again.password_until == AT + timedelta(days=7)
    assert again.check_password(password)
    assert len(password.replace("-", "")) == 20
    assert "identity.password_set" in journalled()
    assert password not in str(list(Entry.objects.values_list("facts", flat=True)))
    told = Notice.objects.get()
    assert (told.recipient, told.facts) == (again.subject_key, {"name": actor(province["binh"]).name})


def test_how_a_lost_way_in_was_proved_stays_in_the_journal(province):
    lan = account("lan")
    Authenticator.objects.create(user=lan, type="totp", data={"secret": "sealed"})
    given = {"proved": "head", "note": "Giấy 12/TTPVHCC", "actor": actor(province["binh"]), "at": AT}
    actions.reset_password(lan.pk, **given)
    assert Authenticator.objects.filter(user=lan).exists(), "a lost password is not a lost telephone"
    actions.reset_password(lan.pk, **given, drop_second_factors=True)
    assert not Authenticator.objects.filter(user=lan).exists()
    kept = Entry.objects.filter(event="identity.password_set").latest("id").facts
    assert (kept["proved"], kept["note"]) == ("head", "Giấy 12/TTPVHCC")
    factor = Entry.objects.filter(event="identity.second_factor_changed").latest("id").facts
    assert (factor["kind"], factor["added"]) == ("totp", False)


def test_signing_somebody_out_ends_sessions_and_tokens_and_leaves_the_account_open(province):
    lan = account("lan")
    browser = come_in(Client(), lan)
    # as the door lists it
    UserSession.objects.create(user=lan, session_key=browser.session.session_key, ip="10.0.0.1", user_agent="x")
    assert browser.get("/tai-khoan/").status_code == 200
    token = ApiToken.objects.create(
        account=lan, name="x", digest="d", hint="h", issued_at=AT, expires_at=AT + timedelta(days=30)
    )
    actions.sign_out(lan.pk, reason="Mất điện thoại", actor=actor(province["binh"]), at=AT)
    assert browser.get("/tai-khoan/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at == AT
    lan.refresh_from_db()
    assert lan.is_active
    assert journalled()[-1] == "identity.access_ended"
    with pytest.raises(Forbidden):
        actions.sign_out(account("khanh").pk, reason="x", actor=actor(province["binh"]), at=AT)
    with pytest.raises(actions.OwnAccount):
        actions.sign_out(account("quan").pk, reason="x", actor=actor(province["quan"]), at=AT)


def test_two_passwords_are_never_the_same():
    assert len({actions.new_password() for _ in range(200)}) == 200


@pytest.mark.parametrize(
    ("who", "whose"),
    [("binh", "khanh"), ("binh", "quan"), ("binh", "hung"), ("kiem", "lan"), ("lan", "minh"), ("minh", "lan")],
)
def test_nobody_takes_an_account_above_or_beside_their_part(who, whose, province):
    admin, target = actor(province[who]), account(whose)
    before = state()
    for act in (
        lambda: actions.reset_password(target.pk, **PROVED, actor=admin, at=AT),
        lambda: actions.shut_account(target.pk, reason="x", actor=admin, at=AT),
        lambda: actions.let_in_again(target.pk, actor=admin, at=AT),
        lambda: actions.give_token(
            target.pk, name="x", scopes=["dossier:read"], expires_at=AT + timedelta(days=1), actor=admin, at=AT
        ),
        lambda: actions.correct_official(
            province[whose].pk, full_name="X", email="toi@x.vn", phone="", actor=admin, at=AT
        ),
        lambda: actions.open_account(province[whose], "x", actor=admin, at=AT),
    ):
        with pytest.raises(Forbidden):
            act()
    assert state() == before


def test_who_has_left_stays_with_the_administrators_they_left(province):
    tenure = Tenure.objects.get(official=province["hung"])
    end_tenure(tenure.pk, last_day=later(-1), decision="1/QĐ", actor=system("loader"), at=AT)
    with pytest.raises(Forbidden):
        actions.reset_password(account("hung").pk, **PROVED, actor=actor(province["binh"]), at=AT)
    actions.reset_password(account("hung").pk, **PROVED, actor=actor(province["quan"]), at=AT)


def lend(province, post, by, to, *, first, last=None):
    """Let one official act in the leader's post of another, between two days counted from today."""
    Delegation.objects.create(
        post_code=post, by_official=province[by], to_official=province[to], roles=["leader"], decision="1/QĐ",
        valid_from=later(first), valid_to=None if last is None else later(last),
    )  # fmt: skip
    touch()


@pytest.mark.parametrize(("first", "last"), [(-1, None), (-1, 0), (3, None)])
def test_who_acts_for_another_above_is_out_of_the_part(first, last, province):
    """Whoever resets a password may act as its owner: not in a post above, though it is only lent to them."""
    before = actions.reset_password(account("lan").pk, **PROVED, actor=actor(province["binh"]), at=AT)
    assert before
    lend(province, "H47/khanh", "khanh", "lan", first=first, last=last)
    for do in (
        lambda admin: actions.reset_password(account("lan").pk, **PROVED, actor=admin, at=AT),
        lambda admin: actions.correct_official(
            province["lan"].pk, full_name="X", email="toi@x.vn", phone="", actor=admin, at=AT
        ),
    ):
        with pytest.raises(Forbidden):
            do(actor(province["binh"]))
        do(actor(province["quan"]))


def test_a_delegation_within_the_part_or_over_or_given_takes_nothing_away(province):
    lend(province, "H47.32.20/minh", "minh", "lan", first=-1)
    lend(province, "H47/khanh", "khanh", "lan", first=-9, last=-1)
    lend(province, "H47.32.20/lan", "lan", "hung", first=-1)
    assert actions.reset_password(account("lan").pk, **PROVED, actor=actor(province["binh"]), at=AT)


def test_who_has_left_and_acts_for_another_is_of_both_parts(province):
    tenure = Tenure.objects.get(official=province["lan"])
    end_tenure(tenure.pk, last_day=later(-1), decision="1/QĐ", actor=system("loader"), at=AT)
    lend(province, "H47.47/hung", "hung", "lan", first=-1)
    with pytest.raises(Forbidden):
        actions.reset_password(account("lan").pk, **PROVED, actor=actor(province["binh"]), at=AT)
    actions.reset_password(account("lan").pk, **PROVED, actor=actor(province["quan"]), at=AT)


def test_nobody_administers_their_own_account(province):
    for do in (
        lambda me: actions.reset_password(account("quan").pk, **PROVED, actor=me, at=AT),
        lambda me: actions.shut_account(account("quan").pk, reason="x", actor=me, at=AT),
    ):
        with pytest.raises(actions.OwnAccount):
            do(actor(province["quan"]))


def test_accounts_of_citizens_are_theirs(province):
    person = add_person(citizen_number="049165000123", full_name="Trần Thị Tư", actor=system("demo"), at=AT)
    theirs = add_account("tu", person=person, actor=system("demo"), at=AT)
    with pytest.raises(actions.NotAnOfficial):
        actions.reset_password(theirs.pk, **PROVED, actor=actor(province["quan"]), at=AT)


def test_an_account_is_closed_and_opened_again(province):
    binh = actor(province["binh"])
    actions.shut_account(account("lan").pk, reason="nghỉ việc", actor=binh, at=AT)
    assert not account("lan").is_active
    actions.let_in_again(account("lan").pk, actor=binh, at=AT)
    assert account("lan").is_active
    assert journalled()[-2:] == ["identity.account_closed", "identity.account_reopened"]


def test_an_official_gets_one_account(province):
    new = an_official("moi", "Người Mới", account=False)
    found, password = actions.open_account(new, "moi.qn", actor=actor(province["binh"]), at=AT)
    assert found.check_password(password)
    with pytest.raises(actions.HasAccount, match=r"moi\.qn"):
        actions.open_account(new, "moi2", actor=actor(province["binh"]), at=AT)
    other = an_official("khac", "Người Khác", account=False)
    with pytest.raises(UsernameTaken):
        actions.open_account(other, "MOI.QN", actor=actor(province["binh"]), at=AT)


def test_tokens_are_given_by_the_province_and_taken_by_ones_own_part(province):
    quan, binh = actor(province["quan"]), actor(province["binh"])
    ends = AT + timedelta(days=30)
    token, text = actions.give_token(
        account("lan").pk, name="Máy in", scopes=["dossier:read"], expires_at=ends, actor=quan, at=AT
    )
    assert text.endswith(token.hint)
    with pytest.raises(Forbidden):
        actions.give_token(account("lan").pk, name="x", scopes=["dossier:read"], expires_at=ends, actor=binh, at=AT)
    with pytest.raises(BadInput):
        actions.give_token(account("lan").pk, name="", scopes=[], expires_at=ends, actor=quan, at=AT)
    actions.take_token(token.pk, actor=binh, at=AT)
    assert ApiToken.objects.get().revoked_at == AT
    other, _text = actions.give_token(
        account("khanh").pk, name="x", scopes=["dossier:read"], expires_at=ends, actor=quan, at=AT
    )
    with pytest.raises(Forbidden):
        actions.take_token(other.pk, actor=binh, at=AT)


def test_a_flow_is_withdrawn(province):
    quan = actor(province["quan"])
    deploy_flow(FLOW, actor=system("loader"), at=AT)
    actions.withdraw_flow("thu", actor=quan, at=AT)
    assert not Flow.objects.filter(state="published").exists()
    assert journalled()[-2:] == ["casework.flow_published", "casework.flow_retired"]


@pytest.mark.parametrize("who", ["binh", "kiem", "khanh", "lan"])
def test_only_the_province_runs_what_belongs_to_all(who, province):
    one, before = actor(province[who]), state()
    for act in (
        lambda: actions.withdraw_flow("thu", actor=one, at=AT),
        lambda: actions.replay_letter(1, actor=one, at=AT),
        lambda: actions.retry_step(new_id(), actor=one, at=AT),
        lambda: actions.retry_mail(new_id(), actor=one, at=AT),
    ):
        with pytest.raises(Forbidden):
            act()
    assert state() == before


def test_a_dead_message_is_sent_again(province):
    row = Message.objects.create(
        event_id=new_id(),
        recipient="official:x",
        address="a@x.vn",
        subject="s",
        body="b",
        state="dead",
        tries=10,
        next_at=AT,
        queued_at=AT,
    )
    actions.retry_mail(row.pk, actor=actor(province["quan"]), at=AT)
    assert Message.objects.get().state == "waiting"
    with pytest.raises(NotFound):
        actions.retry_mail(row.pk, actor=actor(province["quan"]), at=AT)
