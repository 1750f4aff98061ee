"""After everything personal has gone the checker still finds the platform sound: nothing hangs on what was erased."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.proof.world import _loaded, fresh_copies, left  # noqa: F401 - fixtures
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.personal import Erasure
from tinhso.base.registry import registry
from tinhso.kernel.identity.erasures import GONE
from tinhso.kernel.identity.public import Notice
from tinhso.kernel.journal.public import dispatch, seal
from tinhso.kernel.organisation.public import touch
from tinhso.kernel.privacy.erasing import erase_due
from tinhso.kernel.privacy.models import RuleBook
from tinhso.site.proof.checking import check_all

pytestmark = with_province
MUCH_LATER = datetime(2090, 1, 1, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_nothing_hangs_on_what_was_erased(left):  # noqa: F811
    rules = [
        {"kind": one.key, "keep": {"days": 1}, "from": "2021-01-01", "law": "x", "verified": True}
        for one in registry.of(Erasure)
    ]
    RuleBook.objects.create(
        code="retention", valid_from=date(2080, 1, 1), data={"valid_from": "2080-01-01", "rules": rules}
    )
    touch()
    gone = erase_due(actor=system("eraser"), at=MUCH_LATER)
    assert {"onestop.dossier", "onestop.application", "identity.notice"} <= gone.keys()
    assert set(Notice.objects.values_list("text", flat=True)) == {GONE}
    while dispatch(at=MUCH_LATER) or seal(MUCH_LATER):
        pass
    copies = fresh_copies(left)
    next(copies)
    assert [str(finding) for finding in check_all(left.wanted)] == []
    # but nobody empties a dossier and says that its time was over
    left.damage("UPDATE journal_entry SET event = 'x.y' WHERE event = 'onestop.dossier_erased'")
    assert "declared_changed" in left.kinds()
    copies.close()
