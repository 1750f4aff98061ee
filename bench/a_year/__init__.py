"""A year of a commune, played through the real actions, and a plain ledger of it that asks the program nothing."""
