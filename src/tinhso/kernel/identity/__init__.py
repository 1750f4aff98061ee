"""
Who is acting and how sure are we: people, businesses, accounts, sign-in, assurance, notices.

Định danh và xác thực (S-06). Rests on Luật Căn cước 26/2023/QH15 (personal identification number) and NĐ 69/2024/NĐ-CP
(electronic identity, VNeID). Keeps: people and businesses while they have dossiers; sessions half an hour after they end,
twelve hours at most; failed sign-ins thirty days; sent messages ninety days; of VNeID's answer the subject and the level.
"""
