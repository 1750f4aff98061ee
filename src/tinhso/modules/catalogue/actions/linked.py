"""What keeps a linked procedure of a pack from being loaded: time that does not fit, a part that the flow does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import registry
from tinhso.kernel.casework.public import LEAD, Graph, ResultTemplate
from tinhso.kernel.organisation.pack import Document, Fault, Pack, Said
from tinhso.law.answer import NoAnswer
from tinhso.law.fees import MalformedFeeRule, read_fee_rule
from tinhso.law.linked import PartsTooLong, require_fit
from tinhso.law.working_time import Limit, Unit
from tinhso.modules.catalogue.queries.procedures import parts_of

NO_PART = _("Flow {flow} has no part of “{part}”: give it tinhso:participant. It has: {known}.")
NOT_SAID = _("Flow {flow} has a part of “{part}”, of which nothing is said here.")
NO_ROLE = _("Nobody says which agency “{part}” is. Add it to agency.roles.")
TWICE = _("“{key}” is given twice here. Keep one.")
NO_STEP = _("Form {form} has no step {step}.")
BAD_FEE = _("The fee rule is wrong: {why}")
LATER_OF_LEAD = _("What becomes due later is demanded by the lead: write “later” in the fee of the procedure itself.")
NO_TEMPLATE = _("There is no result template {template}. There are: {known}.")
TOO_LONG = _("Who files in the way “{way}” could wait longer than the whole limit: {why}")


def check_linked(document: Document, pack: Pack) -> Iterator[Fault]:
    """Return every fault of what a procedure says of its participants; nothing where one agency settles it."""
    local: dict[str, Any] = document.data
    if "linked" not in local:
        return
    rows = local["linked"]["parts"]
    yield from _check_limits(document, local)
    yield from _check_flow(document, pack, local)
    known, seen = sorted(template.key for template in registry.of(ResultTemplate)), set[str]()
    for index, row in enumerate(rows):
        at = f"/linked/parts/{index}"
        if row["key"] in seen or row["key"] == LEAD:
            yield document.fault(f"{at}/key", TWICE, key=row["key"])
        seen.add(row["key"])
        if row["key"] not in local.get("agency", {}).get("roles", {}):
            yield document.fault(f"{at}/key", NO_ROLE, part=row["key"])
        template = row.get("result_template", "")
        if template and template.rpartition("/")[2] not in known:
            yield document.fault(f"{at}/result_template", NO_TEMPLATE, template=template, known=", ".join(known))
        yield from _check_reads(document, pack, f"{at}/reads", local.get("form", ""), row)
        if "fee" in row:
            yield from _check_fee(document, f"{at}/fee", row["fee"])


def _check_limits(document: Document, local: Mapping[str, Any]) -> Iterator[Fault]:
    """Check that participants who all keep their limits keep that of the whole: one after another, side by side."""
    parts = [(part.position, Limit(part.limit_amount or 0, Unit(part.limit_unit))) for part in parts_of(dict(local))]
    for index, way in enumerate(local.get("ways", [])):
        try:
            require_fit(parts, Limit(Decimal(str(way["amount"])), Unit(way["unit"])))
        except PartsTooLong as no:
            yield document.fault(f"/ways/{index}/amount", TOO_LONG, way=way["way"], why=Said(no))
        except NoAnswer as no:
            yield document.fault("/linked", Said(no))
            return


def _check_flow(document: Document, pack: Pack, local: Mapping[str, Any]) -> Iterator[Fault]:
    flow = local.get("flow", "")
    graph: Graph | None = (pack.shared.get("flows") or {}).get(flow)
    if graph is None:
        return
    said = {LEAD, *(row["key"] for row in local["linked"]["parts"])}
    for part in sorted(said - graph.participants):
        yield document.fault("/linked", NO_PART, flow=flow, part=part, known=", ".join(sorted(graph.participants)))
    for part in sorted(graph.participants - said):
        yield document.fault("/linked", NOT_SAID, flow=flow, part=part)


def _check_reads(document: Document, pack: Pack, at: str, form: str, row: Mapping[str, Any]) -> Iterator[Fault]:
    paths = (pack.shared.get("forms") or {}).get(form)
    if paths is None:
        return
    steps = {path.partition(".")[0] for path in paths}
    for place, step in enumerate(row.get("reads", [])):
        if step not in steps:
            yield document.fault(f"{at}/{place}", NO_STEP, form=form, step=step)


def _check_fee(document: Document, at: str, fee: Mapping[str, Any]) -> Iterator[Fault]:
    if "later" in fee:
        yield document.fault(f"{at}/later", LATER_OF_LEAD)
    try:
        read_fee_rule(fee)
    except MalformedFeeRule as no:
        yield document.fault(f"{at}{no.facts['pointer'].rstrip('/')}", BAD_FEE, why=Said(no.facts["why"]))
