"""Compose files: read, filled with variables, put together from several, and told as workloads. Source: Compose
specification, as compose-go loads it."""
