"""
Codes: dossiers, agencies, procedures, types of result. Each is taken apart, put together, and checked; none is guessed.

Dossiers: TT 01/2018/TT-VPCP Đ.19. Agencies: QCVN 102:2016/BTTTT, then QĐ 20/2020/QĐ-TTg.
"""

from tinhso.law.codes.agencies import (
    AgencyCode,
    AgencyScheme,
    MalformedCode,
    agency_code,
    try_agency_code,
)
from tinhso.law.codes.dossiers import (
    CounterFull,
    CounterScope,
    DossierCode,
    DossierCodePattern,
    MalformedDossierCode,
    MalformedPattern,
    national_pattern,
)
from tinhso.law.codes.procedures import (
    MalformedProcedureCode,
    MalformedResultType,
    ProcedureCode,
    ResultTypeCode,
    procedure_code,
    result_type_code,
)
from tinhso.law.codes.typed import typed_codes

__all__ = [
    "AgencyCode",
    "AgencyScheme",
    "CounterFull",
    "CounterScope",
    "DossierCode",
    "DossierCodePattern",
    "MalformedCode",
    "MalformedDossierCode",
    "MalformedPattern",
    "MalformedProcedureCode",
    "MalformedResultType",
    "ProcedureCode",
    "ResultTypeCode",
    "agency_code",
    "national_pattern",
    "procedure_code",
    "result_type_code",
    "try_agency_code",
    "typed_codes",
]
