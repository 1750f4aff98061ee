"""`province.yaml`: what the province is called, how it looks, which of the choices the law leaves open it made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.kernel.organisation.models import ROLES, ProvinceSettings
from tinhso.kernel.organisation.pack.checking import as_date, check_schema
from tinhso.kernel.organisation.pack.dated import Sync, Wanted
from tinhso.kernel.organisation.pack.parts.schemas import PROVINCE
from tinhso.kernel.organisation.pack.plan import Change, Pack
from tinhso.kernel.organisation.pack.reading import Document, Fault, Said
from tinhso.kernel.organisation.queries.province import DATED_SECTIONS
from tinhso.law.codes import DossierCodePattern, MalformedCode, MalformedPattern, agency_code
from tinhso.web.look import theme_faults

FILE = "province.yaml"
OTHER_PROVINCE = _(
    "This database holds {held}. To load {given} as its successor, add “continues: [{held}]”; else use another database."
)
SUCCEEDED = _(
    "{given} was succeeded by {heir} in this database, so its pack is no longer loaded. Load the pack of {heir}; the pack of"
    " the installation is set by TINHSO_PACK."
)
OVERLAP = _("This entry begins on {start}, before the one above it has ended. Give the one above an earlier “to”.")
BAD_COLOURS = _("These colours cannot be used: {problem}.")
_SYNC = Sync(ProvinceSettings, "province", ("code",), ends=False)


class ProvincePart:
    """Checks and loads `province.yaml`."""

    files = (FILE,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what is wrong with the file, and whether this database belongs to another province."""
        document = pack.yaml(FILE)
        faults = check_schema(document, PROVINCE)
        if faults:
            return faults
        pack.shared["province"] = document.data
        pack.shared["tiers"] = tuple(tier["level"] for tier in document.data["tiers"])
        pack.shared["roles"] = tuple(ROLES)
        return [*_overlaps(document), *_choices(document), *self._other_province(document)]

    def _other_province(self, document: Document) -> Iterable[Fault]:
        rows = list(ProvinceSettings.objects.standing())
        held = {row.code for row in rows}
        for row in rows:
            if document.data["code"] in row.data.get("continues", []):
                yield document.fault("/code", SUCCEEDED, given=document.data["code"], heir=row.code)
        allowed = {document.data["code"], *document.data.get("continues", [])}
        if held and not held & allowed:
            yield document.fault("/code", OTHER_PROVINCE, held=", ".join(sorted(held)), given=document.data["code"])

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return whether the settings would change."""
        return _SYNC.changes("province", _SYNC.steps([_wanted(pack)], pack.today))

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:  # noqa: ARG002 - the load journals it
        """Write the settings as a new version."""
        steps = _SYNC.steps([_wanted(pack)], pack.today)
        _SYNC.apply(steps, at, pack.today, lambda item: {"code": item.key[0], "data": item.fields})


def _wanted(pack: Pack) -> Wanted:
    data: dict[str, Any] = pack.yaml(FILE).data
    start = as_date(data["valid_from"])
    assert start is not None, "checked before"
    return Wanted((data["code"],), start, None, data)


def _choices(document: Document) -> Iterable[Fault]:
    for i, entry in enumerate(document.data["dossier_code"]):
        try:
            DossierCodePattern.parse_pattern(entry["pattern"], scope=entry["counter"])
        except MalformedPattern as error:
            yield document.fault(f"/dossier_code/{i}/pattern", Said(error))
    try:
        agency_code(document.data["code"])
    except MalformedCode as error:
        yield document.fault("/code", Said(error))
    for problem in theme_faults(document.data["theme"]):
        token = next((name for name in document.data["theme"] if name in problem), "")
        yield document.fault(f"/theme/{token}".rstrip("/"), BAD_COLOURS, problem=problem)


def _overlaps(document: Document) -> Iterable[Fault]:
    for section in DATED_SECTIONS:
        entries = document.data.get(section, [])
        for i in range(1, len(entries)):
            before = as_date(entries[i - 1].get("to", ""))
            start = as_date(entries[i]["from"])
            if before is None or start is None or start <= before:
                yield document.fault(f"/{section}/{i}/from", OVERLAP, start=entries[i]["from"])
