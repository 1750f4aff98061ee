"""Numbers as people type them into a field."""

from __future__ import annotations

import re

from django.utils.translation import gettext

from tinhso.base.refusals import BadInput, Fault
from tinhso.kernel.identity.public import ActorRequest

LONGEST_NUMBER = 15


def whole_number(request: ActorRequest, name: str) -> int:
    """Return a number as people type it: groups of three by dots or spaces, nothing for 0. Raises BadInput."""
    typed = request.POST.get(name, "").replace("\u00a0", " ").strip()
    if not typed:
        return 0
    # 1.5 is no 15: a dot stands before three digits, or it is a slip
    if not re.fullmatch(r"[0-9]+|[0-9]{1,3}(?:[. ][0-9]{3})+", typed, re.ASCII) or len(typed) > LONGEST_NUMBER:
        raise BadInput(faults=[Fault(f"/{name}", gettext("Write a whole number."), "number")])
    return int(re.sub(r"[. ]", "", typed))
