"""Every error that Seamline raises on purpose: whose fault it is, where, and what to do next.

SeamlineError
├─ Usage         the arguments are wrong                                  exit 2
├─ Malformed     bytes are not what their standard says                   exit 2
├─ Lying         a source sent something else than it promised            exit 2
├─ NotFound      the thing named is not there                             exit 2
├─ Unsupported   a known form that Seamline does not read                 exit 2
├─ Refused       it could be done, but must not                           exit 2
├─ Bomb          reading on would break a limit                           exit 2
├─ Unreachable   the world cannot be reached, stalls or cuts              exit 3
├─ MissingTool   a program that this needs is not installed               exit 3
└─ GateFailed    a gate that the user asked for does not hold             exit 1
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec


def counted(number: int, one: str, many: str = "") -> str:
    """So many of a thing as English says it: `1 layer`, `2 layers`, `0 entries`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


class Where(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place that a user can look at: `source` file or URL, `layer` position, `path` in the image."""

    source: str = ""
    layer: int | None = None
    path: str = ""
    inside: str = ""
    line: int | None = None
    offset: int | None = None

    def __str__(self) -> str:
        spot = self.path or self.source
        if self.inside:
            spot += f"!{self.inside}"
        if self.line is not None:
            spot += f":{self.line}"
        if self.offset is not None:
            spot += f" at byte {self.offset}"
        if self.layer is not None:
            spot += f" in layer {self.layer}"
        return spot.strip()


class SeamlineError(Exception):
    """One line: `<where>: expected <x>, got <y> (<next step>)`."""

    exit_code = 70

    def __init__(self, where: Where | str, *, expected: str, got: str, hint: str) -> None:
        super().__init__(f"{where}: expected {expected}, got {got} ({hint})")
        self.where = where if isinstance(where, Where) else Where(source=where)
        self.expected = expected
        self.got = got
        self.hint = hint

    def __reduce__(self) -> tuple[Callable[..., SeamlineError], tuple[object, ...]]:
        """Copies, and travels from one process to another, as it is: its arguments are not those of an ordinary exception."""
        return _revived, (type(self), self.args, self.__dict__)


def _revived(kind: type[SeamlineError], args: tuple[object, ...], state: dict[str, object]) -> SeamlineError:
    fault = kind.__new__(kind, *args)
    fault.__dict__.update(state)
    return fault


class Usage(SeamlineError):
    """The arguments are wrong."""

    exit_code = 2


class Malformed(SeamlineError):
    """Bytes are not what their standard says."""

    exit_code = 2


class Lying(SeamlineError):
    """A source sent something else than it promised: a digest that does not match."""

    exit_code = 2


class NotFound(SeamlineError):
    """The thing named is not there."""

    exit_code = 2


class Unsupported(SeamlineError):
    """A known form that Seamline does not read."""

    exit_code = 2


class Refused(SeamlineError):
    """It could be done, but must not: a signature is missing, packages conflict."""

    exit_code = 2


class Bomb(SeamlineError):
    """Reading on would break a limit on size, depth or count."""

    exit_code = 2


class Unreachable(SeamlineError):
    """The world cannot be reached, stalls or cuts."""

    exit_code = 3


class MissingTool(SeamlineError):
    """A program that this needs is not installed."""

    exit_code = 3


class GateFailed(SeamlineError):
    """A gate that the user asked for does not hold."""

    exit_code = 1
