"""What the queue answers."""
