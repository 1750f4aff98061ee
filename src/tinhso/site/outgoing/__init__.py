"""What happened here, told to other systems of the province as CloudEvents (S-60)."""
