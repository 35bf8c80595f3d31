"""Readers: files of an image become packages. Touches model, formats and tree; never a place."""
