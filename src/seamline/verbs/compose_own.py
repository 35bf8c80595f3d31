"""The part of a composed image that the recipe itself brings: files of one's own, users and groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from seamline.change.accounts import Accounts, ids_of, with_accounts
from seamline.change.contents import File, Held
from seamline.change.rootfs import DAY_NS, account_files
from seamline.change.scripts import Account, Group
from seamline.errors import Malformed
from seamline.formats.recipe import Recipe
from seamline.model.entry import Entry, Kind


def own_layer(recipe: Recipe, accounts: Accounts, folder: Path, clamp_ns: int) -> list[File]:
    """The files of the last layer, none where the recipe brings nothing; `folder` is where its own files are read.

    Raises:
        Malformed: a path, mode, name or number is wrong, or the image starts as a user that it does not have.
    """
    wanted: list[Account | Group] = [*_groups(recipe), *_users(recipe)]
    day, shadowed = clamp_ns // DAY_NS, bool(accounts.shadow)
    after = with_accounts(accounts, wanted, day, shadowed=shadowed) if wanted else accounts
    _check_user(recipe, after)
    made = dict(_files(recipe, folder, clamp_ns))
    if wanted:
        made = account_files(after, wanted, clamp_ns) | made
    return [made[path] for path in sorted(made)]


def _groups(recipe: Recipe) -> Iterator[Group]:
    return (Group(name=each.name, gid=each.gid) for each in recipe.groups)


def _users(recipe: Recipe) -> Iterator[Account]:
    for each in recipe.users:
        yield Account(
            name=each.name,
            uid=each.uid,
            gid=each.gid,
            group=each.group,
            home=each.home or "/nonexistent",
            shell=each.shell,
            comment=each.comment,
            makes_home=bool(each.home),
            groups=each.groups,
        )


def _check_user(recipe: Recipe, accounts: Accounts) -> None:
    """An image that starts as somebody it does not know would not start at all."""
    name = recipe.config.user.partition(":")[0]
    if name and not name.isdigit() and ids_of(accounts, name) is None:
        raise Malformed(
            "config.user",
            expected="a user of the image, or a number",
            got=repr(name),
            hint="add it: users: [{name: ..., uid: ...}]",
        )


def _files(recipe: Recipe, folder: Path, clamp_ns: int) -> Iterator[tuple[bytes, File]]:
    for each in recipe.files:
        data = each.content.encode() if each.content is not None else (folder / each.source).read_bytes()
        path = each.path.strip("/").encode()
        if not path or b".." in path.split(b"/"):
            raise Malformed(
                each.path,
                expected="a path inside the image",
                got=repr(each.path),
                hint="write it from the root: /etc/x",
            )
        if not each.mode or any(digit not in "01234567" for digit in each.mode):
            raise Malformed(
                each.path,
                expected="an octal mode such as 0644",
                got=repr(each.mode),
                hint='write it in quotes: mode: "0755"',
            )
        entry = Entry(
            path=path,
            kind=Kind.FILE,
            mode=int(each.mode, 8),
            uid=each.uid,
            gid=each.gid,
            size_bytes=len(data),
            mtime_ns=clamp_ns,
        )
        yield path, (entry, Held(data))
