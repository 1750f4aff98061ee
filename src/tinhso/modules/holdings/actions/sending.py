"""A sheet and a zip that come by the page wait in the data folder until they are loaded, and go when the batch is closed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.base.sheets import BadSheetError
from tinhso.modules.holdings.actions.files import Archive, archive_of


class ArchiveUnreadable(Refusal):
    """Not a zip, damaged, or too large to be one of scans."""

    code = "holdings.archive_unreadable"
    text = _(
        "The zip of the files cannot be read: {why}. Make it anew, or load the folder at the server: ./tinhso backload."
    )
    status = 422


class FilesGone(Refusal):
    """What was sent is not in the data folder of this machine."""

    code = "holdings.files_gone"
    text = _("The sheet and its files are not here any more. Send them again.")


def folder_of(batch_id: UUID) -> Path:
    """Return where the sheet and the zip of a batch wait."""
    return Path(settings.DATA_DIR) / "backload" / str(batch_id)


def keep_sent(batch_id: UUID, sheet: Any, archive: Any) -> None:
    """Write what was sent to the disk, before anything is done with it. Raises ArchiveUnreadable."""
    folder = folder_of(batch_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, sent in (("sheet", sheet), ("files.zip", archive)):
        sent.seek(0)
        with (folder / f"{name}.part").open("wb") as file:
            shutil.copyfileobj(sent, file)
        (folder / f"{name}.part").rename(folder / name)


def check_archive(sent: Any) -> None:
    """Look whether this is a zip that we take. Raises ArchiveUnreadable."""
    sent.seek(0)
    try:
        with archive_of(sent):
            pass
    except BadSheetError as error:
        raise ArchiveUnreadable(why=str(error)) from error


@contextmanager
def sent_files(batch_id: UUID) -> Iterator[tuple[IO[bytes], Archive]]:
    """Open the sheet and the zip of a batch. Raises FilesGone, ArchiveUnreadable."""
    folder = folder_of(batch_id)
    try:
        with (
            (folder / "sheet").open("rb") as sheet,
            (folder / "files.zip").open("rb") as packed,
            archive_of(packed) as files,
        ):
            yield sheet, files
    except FileNotFoundError as error:
        raise FilesGone from error
    except BadSheetError as error:
        raise ArchiveUnreadable(why=str(error)) from error


def forget_sent(batch_id: UUID) -> None:
    """Remove what waited for a batch."""
    shutil.rmtree(folder_of(batch_id), ignore_errors=True)
