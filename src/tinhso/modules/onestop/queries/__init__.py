"""Every read of the one-stop shop. What an actor may not see is not found."""
