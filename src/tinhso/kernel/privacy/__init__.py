"""
Personal data: what a person may ask of the province about themselves, and what the province does unasked.

Luật 91/2025/QH15 (in force 01/01/2026), NĐ 356/2025/NĐ-CP. Everything held of somebody is handed out to them; what the rules
of retention (`retention.yaml` of the pack) let go is erased; what needs consent is asked (`purposes.yaml`). What packages
hold they lend themselves (`base.personal`): this kernel knows none of their tables. Kept: who consented to what, for as long
as somebody may ask.
"""
