"""Facts that the documents kernel announces. None is public: a file name may hold a person's name."""

from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import Event

EVENTS = (
    Event("documents.document_saved", _("A file was saved")),
    Event("documents.document_linked", _("A file was attached")),
    Event("documents.document_unlinked", _("A file was detached")),
    Event("documents.document_discarded", _("A file was removed by its owner")),
    Event("documents.signing_key_issued", _("A signing key was issued")),
    Event("documents.reading_asked", _("Scans were given to be read")),
    Event("documents.scan_read", _("A scan was read")),
    Event("documents.content_purged", _("Content that nothing names was deleted")),
)
