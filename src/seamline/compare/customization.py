"""The indicators of customization."""

from __future__ import annotations

from seamline.compare.indicator import Indicator
from seamline.model.comparison import Measured
from seamline.model.evidence import Message
from seamline.model.portrait import Portrait


def _changed(portrait: Portrait) -> Measured:
    """The files over the base: added, replaced and removed."""
    files = next((each for each in portrait.customization.changes if each.kind == "file"), None)
    if files is None or not portrait.customization.base:
        return Measured(shown=Message("measured-none", {}))
    args = {"added": files.added, "replaced": files.replaced, "removed": files.removed}
    number = files.added + files.replaced + files.removed
    return Measured(shown=Message("measured-changes", args), number=number)


INDICATORS = (Indicator(id="changed-over-base", measure=_changed),)
