"""The dimension of updates: ages, lines, support, what an update forces. Touches model alone."""
