"""The result of a dossier: the service's own paper, the general one, or the letter of refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import translation

from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import Service
from tinhso.kernel.forms.public import load_form, summary
from tinhso.kernel.organisation.public import list_posts, list_tenures
from tinhso.law.money import in_words
from tinhso.modules.onestop.models import Dossier, Outcome, PartResult, Result, ResultKind
from tinhso.modules.onestop.queries.papers.parts import Paper, paper, paper_data

PRIVATE = ("phone", "email")
"""Last words of pointers that a result does not print: how to reach people is no part of what is decided."""


def result_paper(dossier: Dossier, result: Result, service: Service, at: datetime, *, signer: str = "") -> Paper:
    """
    Return the template and the data of a result: the letter of refusal, the service's own template, or the general one.

    The service names its template without the module (`birth-certificate`) or with it (`onestop/birth-certificate`).
    Eight statements.
    """
    by = (dossier.agency_code, dossier.agency_name)
    return _paper(dossier, result, service, at, by=by, template=service.result_template, signer=signer)


def part_paper(dossier: Dossier, result: PartResult, service: Service, at: datetime, *, signer: str = "") -> Paper:
    """Return the template and the data of a participant's result: its own agency at the head, only the answers that it reads."""
    part = service.part(result.part)
    by, template = (result.agency_code, result.agency_name), part.result_template if part else ""
    steps = part.reads if part else ()
    return _paper(dossier, result, service, at, by=by, template=template, signer=signer, steps=steps)


def _paper(
    dossier: Dossier,
    result: Outcome,
    service: Service,
    at: datetime,
    *,
    by: tuple[str, str],
    template: str,
    signer: str,
    steps: tuple[str, ...] = (),
) -> Paper:
    own = template.removeprefix("onestop/") or "result"
    on = civil_date(at)
    name = signer or result.signed_by
    return paper(
        "refusal" if result.kind == ResultKind.REFUSAL else own,
        {
            **paper_data(dossier, by[0], at),
            "number": result.number,
            "title": result.title,
            "reason": result.reason,
            "field": dossier.field,
            "filed_on": civil_date(dossier.submitted_at).isoformat(),
            "legal": _bases(service),
            "data": {key: value for key, value in result.data.items() if key != "note"},
            "signer": {"name": name, "lines": _signs_as(*by, name, on)},
            **answers_said(dossier, steps),
        },
    )


def _bases(service: Service) -> list[str]:
    """Return what a result cites: a line for each text whose name is known, one line for the numbers of the others."""
    named = [f"{basis.name} ({basis.number})" for basis in service.legal if basis.name]
    numbers = [basis.number for basis in service.legal if not basis.name]
    return [*named, *([f"các văn bản số {'; '.join(numbers)}"] if len(numbers) > 1 else numbers)]


def draft_paper(dossier: Dossier, result: Result, service: Service, at: datetime, *, signer: str = "") -> Paper:
    """
    Return the paper that would be signed, made by the same function: no number yet, “DỰ THẢO” across each page.

    `result` may be a proposal that nobody has sent up yet (`proposal`).
    """
    template, data = result_paper(dossier, result, service, at, signer=signer)
    return template, {**data, "number": "", "draft": True}


def proposal(dossier: Dossier, service: Service, *, kind: str, reason: str) -> Result:
    """Return the result that a proposal would write, unsaved."""
    code, title = named_in(service)
    return Result(dossier=dossier, kind=kind, type_code=code, title=title, reason=reason.strip())


def named_in(service: Service) -> tuple[str, str]:
    """Return code and name of what a service ends in; without a named result the service's own name."""
    kept = service.results[0] if service.results else None
    return (kept.code, kept.name) if kept else ("", service.name)


def answers_said(dossier: Dossier, steps: tuple[str, ...] = ()) -> dict[str, Any]:
    """
    Return the answers in Vietnamese words: `said` by JSON Pointer, `sections` as the form has them. Three statements.

    Choices, communes, dates and amounts are words already; a template never reads the codes behind them.
    """
    if not dossier.form_code:
        return {"said": {}, "sections": []}
    form = load_form(dossier.form_code, dossier.form_version)
    on = civil_date(dossier.submitted_at)
    with translation.override("vi"):
        sections = summary(form, dossier.answers, on=on)
    if steps:
        sections = [section for section in sections if is_read(section.rows, steps)]
    said = {row["pointer"]: row["value"] for section in sections for row in section.rows}
    for pointer, value in list(said.items()):
        letters = _date_in_letters(value)
        if letters:
            said[f"{pointer}@letters"] = letters
    return {
        "said": said,
        "sections": [
            {
                "title": section.title,
                "rows": [
                    {"key": row["key"], "under": row["under"], "value": row["value"]}
                    for row in section.rows
                    if row["pointer"].rpartition("/")[2] not in PRIVATE
                ],
            }
            for section in sections
        ],
    }


def is_read(rows: Iterable[Mapping[str, Any]], steps: tuple[str, ...]) -> bool:
    """Tell whether a section of the answers is of one of these steps of the form; without steps every one is."""
    return not steps or any(row["pointer"].split("/")[1] in steps for row in rows)


def _date_in_letters(text: str) -> str:
    """Return `Ngày mười bảy tháng mười một năm hai nghìn …` for 17/11/2022, nothing for what is no whole date."""
    try:
        day, month, year = (int(part) for part in text.split("/"))
        date(year, month, day)
    except ValueError:
        return ""
    return f"Ngày {_letters(day)} tháng {'tư' if month == 4 else _letters(month)} năm {_letters(year)}"  # noqa: PLR2004


def _letters(number: int) -> str:
    return in_words(number).removesuffix(" đồng").lower()


def _signs_as(agency_code: str, agency_name: str, signer: str, on: date) -> list[str]:
    """
    Return the lines above a signature: on whose behalf, in whose stead, as what (NĐ 30/2020/NĐ-CP, Phụ lục I, II.7).

    The post is the one that the signer holds at the agency on the day; a pooled post (“Chủ tịch và Phó Chủ tịch”) says
    nothing about who of them it was, so only the agency is named. Two statements.
    """
    committee = "ban nhân dân" in agency_name
    for_whom = ["TM. Ủy ban nhân dân"] if committee else []
    held = {tenure.post_code for tenure in list_tenures(agency_code, on) if tenure.official.full_name == signer}
    posts = [post for post in list_posts(agency_code, on) if post.code in held and "leader" in post.roles]
    title = posts[0].title if len(posts) == 1 and " và " not in posts[0].title else ""
    if title.startswith("Phó "):
        chief = title.removeprefix("Phó ")
        return [*for_whom, f"KT. {chief}", title]
    return [*for_whom, title] if title else (for_whom or ["Lãnh đạo cơ quan"])
