"""Tables of the one-stop shop. Only `actions` saves them."""

from tinhso.modules.onestop.models.application import Application, ApplicationFile, ApplicationState
from tinhso.modules.onestop.models.counter import Counter, next_number
from tinhso.modules.onestop.models.dossier import (
    SUPPLEMENT,
    DeliveryState,
    Dossier,
    DossierFile,
    DueChange,
    DueChangeKind,
    FileOrigin,
    MoneyState,
    Pause,
    SupplementReason,
    SupplementRequest,
    Way,
)
from tinhso.modules.onestop.models.money import Payment, PaymentMethod, PaymentState
from tinhso.modules.onestop.models.reading import Purpose, Reading
from tinhso.modules.onestop.models.result import DayFigures, Rating, Result, ResultKind
from tinhso.modules.onestop.models.succession import AgencyChange

__all__ = [
    "SUPPLEMENT",
    "AgencyChange",
    "Application",
    "ApplicationFile",
    "ApplicationState",
    "Counter",
    "DayFigures",
    "DeliveryState",
    "Dossier",
    "DossierFile",
    "DueChange",
    "DueChangeKind",
    "FileOrigin",
    "MoneyState",
    "Pause",
    "Payment",
    "PaymentMethod",
    "PaymentState",
    "Purpose",
    "Rating",
    "Reading",
    "Result",
    "ResultKind",
    "SupplementReason",
    "SupplementRequest",
    "Way",
    "next_number",
]
