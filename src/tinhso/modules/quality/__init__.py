"""
Chất lượng phục vụ: how well an agency serves, counted from the dossiers themselves.

S-09, S-41 (computation). QĐ 766/QĐ-TTg (the index), TT 01/2018/TT-VPCP Đ.13–15 (nine indices), surveys by sample.
Keeps one measured row a dossier, without names, and sums of them; closed periods for ever; answers of a survey without
anybody's name; who was drawn until a year after its survey.
"""
