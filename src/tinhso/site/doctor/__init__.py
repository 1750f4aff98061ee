"""`./tinhso doctor`: small checks, each of which looks at one thing and says what is wrong and what to do."""
