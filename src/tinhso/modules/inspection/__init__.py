"""
Kiểm tra tự động: rules over the act just done and its dossier, checked at once, explained with the law, answered by people.

S-46. NĐ 61/2018/NĐ-CP Đ.5, Đ.15, Đ.17-19. Keeps each finding with the facts it was made on, and what was answered to it.
A finding never holds up an act: it is made by the worker after it.
"""
