"""
The documents kernel, as others see it.

Files from outside: `prepare()` before the act, `save()` in it; papers of our own: `render_pdf()`, `prepare_made()`, `save_made()`.
Attach with `link()`; read with `open_document()` or `read_document()`; sign with `signing_key_of()` and `sign_pdf()`.
"""

from tinhso.kernel.documents.access import DocumentReader, can_read, owner_key
from tinhso.kernel.documents.actions import (
    Prepared,
    discard,
    issue_signing_key,
    link,
    link_many,
    prepare,
    prepare_made,
    save,
    save_made,
    unlink,
)
from tinhso.kernel.documents.models import Document, DocumentLink
from tinhso.kernel.documents.personal import own_file
from tinhso.kernel.documents.queries import (
    get_document,
    linked,
    list_own,
    open_document,
    read_document,
)
from tinhso.kernel.documents.refusals import (
    Active,
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
    StoreAway,
    TooLarge,
    TooManyPixels,
    TwoInOne,
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
    "Active",
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
    "StoreAway",
    "TooLarge",
    "TooManyPixels",
    "TwoInOne",
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
    "list_own",
    "open_document",
    "own_file",
    "owner_key",
    "prepare",
    "prepare_made",
    "qr_svg",
    "read_document",
    "render_pdf",
    "save",
    "save_made",
    "sign_pdf",
    "signing_key_of",
    "unlink",
    "verify_pdf",
]
