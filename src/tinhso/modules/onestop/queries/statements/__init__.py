"""Bank statements: reading files, finding our references, holding lines against the books."""
