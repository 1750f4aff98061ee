"""Commands of the journal: `journal`, `worker`, and a `flush` that knows the triggers."""
