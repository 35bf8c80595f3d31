"""Bytes on disk <-> model: the ledger of known bases, the layer cache."""
