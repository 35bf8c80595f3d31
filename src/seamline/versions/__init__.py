"""One ordering a file: version text -> a key that sorts as its ecosystem does. Pure and lawful."""
