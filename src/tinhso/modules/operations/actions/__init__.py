"""What is done in the operations centre."""
