"""Rules about Dockerfiles: a parsed file, and what is known of its parent -> findings; and the file mended."""
