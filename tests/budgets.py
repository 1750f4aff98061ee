"""
How many SQL statements each act may send, all counted: savepoints and transactions too, after a first act of its kind.

Upper bounds of what was measured on SQLite and on PostgreSQL; when a number can be lowered, it is. Acts that need the result
send one more on PostgreSQL, after the lock: what is joined to a locked row is as it was before the wait.
"""

ACTS = {
    "start": 7,
    "save_step": 7,
    "choose_agency": 7,
    "choose_delivery": 6,
    "file": 13,
    "accept": 11,
    "refuse": 11,
    "take": 9,
    "give_back": 7,
    "ask": 15,
    "answer": 19,
    "propose": 13,
    "correct": 10,
    "sign": 26,
    "issue": 12,
    "order": 7,
    "take_money": 10,
    "return": 12,
    "withdraw": 11,
    "postpone": 14,
    "stop": 12,
    "rate": 7,
}
MESSAGES = {
    "start": 6,
    "save_step": 5,
    "choose_agency": 5,
    "choose_delivery": 4,
    "file": 7,
    "accept": 7,
    "refuse": 7,
    "take": 7,
    "give_back": 6,
    "ask": 12,
    "answer": 15,
    "propose": 9,
    "correct": 7,
    "sign": 17,
    "issue": 7,
    "order": 6,
    "take_money": 9,
    "return": 7,
    "withdraw": 8,
    "postpone": 13,
    "stop": 9,
    "rate": 6,
}
"""The same on PostgreSQL, where writes that nobody waits for go together (`base/later.py`)."""
READS = {
    "view_dossier": 4,
    "track": 3,
    "worklist": 3,
    "own": 1,
    "search": 5,  # two of them ask for the version of the organisation, which a request reads once
}
