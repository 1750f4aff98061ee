"""Threads of one web process: most of them only stand in the line before the gate."""

THREADS = 96
"""What the page server is started with. A thread that waits costs some kilobytes."""
SPARE = 8
"""Threads that nobody may wait in: for those who ask how we are, and those who are told to come again."""
