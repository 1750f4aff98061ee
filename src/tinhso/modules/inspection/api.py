"""Findings by API: list, read, answer, contest, close. Writes are answered once per `Idempotency-Key`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal, cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router
from pydantic import Field

from tinhso.base.acts import require
from tinhso.kernel.identity.public import ActorRequest, act_once
from tinhso.modules.inspection import access
from tinhso.modules.inspection.actions import answering
from tinhso.modules.inspection.queries import findings, shown
from tinhso.web.shapes import Shape

READ, WRITE = {"x-scope": access.READ}, {"x-scope": access.WRITE}
router = Router()


class FindingRow(Shape):
    """A finding in a list."""

    id: UUID
    scenario: str
    name: str
    severity: Literal["high", "medium", "low"]
    state: Literal["open", "answered", "contested", "upheld", "false"]
    subject: str = Field(description="kind and code of what it is about", examples=["dossier:H47.32.20-221128-0001"])
    agency: str
    found_at: datetime
    answer_by: datetime
    is_late: bool


class Remark(Shape):
    """What somebody said or did about a finding."""

    verb: str
    text: str
    who: str
    post: str = Field(description="as whom they said it")
    files: list[UUID]
    at: datetime


class FindingWhole(FindingRow):
    """A finding, explained."""

    explanation: str
    condition: str = Field(description="the condition in words")
    law: str
    is_law_verified: bool = Field(description="whether the legal basis was compared with its text")
    facts: dict[str, Any] = Field(description="the facts that it was made on")
    remarks: list[Remark]
    may: list[str] = Field(description="what the reader may do now")


class FindingList(Shape):
    """A page of findings, newest first."""

    items: list[FindingRow]
    next: str | None = None


class Narrow(Shape):
    """What the list is narrowed to."""

    state: Literal["", "undone", "open", "answered", "contested", "upheld", "false"] = "undone"
    severity: Literal["", "high", "medium", "low"] = ""
    scenario: str = Field("", max_length=60)
    agency: str = Field("", max_length=40)
    mine: bool = False
    limit: int = Field(50, ge=1, le=100)
    before: UUID | None = Field(None, description="from `next` of the page before")


class Words(Shape):
    """Words about a finding."""

    text: str = Field(min_length=1, max_length=answering.LONGEST)


class Answering(Words):
    """Words about a finding, with files."""

    files: list[UUID] = Field(
        default_factory=list, max_length=answering.MOST_FILES, description="documents that the caller handed in before"
    )


class Closing(Words):
    """How a finding is closed."""

    is_false: bool = Field(description="a false alarm, which counts against the scenario")


@router.get("", response=FindingList, summary="Findings", openapi_extra=READ)
def list_findings(request: HttpRequest, narrow: Query[Narrow]) -> FindingList:
    """List the findings that the reader may see, newest first."""
    door = cast("ActorRequest", request)
    require(access.can_enter, door.actor)
    filters = findings.Filters(
        state=narrow.state, severity=narrow.severity, code=narrow.scenario, agency=narrow.agency, mine=narrow.mine
    )
    found = findings.list_findings(filters, seen_by=door.actor, before=narrow.before, limit=narrow.limit + 1)
    query = {**request.GET.dict(), "before": str(found[narrow.limit - 1].pk)} if len(found) > narrow.limit else None
    rows = [FindingRow(**_row(each, door.at)) for each in found[: narrow.limit]]
    return FindingList(items=rows, next=f"{request.path}?{urlencode(query)}" if query else None)


@router.get("/{uuid:finding_id}", response=FindingWhole, summary="One finding", openapi_extra=READ)
def get_finding(request: HttpRequest, finding_id: UUID) -> FindingWhole:
    """Explain one finding: the act, the facts, the condition in words, the law, what was said."""
    door = cast("ActorRequest", request)
    require(access.can_enter, door.actor)
    return _whole(door, finding_id)


@router.post("/{uuid:finding_id}/answer", response=FindingWhole, summary="Answer", openapi_extra=WRITE)
def answer_finding(request: HttpRequest, finding_id: UUID, given: Answering) -> HttpResponse:
    """Answer a finding: what happened and why."""
    return _write(
        request, finding_id, lambda **who: answering.answer_finding(finding_id, given.text, files=given.files, **who)
    )


@router.post("/{uuid:finding_id}/contest", response=FindingWhole, summary="Contest", openapi_extra=WRITE)
def contest_finding(request: HttpRequest, finding_id: UUID, given: Answering) -> HttpResponse:
    """Contest a finding, as the official concerned."""
    return _write(
        request, finding_id, lambda **who: answering.contest_finding(finding_id, given.text, files=given.files, **who)
    )


@router.post("/{uuid:finding_id}/close", response=FindingWhole, summary="Close", openapi_extra=WRITE)
def close_finding(request: HttpRequest, finding_id: UUID, given: Closing) -> HttpResponse:
    """Close a finding as upheld or as a false alarm; nobody closes their own."""
    return _write(
        request,
        finding_id,
        lambda **who: answering.close_finding(finding_id, given.text, is_false=given.is_false, **who),
    )


def _write(request: HttpRequest, finding_id: UUID, do: Callable[..., Any]) -> HttpResponse:
    door = cast("ActorRequest", request)
    require(access.can_enter, door.actor)

    def whole() -> tuple[int, object]:
        do(actor=door.actor, at=door.at)
        return HTTPStatus.OK, _whole(door, finding_id).model_dump(mode="json")

    fingerprint = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body)
    answer = act_once(
        whole,
        key=request.headers.get("Idempotency-Key", "")[:200],
        request_hash=fingerprint.hexdigest(),
        is_sensitive=lambda _body: False,
        actor=door.actor,
        at=door.at,
    )
    response = JsonResponse(answer.body, status=answer.status)
    if answer.again:
        response["Idempotent-Replayed"] = "true"
    return response


def _whole(door: ActorRequest, finding_id: UUID) -> FindingWhole:
    page = shown.page_of(findings.get_finding(finding_id, seen_by=door.actor), seen_by=door.actor, at=door.at)
    scenario, files = page.finding.scenario, findings.files_of(page.finding)
    return FindingWhole(
        **_row(page.finding, door.at),
        explanation=page.explanation,
        condition=page.condition,
        law=scenario.law,
        is_law_verified=scenario.is_verified,
        facts=page.finding.facts,
        remarks=[
            Remark(
                verb=word.verb,
                text=word.text,
                who=word.by_name,
                post=word.by_post,
                files=[one.pk for one in files.get(str(word.pk), ())],
                at=word.at,
            )
            for word in findings.words_of(page.finding)
        ],
        may=sorted(page.may),
    )


def _row(finding: Any, at: datetime) -> dict[str, Any]:
    row = shown.row_of(finding, at)
    return {
        "id": finding.pk,
        "scenario": finding.code,
        "name": row["name"],
        "severity": finding.severity,
        "state": finding.state,
        "subject": f"{finding.subject_type}:{finding.subject_key}",
        "agency": finding.agency_code,
        "found_at": finding.found_at,
        "answer_by": finding.answer_by,
        "is_late": row["is_late"],
    }
