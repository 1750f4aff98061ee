"""
Files that matter (tệp và tài liệu điện tử): kept once by their content, checked, read by who may, typeset and signed.

The bytes lie in a folder by their SHA-256 (`store`); a row says who owns them and what they belong to (`models`).
Enter by `public`. Content is checked by what it is, not by its name (`contents`, `scanning`); large files come in
pieces over tus 1.0.0 (`uploads`, `tus`); papers are set by typst (`typesetting`) and signed as PAdES (`signing`).
Legal ground: Luật Giao dịch điện tử 20/2023/QH15 (integrity of a data message, digital signature).
"""
