"""Reports -> text, JSON and SBOM documents (strings and bytes). Owns every word that a user reads."""
