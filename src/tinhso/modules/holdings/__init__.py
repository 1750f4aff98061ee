"""
The data store (kho dữ liệu điện tử của tổ chức, cá nhân): what the province holds of a person or business, S-05 and S-04.

Results of dossiers, true copies of papers, results back-loaded from the archives: each with its code, number, dates, state
and document, kept version by version under the identity number of its holder. Basis: NĐ 61/2018/NĐ-CP, NĐ 107/2021/NĐ-CP,
TT 01/2023/TT-VPCP. Kept for ever; who read it is kept for as long as the province's rules of retention say.
"""
