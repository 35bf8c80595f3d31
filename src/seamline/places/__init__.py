"""Places: where an Image is read from and written to. One module a kind of place."""
