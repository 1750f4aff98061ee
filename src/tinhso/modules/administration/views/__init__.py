"""Pages of the administration: read, ask one act, show. They decide nothing."""
