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


_EXPECTED = "`bases:` with a list of `image:`, `owner:`, `study:`"
_HINT = "see seamline base sync --help"


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bases: tuple[ListedBase, ...]


def parse_base_list(data: bytes, source: str) -> tuple[ListedBase, ...]:
    """The bases in their order.

    Raises:
        Malformed: the bytes are no such list; the message names the field.
    """
    from seamline.formats.yaml_document import parse_yaml  # noqa: PLC0415 - 20 ms that no other verb needs

    documents = parse_yaml(data, source, expected=_EXPECTED, hint=_HINT)
    try:
        return msgspec.convert(documents[0] if len(documents) == 1 else documents, _Document).bases
    except (msgspec.ValidationError, ValueError) as fault:
        got = str(fault).replace("\n", " ")
        raise Malformed(source, expected=_EXPECTED, got=got, hint=_HINT) from fault
