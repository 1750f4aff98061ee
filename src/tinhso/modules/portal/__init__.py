"""
The front door: the citizen's home page, help, and the notices that a public site owes its readers.

vi: cổng dịch vụ công. S-01 (public service portal). The home page is made of what other modules lend (`HomePanel`): this
module knows none of them. Keeps nothing: no tables, no cookies of its own.

Legal basis: NĐ 42/2022/NĐ-CP (what a public site must say and how it can be read), NĐ 13/2023/NĐ-CP and Luật 91/2025/QH15
(notice on personal data; to be checked by the province before it opens the site).
"""
