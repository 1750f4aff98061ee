"""
Scans made readable: straightened, recognised in Vietnamese, kept as text with the place of each word and as searchable PDF.

Done by programs of the system (tesseract, pdftoppm), each in a process with bounded time and memory, beside the worker.
Where they are not installed nothing breaks: papers are looked at as they are.
"""
