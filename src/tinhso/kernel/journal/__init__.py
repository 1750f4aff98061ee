"""
The journal (nhật ký) answers: what happened, who did it, can it be proved.

One append-only journal of every act, written in the act's own transaction, sealed into a Merkle log (RFC 6962) after the
commit, so that nobody's act waits for another's. From it the worker tells every subscriber, at least once. Serves S-08 and
all other systems. Entries are kept for ever; a receipt proves one to anybody, without an account.

Reading order: models, content, record, merkle, sealing, proofs, verifying, dispatching, receipts.
"""
