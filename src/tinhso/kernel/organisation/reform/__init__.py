"""
A reform of the running province: who takes over from whom, what a person must decide, and handing on what runs.

`part` reads and checks a pack that says `reform`; `heirs` answers who goes on with what; `actions` prepares, decides and
hands on in batches, each one act; `loans` is what other packages lend so that their rows are handed on as well.
"""
