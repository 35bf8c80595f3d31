"""Two portraits -> one comparison. Touches model alone."""
