"""Reads of the national portal: the queue, compared days, central dossiers."""
