"""`seamline template KIND`: an ordinary start, written into a folder that holds none of its files yet."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from seamline.effects.disk import write_whole
from seamline.errors import Usage
from seamline.render.words import word
from seamline.seam.known import KnownBases
from seamline.template.kinds import TEMPLATES, Template
from seamline.template.write import Means, files_of
from seamline.verbs.lint import Pins


def template_files(kind: str, known: KnownBases, platform: str, language: str) -> dict[str, str]:
    """The files of a kind; bases that are known by their digest are pinned to it.

    Raises:
        Usage: there is no such kind.
    """
    if kind not in TEMPLATES:
        raise Usage(
            "template",
            expected=", ".join(TEMPLATES),
            got=repr(kind),
            hint="for example seamline template python",
        )
    template = TEMPLATES[kind]
    pins = Pins(known, platform)

    def say(name: str, **args: str) -> str:
        return word(f"template-{name}", language, **args)

    return files_of(template, _texts(template), say, Means(pin=pins, alone=pins.alone))


def write_template(written: dict[str, str], folder: Path) -> tuple[Path, ...]:
    """The paths of the files written; nothing is written where one of them is there.

    Raises:
        Usage: a file is there already, or the folder is none.
    """
    if folder.exists() and not folder.is_dir():
        raise Usage(str(folder), expected="a folder", got="a file", hint="name another with --to")
    there = [name for name in written if (folder / name).exists()]
    if there:
        raise Usage(
            str(folder),
            expected="none of these files there",
            got=", ".join(there),
            hint="name an empty folder with --to",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        write_whole(folder / name, (text.encode(),))
        if name.endswith(".sh"):
            (folder / name).chmod(0o755)
    return tuple(folder / name for name in written)


def _texts(template: Template) -> dict[str, str]:
    data = files("seamline.data") / "templates"
    own = {name: (data / name).read_text(encoding="utf-8") for name in template.files}
    return {"Dockerfile": (data / f"{template.kind}.Dockerfile").read_text(encoding="utf-8"), **own}
