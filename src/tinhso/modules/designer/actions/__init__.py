"""What drafters, legal officers and the worker do."""
