"""Writes of the national portal: what is told, how days compare."""
