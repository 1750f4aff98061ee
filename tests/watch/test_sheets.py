"""Counters in files: a full disk costs a count, never an answer; what nobody adds to any more is thrown away."""

import errno
import os
import time

import pytest

from tinhso.site.watch import sheets as module
from tinhso.site.watch.sheets import FORGOTTEN_SECONDS, Sheets


def test_a_sheet_has_its_room_on_the_disk(tmp_path):
    """A hole that is written to through memory ends the process when the disk is full (SIGBUS)."""
    sheets = Sheets(tmp_path)
    sheets.add("one")
    (path,) = tmp_path.glob("*.sheet")
    assert path.stat().st_blocks * 512 >= path.stat().st_size


def test_without_room_nothing_is_counted_and_nothing_breaks(tmp_path, monkeypatch):
    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "posix_fallocate", full)
    sheets = Sheets(tmp_path)
    sheets.add("one")
    monkeypatch.undo()
    sheets.add("one")
    assert sheets.total() == {"one": 1}


def test_a_sheet_that_cannot_grow_keeps_what_it_has(tmp_path, monkeypatch):
    sheets = Sheets(tmp_path)
    sheets.add("one")
    monkeypatch.setattr(module.os, "posix_fallocate", lambda *_given: (_ for _ in ()).throw(OSError(errno.ENOSPC, "")))
    for number in range(module.MOST - 1):
        sheets.add(f"a rather long name of a series that fills the sheet {number}")
    monkeypatch.undo()
    sheets.add("one")
    assert sheets.total()["one"] == 2


@pytest.mark.parametrize(("age", "left"), [(0, 1), (FORGOTTEN_SECONDS + 60, 0)])
def test_sheets_of_machines_that_are_no_more_go(tmp_path, age, left):
    other = tmp_path / "12@another-machine.sheet"
    other.write_bytes(b"\0" * 16)
    os.utime(other, (time.time() - age, time.time() - age))
    Sheets(tmp_path).fold()
    assert len(list(tmp_path.glob("*.sheet"))) == left
