"""A result between its signature and its place in a dossier."""

from __future__ import annotations

from dataclasses import dataclass

from tinhso.kernel.documents.public import Prepared


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """A result that is signed, on disk, and no dossier's yet."""

    file: Prepared
    title_en: str
    revision: int
    """Of the dossier whose answers it was made of."""
    number: str
    """What is printed on it."""
