"""The eight mechanisms, one folder each, in order of dependence."""
