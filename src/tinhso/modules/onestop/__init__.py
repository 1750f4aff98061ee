"""
Một cửa: a dossier from filing to the result, at the counter and online.

S-01 (filing), S-02, S-07 (base), S-08, S-09 (rating). NĐ 61/2018/NĐ-CP, TT 01/2018/TT-VPCP; from 01/07/2025 NĐ 118/2025/NĐ-CP.
Keeps: draft applications 30 days after the last change, or as the province says; dossiers, their papers and results as long
as the province's retention rules say (nothing here deletes a dossier).
"""
