"""Reports on plans as papers."""
