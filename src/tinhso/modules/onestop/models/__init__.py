"""Tables of the one-stop shop. Only `actions` saves them."""

from tinhso.modules.onestop.models.application import Application, ApplicationFile, ApplicationState
from tinhso.modules.onestop.models.book import BookNote, BookVolume, YearBook
from tinhso.modules.onestop.models.cash import BookState, CashBook, CashLine, LineKind
from tinhso.modules.onestop.models.counter import Counter, close_series, next_number, next_numbers, next_open_number
from tinhso.modules.onestop.models.demand import ClaimState, DemandState, FeeClaim, FeeDemand
from tinhso.modules.onestop.models.dossier import (
    PAYMENT,
    SUPPLEMENT,
    DeliveryState,
    Dossier,
    DossierFile,
    DossierQuerySet,
    DueChange,
    DueChangeKind,
    FileOrigin,
    MoneyState,
    Pause,
    SupplementReason,
    SupplementRequest,
    Way,
)
from tinhso.modules.onestop.models.handover import Direction, HandOver, HandOverItem, HandOverState, ItemState
from tinhso.modules.onestop.models.lateness import CauseClass, Lateness, LatenessBefore
from tinhso.modules.onestop.models.money import Payment, PaymentMethod, PaymentState
from tinhso.modules.onestop.models.papers import Finding, PaperCheck, TrueCopy
from tinhso.modules.onestop.models.reading import Purpose, Reading
from tinhso.modules.onestop.models.result import DayFigures, Outcome, PartResult, Rating, Result, ResultKind
from tinhso.modules.onestop.models.statement import Found, LineState, MissingAtBank, Statement, StatementLine
from tinhso.modules.onestop.models.succession import AgencyChange

__all__ = [
    "PAYMENT",
    "SUPPLEMENT",
    "AgencyChange",
    "Application",
    "ApplicationFile",
    "ApplicationState",
    "BookNote",
    "BookState",
    "BookVolume",
    "CashBook",
    "CashLine",
    "CauseClass",
    "ClaimState",
    "Counter",
    "DayFigures",
    "DeliveryState",
    "DemandState",
    "Direction",
    "Dossier",
    "DossierFile",
    "DossierQuerySet",
    "DueChange",
    "DueChangeKind",
    "FeeClaim",
    "FeeDemand",
    "FileOrigin",
    "Finding",
    "Found",
    "HandOver",
    "HandOverItem",
    "HandOverState",
    "ItemState",
    "Lateness",
    "LatenessBefore",
    "LineKind",
    "LineState",
    "MissingAtBank",
    "MoneyState",
    "Outcome",
    "PaperCheck",
    "PartResult",
    "Pause",
    "Payment",
    "PaymentMethod",
    "PaymentState",
    "Purpose",
    "Rating",
    "Reading",
    "Result",
    "ResultKind",
    "Statement",
    "StatementLine",
    "SupplementReason",
    "SupplementRequest",
    "TrueCopy",
    "Way",
    "YearBook",
    "close_series",
    "next_number",
    "next_numbers",
    "next_open_number",
]
