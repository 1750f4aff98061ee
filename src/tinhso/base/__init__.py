"""The spine, read first: acts, refusals, actors, the manifest registry, the clock. Knows no kernel and no module."""
