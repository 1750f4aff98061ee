"""The law against what is really out there: national procedures, agencies of a province. Skipped where the data is absent."""

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from tinhso.law.codes import MalformedCode, agency_code, procedure_code, try_agency_code
from tinhso.law.fees import read_national_fee
from tinhso.law.working_time import Limit, Unit

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [pytest.mark.shared_data, pytest.mark.skipif(not DATA.exists(), reason="no ../shared/data")]


def procedures():
    with gzip.open(DATA / "procedures" / "province-commune-procedures.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def test_every_procedure_code_is_read_back():
    codes = [procedure["code"] for procedure in procedures()]
    assert len(codes) == 1500
    assert [str(procedure_code(code)) for code in codes] == codes


def test_units_and_fees_of_every_way():
    units, fees = Counter(), Counter()
    for procedure in procedures():
        for way in procedure["ways"] or ():
            units[Unit.from_portal(way["unit"])] += 1
            for fee in way["fees"]:
                note = fee.get("note", "")
                rule = read_national_fee(fee["text"], note)
                fees["unknown" if rule is None else "free" if not rule.items[0].amounts[0].value else "amount"] += 1
                if "hđnd" in note.lower() or "hội đồng nhân dân" in note.lower():
                    assert rule is None, fee
            limit = Limit.from_portal(way["time"], way["unit"])
            assert limit.unit is Unit.from_portal(way["unit"])
            assert limit.words().text
    assert set(units) == set(Unit) - {Unit.YEAR}
    assert min(fees["unknown"], fees["free"], fees["amount"]) > 100


def test_agencies_of_a_province_resolve_in_both_schemes():
    with (DATA / "agencies" / "tay-ninh-2020-agencies.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    read = [(row, try_agency_code(row["identifier_qcvn102"])) for row in rows]
    assert [row["identifier_qcvn102"] for row, code in read if isinstance(code, MalformedCode)] == ["000.1137.H53"]
    for row, code in read:
        if isinstance(code, MalformedCode):
            continue
        assert agency_code(code.qd20()).qcvn102() == row["identifier_qcvn102"]
        assert code.level == int(row["level"])
        if row["parent_identifier"]:
            assert str(code.parent) == row["parent_identifier"]
