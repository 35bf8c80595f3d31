"""One module a user verb; all wiring happens here."""
