"""
Thủ tục: what a person can ask of the administration, found in their own words.

S-01, S-34 (the list of procedures). NĐ 63/2010/NĐ-CP Đ.8 (what a procedure must state), NĐ 61/2018/NĐ-CP.
Keeps every version of a procedure: a dossier keeps the one of its day of reception.
"""
