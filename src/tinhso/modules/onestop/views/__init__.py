"""Pages of the one-stop shop: the citizen's (under /ho-so/) and the desk's (under /mot-cua/). They decide nothing."""
