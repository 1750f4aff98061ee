"""A procedure as it is written on pages: what is asked, how an answer changes the document, what changes between two."""
