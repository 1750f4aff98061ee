"""The parts of a pack that is a reform: its header, its questions and their answers, and the moves of officials."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation import events
from tinhso.kernel.organisation.models import Agency, Post, Tenure
from tinhso.kernel.organisation.pack.checking import Column, check_rows
from tinhso.kernel.organisation.pack.dated import Wanted
from tinhso.kernel.organisation.pack.parts.organisation.agencies import wanted_agencies, wanted_successions
from tinhso.kernel.organisation.pack.parts.organisation.people import wanted_posts
from tinhso.kernel.organisation.pack.parts.organisation.tables import AGENCIES, CODE, POSTS, SUCCESSIONS
from tinhso.kernel.organisation.pack.plan import Change, Pack
from tinhso.kernel.organisation.pack.reading import Fault, Table
from tinhso.kernel.organisation.reform import moving
from tinhso.kernel.organisation.reform.heirs import Heirs
from tinhso.kernel.organisation.reform.queries import (
    decided_splits,
    links_on,
    staff_of,
    tenures_until,
)
from tinhso.kernel.organisation.reform_models import Outcome, QuestionKind, Reform, ReformQuestion, ReformState
from tinhso.law.succession import WHOLE, Flaw, Link, flaws

QUESTIONS, MOVES = "organisation/questions.csv", "organisation/moves.csv"
COLUMNS: dict[str, tuple[Column, ...]] = {
    QUESTIONS: (
        Column("key", required=True, longest=120),
        Column("kind", required=True, one_of=tuple(QuestionKind.values)),
        Column("text", required=True, longest=200),
        Column("agency", required=True, pattern=CODE),
        Column("candidates"),
        Column("proposal", pattern=CODE),
        Column("evidence", longest=1000),
    ),
    MOVES: (Column("post_from", required=True), Column("post_to", required=True), Column("decision", required=True)),
}
NOT_BELOW = _("There is no pack “{follows}” beside this one, which it says to follow.")
NOT_FOLLOWED = _("This database does not hold what the reform follows. Load “{follows}” first.")
NO_KEEPER = _("“{keeper}” does not stand from {day} on. Name an agency that keeps what is not decided.")
UNKNOWN_UNIT = _("There is no agency “{code}”, neither in this pack nor in the province that it follows.")
CYCLE = _("These agencies take over from each other: {detail}. One of them must end.")
BAD_SHARES = _("The shares of those who took over from {code} sum to {detail}, not to 1.")
HEIRLESS = _("Nobody takes over from {code} ({name}). Add who does, or a question for a person.")
REUSED = _("The code {code} belongs to “{name}”. A code never names another agency: give this one its own.")
TWICE_ASKED = _("The question “{key}” is already in line {line}.")
NO_POST = _("There is no post “{post}”.")
_FLAWS = {"unknown": UNKNOWN_UNIT, "cycle": CYCLE, "shares": BAD_SHARES, "heirless": HEIRLESS}


class ReformPart:
    """Reads what a reform says of itself and checks that nobody is left without a successor. Changes nothing."""

    files = (QUESTIONS,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what is wrong; leave in `pack.shared` what is known of before and what was decided."""
        if pack.reform is None or "province" not in pack.shared:
            return []
        if not pack.has("retention.yaml"):
            return [pack.yaml("province.yaml").fault("/reform/follows", NOT_BELOW, follows=pack.reform.follows)]
        day = pack.cut
        rows = Agency.objects.standing().filter(valid_from__lt=day).order_by("valid_from")
        before = {row.code: row for row in rows}
        if not before:
            where = pack.yaml("province.yaml")
            return [where.fault("/reform/follows", NOT_FOLLOWED, follows=pack.reform.follows)]
        pack.shared["agencies_before"] = frozenset(before)
        faults = [fault for name, columns in COLUMNS.items() for fault in check_rows(table(pack, name), columns)]
        if faults:
            return faults
        kept = list(ReformQuestion.objects.filter(reform__pack=pack.name))
        pack.shared["questions"] = _merged(pack, kept, {code: row.name for code, row in before.items()})
        pack.shared["decided"] = _decided(pack)
        return [*_keys(pack), *_keeper(pack), *_reused(pack, before), *_links(pack, before)]

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return whether the reform comes into force."""
        if pack.reform and not Reform.objects.filter(pack=pack.name, loaded_at__isnull=False).exists():
            yield Change("reform", "add", "reform", pack.name, f"{pack.cut}")

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Put it in force."""
        reform = Reform.objects.filter(pack=pack.name).first() if pack.reform else None
        if reform is None or reform.loaded_at is not None:
            return
        reform.state, reform.loaded_at = ReformState.RUNNING, at
        reform.save(update_fields=["state", "loaded_at"])
        facts = {"effective": reform.effective, "laws": reform.laws}
        record(events.REFORM_LOADED.key, reform, actor=actor, at=at, **facts)


class MovesPart:
    """Gives officials of agencies that end the posts in which they go on."""

    files = (MOVES,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return posts that the moves name and nobody knows."""
        if pack.reform is None or not pack.has(MOVES) or "posts" not in pack.shared:
            return []
        known = set(Post.objects.standing().values_list("code", flat=True))
        return [
            row.fault(NO_POST, post=row[column])
            for row in table(pack, MOVES)
            for column, codes in (("post_from", known), ("post_to", pack.shared["posts"]))
            if row[column] not in codes
        ]

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return who is appointed to what."""
        found = new_moves(pack)
        staff = staff_of(found)
        for move in found:
            detail = f"{staff[move.official_id]} {move.name}; {move.post_from}"
            yield Change("moves", "add", "tenure", move.post_to, detail)

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:  # noqa: ARG002 - the load journals it
        """Appoint them from the first day of the reform, and let end what was held in agencies that ended."""
        if pack.reform is None:
            return
        found = new_moves(pack)
        last = pack.cut - timedelta(days=1)
        gone = Post.objects.standing().filter(valid_to=last).values("code")
        Tenure.objects.on(pack.cut).filter(post_code__in=gone).update(valid_to=last)
        Tenure.objects.bulk_create(
            Tenure(
                post_code=move.post_to, official_id=move.official_id, valid_from=pack.cut, decision=pack.reform.laws[0]
            )
            for move in found
        )


def table(pack: Pack, name: str) -> Table:
    """Return a file of the reform; an empty table when the pack has none."""
    if not pack.has(name):
        return Table(name, tuple(column.name for column in COLUMNS[name]), ())
    return pack.csv(name)


def new_moves(pack: Pack) -> list[moving.Move]:
    """Return the appointments that are still to be made."""
    return [move for move in moves_of(pack) if move.is_placed and move.why is not moving.Why.HAS_IT]


def moves_of(pack: Pack) -> list[moving.Move]:
    """Return what becomes of each tenure in an agency that ends; those whom a person appointed since stay as they are."""
    if pack.reform is None:
        return []
    heirs = heirs_in(pack)
    before = {
        post.code: post for post in Post.objects.standing().filter(valid_from__lt=pack.cut).order_by("valid_from")
    }
    held = [row for row in tenures_until(pack.cut) if row.post_code in before]
    ending = [row for row in held if before[row.post_code].agency_code in set(heirs.ended)]
    # also what was taken back by hand since: it is not given again
    made = Tenure.objects.filter(valid_from__gte=pack.cut).values_list("post_code", "official_id")
    named = {row["post_from"]: row["post_to"] for row in table(pack, MOVES)}
    return moving.plan_moves(ending, before, heirs, named=named, taken={(post, str(who)) for post, who in made})


def heirs_in(pack: Pack) -> Heirs:
    """Return who goes on with what once this pack is in force, whether it is loaded or not."""
    assert pack.reform is not None, "asked of reforms only"
    if "heirs" not in pack.shared:
        day = pack.cut
        rows = Agency.objects.standing().filter(valid_from__lt=day).order_by("valid_from")
        pack.shared["heirs"] = Heirs(
            on=day,
            links=_links_in(pack),
            before={row.code: row for row in rows},
            after={row.code: row for row in _agencies_in(pack)},
            posts=_posts_in(pack),
            decided=decided_splits(pack.shared["questions"]),
            keeper=pack.reform.keeper,
            fields=pack.reform.fields,
        )
    return pack.shared["heirs"]  # type: ignore[no-any-return]


def _agencies_in(pack: Pack) -> Iterable[Agency]:
    for row in wanted_agencies(pack.csv(AGENCIES)):
        if row.valid_from <= pack.cut <= (row.valid_to or pack.cut):
            yield Agency(code=row.key[0], valid_from=row.valid_from, valid_to=row.valid_to, **row.fields)


def _posts_in(pack: Pack) -> list[Post]:
    rows = wanted_posts(pack.csv(POSTS))
    return [
        Post(code=row.key[0], valid_from=row.valid_from, **row.fields) for row in rows if row.valid_from <= pack.cut
    ]


def _merged(pack: Pack, kept: Iterable[ReformQuestion], names: dict[str, str]) -> list[ReformQuestion]:
    """Return the questions of the file, with the answers that were given."""
    answers = {row.key: row for row in kept}
    names = names | {row["code"]: row["name"] for row in pack.csv(AGENCIES)}
    found = []
    for row in table(pack, QUESTIONS):
        asked = {name: row[name] for name in ("key", "kind", "text", "agency", "proposal", "evidence")}
        question = ReformQuestion(**asked, candidates=row["candidates"].split())
        question.names = {code: names.get(code, code) for code in (question.agency, *question.candidates)}
        known = answers.get(question.key)
        if known and (known.answer in question.candidates or known.outcome == Outcome.POSTPONED):
            question.pk = known.pk
            for name in ("outcome", "answer", "reason", "decided_by", "decided_at"):
                setattr(question, name, getattr(known, name))
        found.append(question)
    return found


def _decided(pack: Pack) -> list[Wanted]:
    """Return the successions that a person decided: which old unit the text of a new one means."""
    assert pack.reform is not None, "asked of reforms only"
    fields = {"kind": "merger", "decision": pack.reform.laws[0]}
    return [
        Wanted((row.answer, row.agency), pack.cut, None, fields)
        for row in pack.shared["questions"]
        if row.kind != QuestionKind.SPLIT and row.answer
    ]


def _links_in(pack: Pack) -> list[Link]:
    rows = [*wanted_successions(pack.csv(SUCCESSIONS)), *pack.shared["decided"]]
    given = [
        Link(row.key[0], row.key[1], row.valid_from, row.fields.get("share") or WHOLE, row.fields["decision"])
        for row in rows
    ]
    new = {(link.before, link.after) for link in given}
    return given + [link for link in links_on(pack.cut) if (link.before, link.after) not in new]


def _keys(pack: Pack) -> Iterable[Fault]:
    seen: dict[str, int] = {}
    for row in table(pack, QUESTIONS):
        if seen.setdefault(row["key"], row.line) != row.line:
            yield row.fault(TWICE_ASKED, key=row["key"], line=seen[row["key"]])


def _starting(pack: Pack) -> set[str]:
    """Return the codes of the agencies that stand on the first day."""
    day = pack.cut.isoformat()
    return {row["code"] for row in pack.csv(AGENCIES) if row["valid_from"] <= day <= (row["valid_to"] or day)}


def _keeper(pack: Pack) -> Iterable[Fault]:
    assert pack.reform is not None, "asked of reforms only"
    if pack.reform.keeper not in _starting(pack):
        where = pack.yaml("province.yaml")
        yield where.fault("/reform/keeper", NO_KEEPER, keeper=pack.reform.keeper, day=pack.cut.isoformat())


def _reused(pack: Pack, before: dict[str, Agency]) -> Iterable[Fault]:
    """Return agencies of the pack whose code names another one in the province that it follows."""
    own = {row["code"] for row in pack.csv(AGENCIES) if row["valid_from"] < pack.cut.isoformat()}
    for row in pack.csv(AGENCIES):
        known = before.get(row["code"])
        if known and row["code"] not in own:
            yield row.fault(REUSED, code=row["code"], name=known.name)


def _links(pack: Pack, before: dict[str, Agency]) -> Iterable[Fault]:
    """Return what is wrong with the successions, each at its line."""
    lines: dict[str, Any] = {row["predecessor"]: row for row in pack.csv(SUCCESSIONS)}
    after = _starting(pack)
    last = pack.cut - timedelta(days=1)
    names = {code: row.name for code, row in before.items()} | {row["code"]: row["name"] for row in pack.csv(AGENCIES)}
    known = set(names)
    needing = {
        row.code
        for row in before.values()
        if row.code not in after and (row.valid_to is None or row.valid_to >= last) and row.kind == "committee"
    }
    waiting = _waiting(pack)
    for flaw in flaws(_links_in(pack), ended=needing, living=known - needing):
        if flaw.kind in _FLAWS and not (flaw.kind == "heirless" and flaw.code in waiting):
            yield _fault_of(flaw, lines.get(flaw.code), names)


def _fault_of(flaw: Flaw, row: Any, names: dict[str, str]) -> Fault:
    facts = {"code": flaw.code, "detail": flaw.detail, "name": names.get(flaw.code, "")}
    return row.fault(_FLAWS[flaw.kind], **facts) if row else Fault(SUCCESSIONS, 1, _FLAWS[flaw.kind], facts)


def _waiting(pack: Pack) -> set[str]:
    """Return the old units that an open or postponed question may yet give a successor."""
    rows = [row for row in pack.shared["questions"] if row.kind != QuestionKind.SPLIT and not row.answer]
    return {code for row in rows for code in row.candidates}
