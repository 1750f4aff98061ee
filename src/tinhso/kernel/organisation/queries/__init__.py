"""Every read of the organisation. All take the civil day (`on`) they ask about; none reads the clock."""
