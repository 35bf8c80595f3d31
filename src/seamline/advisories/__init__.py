"""Advisories: compiled into keys, matched with what is installed, merged into flaws, ordered by urgency."""
