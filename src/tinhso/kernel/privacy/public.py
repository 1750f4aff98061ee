"""Privacy's door: what other packages may import. What they lend stands in `base.personal`."""

from tinhso.kernel.privacy.actions import give_consent, withdraw_consent
from tinhso.kernel.privacy.consents import has_consent

__all__ = ["give_consent", "has_consent", "withdraw_consent"]
