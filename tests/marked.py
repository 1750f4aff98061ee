"""A form of the province with one question more that is sensitive: an answer that stands nowhere else."""

from __future__ import annotations

import json

from tests.snapshot import LOADED_AT, PROVINCES

from tinhso.base.actors import system
from tinhso.kernel.forms.public import publish_form
from tinhso.modules.onestop.tests.playing import COPY


def publish_marked(*, marked: bool = True) -> None:
    """Publish the form of COPY with the place of registration marked as sensitive, or as the pack has it."""
    folder = PROVINCES / "quang-nam" / "forms"
    schema = json.loads((folder / f"{COPY}.json").read_text("utf-8"))
    if marked:
        schema["properties"]["record"]["properties"]["registered_at"]["x-sensitive"] = "opinion"
    common = json.loads((folder / "_common.json").read_text("utf-8"))
    publish_form(COPY, schema, common=common, actor=system("loader"), at=LOADED_AT)
