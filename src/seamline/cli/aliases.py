"""Groups whose commands have the short names that users of other tools type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click


class AliasedGroup(click.Group):
    """A group with second names for some commands; the help lists the first."""

    aliases: ClassVar[Mapping[str, str]] = {}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, self.aliases.get(cmd_name, cmd_name))
