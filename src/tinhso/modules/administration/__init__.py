"""
Administration (quản trị hệ thống): people and posts, agencies, procedures, flows, forms, the journal, what is stuck.

Systems S-06 (identity and rights of officials) and S-34 (catalogues). Keeps no tables of its own: everything is an act of
a kernel, journalled there. An administrator of the province sees and does all; one of an agency sees and does that
agency and what lies below it; an auditor reads the same and changes nothing. Legal basis: Luật Cán bộ, công chức (posts
and appointments by decision), NĐ 61/2018/NĐ-CP Đ.22 (the operator of the one-stop system), NĐ 13/2023/NĐ-CP (who looked
at what is journalled).
"""
