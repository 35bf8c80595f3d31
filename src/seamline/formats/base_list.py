"""A list of bases that an organisation keeps in git, as YAML or JSON.

bases:
  - image: registry.example.org/org/python:3.12-*
    owner: platform team
    study: true
"""

from __future__ import annotations

import msgspec

from seamline.errors import Malformed


class ListedBase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: an image, a repository with a glob as its tag, or `registry/path/*`; the team that keeps it;
    whether its content is read too."""

    image: str
    owner: str = ""
    study: bool = False


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bases: tuple[ListedBase, ...]


def parse_base_list(data: bytes, source: str) -> tuple[ListedBase, ...]:
    """The bases in their order.

    Raises:
        Malformed: the bytes are no such list; the message names the field.
    """
    import yaml  # noqa: PLC0415 - 20 ms that no other verb needs

    try:
        # the C loader overruns the stack on deep nesting; this one raises
        return msgspec.convert(yaml.safe_load(data), _Document).bases
    except (yaml.YAMLError, msgspec.ValidationError, RecursionError, ValueError) as fault:
        raise Malformed(
            source,
            expected="`bases:` with a list of `image:`, `owner:`, `study:`",
            got=str(fault).replace("\n", " "),
            hint="see seamline base sync --help",
        ) from fault
