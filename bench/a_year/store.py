"""The data store of the year: two archives are loaded in January, checked paper by paper, and stand for papers from then on."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from tinhso.base.actors import system
from tinhso.base.sheets import write_xlsx
from tinhso.kernel.casework.public import held_for
from tinhso.modules.holdings.actions import backload, checking, files
from tinhso.modules.holdings.queries.rows import HEADINGS
from tinhso.modules.onestop.tests import playing

from .calendar import YEAR, moment
from .ledger import HOI_AN, MINH_AN, Office, Story

if TYPE_CHECKING:
    from .play import Year

LOADER = system("loader")
MARRIAGE, LAND = "KQ.G15.000032", "KQ.G10.001147"
LOADED_ON = date(YEAR, 1, 9)
EVERY = {MARRIAGE: 2, LAND: 3}
"""Every second person has a marriage certificate in the archives, every third a land right."""


class Store:
    """Who has what in the archives, and who makes use of it."""

    def __init__(self, year: Year) -> None:
        self.year = year

    def plan(self, dossiers: int) -> None:
        """Have both archives loaded, of everybody who may come this year."""
        people = sorted({self.year.key_of(number) for number in range(dossiers)})
        for hour, code, title, office in (
            (9, MARRIAGE, "Giấy chứng nhận kết hôn", MINH_AN),
            (10, LAND, "Giấy chứng nhận quyền sử dụng đất", HOI_AN),
        ):
            owners = [key for key in people if key % EVERY[code] == 0]
            at = moment(LOADED_ON, time(hour))
            self.year.then(at, lambda at, of=(code, title, office, owners): self._load(*of, at=at))

    def _load(self, code: str, title: str, office: Office, owners: Iterable[int], *, at: datetime) -> None:
        """Load a sheet and its scans; who leads the office opens each paper of the sample, and declares it."""
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            for key in owners:
                number, file = f"{key}/{code[-4:]}/2015", f"{key}.pdf"
                who = self.year.citizen_of(key)
                # a page of its own size: the same file twice would be one paper
                Path(folder, file).write_bytes(playing.pdf(width=100 + key, pages=1 if code == MARRIAGE else 2))
                rows.append(
                    [_number(key), "", who.name, code, title, number, "02/03/2015", office.agency, "", "", file, ""]
                )
            sheet = io.BytesIO()
            write_xlsx(sheet, [HEADINGS, *rows])
            begun = backload.begin_batch(sheet, name=f"{code}.xlsx", agency_code=office.agency, actor=LOADER, at=at)
            loaded = backload.load(begun, sheet, files.Folder(Path(folder)), actor=LOADER, clock=lambda: at)
        assert (loaded.taken, loaded.broken) == (len(rows), 0)
        leader = self.year.official(office.leader)
        for one in loaded.sample:
            checking.open_paper(loaded.id, UUID(one), actor=leader, at=at)
        checking.put_in_force(loaded.id, actor=leader, at=at)

    def certificate(self, story: Story, at: datetime) -> list[UUID]:
        """Return the marriage certificate that stands for a paper of this dossier, if the person has one and wants it."""
        return self._held(story, MARRIAGE, at)

    def land_right(self, story: Story, at: datetime) -> list[UUID]:
        """Return the land right that stands for a paper of this dossier, if the person has one and wants it."""
        return self._held(story, LAND, at)

    def _held(self, story: Story, code: str, at: datetime) -> list[UUID]:
        key = self.year.key_of(story.number)
        if key % EVERY[code] or at.date() <= LOADED_ON or not self.year.chance(80):
            return []
        (held,) = held_for(_number(key), [code], on=at.date())
        story.reused += 1
        return [held.id]


def _number(key: int) -> str:
    return f"049185{key:06d}"
