"""
The documents kernel, as others see it.

Files from outside: `prepare()` before the act, `save()` in it; papers of our own: `render_pdf()`, `save_made()`.
Attach with `link()`; read with `open_document()` or `read_document()`; sign with `signing_key_of()` and `sign_document()`.
"""

from tinhso.kernel.documents.access import DocumentReader, can_read, owner_key
from tinhso.kernel.documents.actions import (
    Prepared,
    discard,
    issue_signing_key,
    link,
    link_many,
    prepare,
    save,
    save_made,
    sign_document,
    unlink,
)
from tinhso.kernel.documents.models import Document, DocumentLink
from tinhso.kernel.documents.queries import (
    get_document,
    linked,
    linked_to_many,
    list_own,
    open_document,
    read_document,
)
from tinhso.kernel.documents.refusals import (
    CannotIssue,
    CannotSign,
    Damaged,
    Empty,
    Incomplete,
    Infected,
    InUse,
    KeyBlocked,
    KeyNotValid,
    Locked,
    NoKey,
    NoSpace,
    ScannerAway,
    TooLarge,
    TooManyPixels,
    Unreadable,
    WeakPin,
    WrongPin,
    WrongType,
)
from tinhso.kernel.documents.scanning import MalwareScanner
from tinhso.kernel.documents.signing import (
    Holder,
    KeyRing,
    SigningKey,
    get_key_ring,
    holder_of,
    sign_pdf,
    signing_key_of,
)
from tinhso.kernel.documents.typesetting import BrokenTemplate, qr_svg, render_pdf
from tinhso.kernel.documents.verification import SignatureReport, verify_pdf

__all__ = [
    "BrokenTemplate",
    "CannotIssue",
    "CannotSign",
    "Damaged",
    "Document",
    "DocumentLink",
    "DocumentReader",
    "Empty",
    "Holder",
    "InUse",
    "Incomplete",
    "Infected",
    "KeyBlocked",
    "KeyNotValid",
    "KeyRing",
    "Locked",
    "MalwareScanner",
    "NoKey",
    "NoSpace",
    "Prepared",
    "ScannerAway",
    "SignatureReport",
    "SigningKey",
    "TooLarge",
    "TooManyPixels",
    "Unreadable",
    "WeakPin",
    "WrongPin",
    "WrongType",
    "can_read",
    "discard",
    "get_document",
    "get_key_ring",
    "holder_of",
    "issue_signing_key",
    "link",
    "link_many",
    "linked",
    "linked_to_many",
    "list_own",
    "open_document",
    "owner_key",
    "prepare",
    "qr_svg",
    "read_document",
    "render_pdf",
    "save",
    "save_made",
    "sign_document",
    "sign_pdf",
    "signing_key_of",
    "unlink",
    "verify_pdf",
]
