"""The queue for programs: how many wait at a desk, for anybody."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router
from pydantic import Field

from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.queueing.queries.lines import lines_now
from tinhso.web.shapes import Shape

SECONDS = 10
router = Router(auth=None)
DeskCode = Annotated[str, Path(max_length=40, description="code of the desk", examples=["H47.32.20.01"])]


class LineState(Shape):
    """One line of a desk now."""

    code: str
    letter: str
    name: str
    name_en: str
    waiting: int
    open_windows: int
    wait_minutes: int | None = Field(
        None, description="until somebody who comes now is called; null: no window is open"
    )
    minutes_each: int | None = None
    measured: bool = Field(
        False, description="whether minutes_each was measured today, or is what the province expects"
    )


class Lines(Shape):
    """The lines of a desk."""

    desk: str
    lines: list[LineState]


@router.get("/{desk}", response=Lines, summary="Read how many wait at a desk", operation_id="get_queue")
def get_queue(request: HttpRequest, desk: DeskCode, response: HttpResponse) -> Lines:
    """Return each line of a desk with who waits and for how long; may be some seconds old."""
    asked: ActorRequest = request  # type: ignore[assignment]
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    found = [
        LineState(
            code=each.line.code,
            letter=each.line.letter,
            name=each.line.name,
            name_en=each.line.name_en,
            waiting=each.waiting,
            open_windows=each.windows,
            wait_minutes=each.wait.minutes if each.wait else None,
            minutes_each=each.wait.each if each.wait else None,
            measured=bool(each.wait and each.wait.measured),
        )
        for each in lines_now(desk, asked.at)
    ]
    return Lines(desk=desk, lines=found)
