"""Fixtures of the catalogue's tests: the province with its 1,500 procedures, and a small pack to break."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from tests.snapshot import PROVINCES, province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.base.actors import system
from tinhso.base.registry import Module, PackPart, Registry
from tinhso.kernel.organisation.pack import BadPack, load_pack
from tinhso.modules.catalogue.actions.pack import ProcedurePart

AT = datetime(2024, 6, 3, 2, 0, tzinfo=UTC)
FACTS = {
    "code": "1.000001",
    "name": "Cấp giấy phép thả diều",
    "field": "Văn hóa",
    "levels": ["commune"],
    "subjects": ["Công dân Việt Nam"],
    "ways": [{"way": "direct", "amount": 3.0, "unit": "working_day", "vnd": [10000]}],
    "cases": [{"components": [{"name": "Đơn xin thả diều", "originals": 1, "copies": 0}]}],
    "results": [{"code": "KQ.G01.000001", "name": "Giấy phép thả diều"}],
    "legal": [{"number": "01/2020/NĐ-CP"}],
}
LOCAL = {
    "code": "1.000001",
    "name_en": "Licence to fly a kite",
    "agency": {"level": "commune"},
    "flow": "mot-cap",
    "fee": {"amount": 10000, "source": "NQ 1/2020/NQ-HĐND"},
    "keywords": ["chơi diều"],
    "online": "full",
}


class SmallPack:
    """A pack with one procedure, to be changed and loaded."""

    def __init__(self, folder: Path) -> None:
        shutil.copy(PROVINCES / "nghich" / "province.yaml", folder)
        self.folder = folder / "procedures"
        (self.folder / "facts").mkdir(parents=True)
        self.facts(FACTS)
        self.local(LOCAL)

    def facts(self, *rows: object) -> None:
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        (self.folder / "facts" / "van-hoa.jsonl").write_text("\n".join(lines) + "\n")

    def local(self, row: object, name: str = "1.000001.yaml") -> None:
        (self.folder / name).write_text(row if isinstance(row, str) else yaml.safe_dump(row, allow_unicode=True))

    def load(self, *, at: datetime = AT, dry_run: bool = False):
        only = Registry()
        only.add("test", Module(slug="", title="test", lends=(PackPart("procedures", ProcedurePart(), order=60),)))
        return load_pack(self.folder.parent, actor=system("loader"), at=at, dry_run=dry_run, lent=only)

    def faults(self) -> list[tuple[str, int, str]]:
        with pytest.raises(BadPack) as no:
            self.load()
        return [(fault.file, fault.line, str(fault)) for fault in no.value.found]


@pytest.fixture
def pack(tmp_path):
    return SmallPack(tmp_path)
