"""The operations centre (S-40, S-41): the figures of a province and of each agency, live, on a desk, a phone and a wall."""
