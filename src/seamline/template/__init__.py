"""Ordinary starts: a hardened Dockerfile and how to run what it makes, as files. Touches model alone."""
