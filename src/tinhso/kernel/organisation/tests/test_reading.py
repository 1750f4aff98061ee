from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.organisation.pack import (
    Unreadable,
    json_lines,
    read_csv_with_lines,
    read_json_with_lines,
    read_yaml_with_lines,
)
from tinhso.kernel.organisation.pack.reading import pointer


def said(path: Path, read) -> list[str]:
    with override("en"):
        with pytest.raises(Unreadable) as caught:
            read(path)
        return [str(fault) for fault in caught.value.faults]


def test_yaml_keeps_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("country: no\nclock: 7:30\nday: 2024-07-01\nyes: true\nn: 12\nzip: 0123\nhalf: 0.5\nnone:\nx: ~\n")
    assert read_yaml_with_lines(path).data == {
        "country": "no", "clock": "7:30", "day": "2024-07-01", "yes": True, "n": 12, "zip": "0123", "half": 0.5,
        "none": None, "x": None,
    }  # fmt: skip


def test_yaml_knows_the_line_of_each_value(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("# head\na: 1\nlist:\n  - {b: 2,\n     c/d: 3}\n  - e: |\n      long\n      text\n    f: 4\n")
    document = read_yaml_with_lines(path)
    wanted = {"/a": 2, "/list": 3, "/list/0/b": 4, "/list/0/c~1d": 5, "/list/1/e": 6, "/list/1/f": 9}
    assert {at: document.line_of(at) for at in wanted} == wanted
    assert document.line_of("/list/1/nowhere/at/all") == 6
    assert document.line_of("/nowhere") == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a: 1\nb: [1, 2\nc: 3\n", 3, id="open bracket"),
        pytest.param("a: 1\n\tb: 2\n", 2, id="tab"),
        pytest.param("a: &x\n  b: *x\n", 1, id="contains itself"),
        pytest.param("? [1, 2]\n: 3\n", 1, id="key is a list"),
        pytest.param("a: 1\n---\nb: 2\n", 2, id="two documents"),
        pytest.param("a: *nobody\n", 1, id="unknown alias"),
        pytest.param("a: !!python/object:os.system 1\n", 1, id="foreign tag"),
    ],
)
def test_broken_yaml_names_the_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    (sentence,) = said(path, read_yaml_with_lines)
    assert sentence.startswith(f"a.yaml:{line}: This is not well-formed YAML: ")


def test_a_key_given_twice_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a:\n  b: 1\n  c: 2\n  b: 3\n")
    assert said(path, read_yaml_with_lines) == ["a.yaml:4: “b” is given twice in the same block. Keep one."]
    path = tmp_path / "a.json"
    path.write_text('{"a": {"b": 1},\n "x": {"b": 1,\n "b": 2}}')
    assert said(path, read_json_with_lines) == ["a.json:3: “b” is given twice in the same block. Keep one."]


def test_files_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    assert said(tmp_path / "no.csv", read_csv_with_lines) == ["no.csv:1: This file is missing. Add it to the pack."]
    (tmp_path / "latin.csv").write_bytes("a,b\n1,2\nHội,".encode() + b"\xe0\n")
    assert said(tmp_path / "latin.csv", read_csv_with_lines) == [
        "latin.csv:3: This file is not UTF-8 text. Save it as UTF-8."
    ]
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    assert said(tmp_path / "empty.yaml", read_yaml_with_lines) == ["empty.yaml:1: This file is empty."]
    (tmp_path / "a.json").write_text('{"a": 1,\n\n "b" 2}')
    assert said(tmp_path / "a.json", read_json_with_lines)[0].startswith("a.json:3: This is not well-formed JSON: ")


def test_csv_rows_know_where_they_start(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('\ufeffcode,name\n1, Hô\u0323i  An \n\n2,"two\nlines"\n3\n'.encode())
    table = read_csv_with_lines(path)
    assert [(row.line, row["code"], row["name"]) for row in table] == [
        (2, "1", "Hội An"),
        (4, "2", "two lines"),
        (6, "3", ""),
    ]
    assert table.columns == ("code", "name")


def test_a_csv_row_with_too_many_cells_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3,4,5\n")
    assert said(path, read_csv_with_lines) == [
        "a.csv:3: This row has 3 cells, the header has 2. Put quotes around text that holds a comma."
    ]
    path.write_text('a,b\n1,"2\n')
    assert said(path, read_csv_with_lines)[0].startswith("a.csv:2: ")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def places(value, *above):
    yield above
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, *above, key)


@settings(max_examples=50, deadline=None)
@given(values, st.sampled_from([None, 0, 1, 3]))
def test_every_json_value_has_a_line_and_the_scan_finds_all(value, indent) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    lines = json_lines.lines(text)
    assert set(lines) == {pointer(*place) for place in places(value)}
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
    if indent is not None:
        source = text.split("\n")
        for place in places(value):
            if place and isinstance(place[-1], str):
                key = json.dumps(place[-1], ensure_ascii=False)
                assert source[lines[pointer(*place)] - 1].lstrip().startswith(key)
