"""Django finds these by their place."""
