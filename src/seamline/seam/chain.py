"""Chain ids: one name for a stack of layers at every depth. Source: OCI image-spec 1.1, config.md, "Layer ChainID"."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from seamline.model.image import Digest


def chain_ids(diff_ids: Sequence[Digest | None]) -> tuple[str, ...]:
    """The chain id of each prefix, bottom first; they end before the first layer whose diff_id is not known."""
    chain: list[str] = []
    for diff_id in diff_ids:
        if diff_id is None:
            break
        below = f"{chain[-1]} {diff_id}" if chain else ""
        chain.append("sha256:" + sha256(below.encode()).hexdigest() if below else diff_id)
    return tuple(chain)


def chain_id(diff_ids: Sequence[Digest]) -> str:
    """The chain id of a whole stack; empty for no layers."""
    return chain_ids(diff_ids)[-1] if diff_ids else ""


def is_prefix(lower: Sequence[Digest], diff_ids: Sequence[Digest | None]) -> bool:
    """Whether a stack begins with these layers; no layers at all prove nothing."""
    return bool(lower) and tuple(lower) == tuple(diff_ids[: len(lower)])
