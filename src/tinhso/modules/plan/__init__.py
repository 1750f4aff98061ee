"""Plans and directives: read, looked at beside their text, held to; tasks, money, progress, reports (S-44, S-45, S-47)."""
