"""Regular expressions that are compiled when they are first asked: most runs need few of those that a module knows.

Compiling one takes 0.1 to 1 ms, and an image that is remembered is judged in a few hundred.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_NAMES = tuple(name for name in dir(re.Pattern) if not name.startswith("_"))


def expression(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` returns, as far as a caller sees; compiled when it is first used, and as quick from then on."""
    return cast("re.Pattern[AnyStr]", _Later(pattern, flags))


class _Compiled:
    """Has what a compiled expression has, as its own attributes."""

    def __repr__(self) -> str:
        return repr(self.__dict__)


class _Later(_Compiled):
    """An expression that nobody has used yet; it becomes a compiled one where it stands."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self._given = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _NAMES:  # no attribute of an expression: copy and pickle ask for such
            raise AttributeError(name)
        pattern, flags = self._given
        compiled = re.compile(pattern, flags)
        for each in _NAMES:
            setattr(self, each, getattr(compiled, each))
        # without `__getattr__` a look-up is an ordinary one, which loops over many lines show
        self.__class__ = _Compiled  # type: ignore[assignment]
        return getattr(compiled, name)
