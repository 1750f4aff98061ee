"""
Who is who in the administration, at which date (tổ chức bộ máy): S-34, and the ground for S-27, S-67, S-69.

Keeps agencies with their identifiers (QĐ 20/2020/QĐ-TTg and, before it, QCVN 102:2016/BTTTT), posts, officials, tenures,
delegations, mergers and splits; the province's settings and calendar; and every load of a province pack. Nothing is
deleted: a row ends by date, or is withdrawn when it was wrong. Kept for as long as the acts signed under it.
"""
