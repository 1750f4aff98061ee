"""The verbs of `./tinhso`: one function each, in the module named for what it does."""
