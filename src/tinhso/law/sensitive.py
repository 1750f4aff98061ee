"""
What the law calls sensitive among personal data, by class (Luật 91/2025/QH15 Đ.2 k.3; NĐ 356/2025/NĐ-CP Đ.4, not verified).

The classes are dated data, the figure `privacy.sensitive_classes`. Which question of a form falls under which of them is
said by the form; that is for a lawyer as well.
"""

from __future__ import annotations

from tinhso.law.figures import all_figures

CLASSES = "privacy.sensitive_classes"


def sensitive_classes() -> frozenset[str]:
    """Return every class that any list in force so far names: what was asked as sensitive once is kept as such."""
    return frozenset(one for value in all_figures()[CLASSES].values for one in value.value)
