"""What the law says, as plain Python: no framework, no clock, no tables. Every answer carries the steps that led to it."""
