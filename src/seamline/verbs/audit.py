"""Where an image stands on attack surface and rules: surfaces found, rules judged, everything with its side."""

from __future__ import annotations

from collections.abc import Sequence

from seamline import __version__
from seamline.audit import RULES
from seamline.audit.case import Case
from seamline.audit.rule import judge
from seamline.catalog.applets import READER as APPLETS
from seamline.catalog.reader import Reader
from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.texts import READER as TEXTS
from seamline.model.audit import AuditReport, StartLine
from seamline.model.image import Config
from seamline.model.package import Side
from seamline.model.report import StratumLine
from seamline.settings.file import Settings
from seamline.surface.accounts import accounts_of, runs_as
from seamline.surface.find import Ground, find_surface
from seamline.surface.package_sources import package_sources
from seamline.surface.placed import Placed
from seamline.surface.start import health_words, path_of, program_of, start_files, start_words
from seamline.tree.tree import Tree
from seamline.verbs.inspect import Seen, inspect_report

DEEP: tuple[Reader, ...] = (TEXTS, SCRIPTS, APPLETS)
"""The readers whose records an audit asks for."""


def audit_report(seen: Seen, settings: Settings, as_of: str) -> AuditReport:
    """The audit of one image, seen by the readers of DEEP too."""
    case = _case(seen, settings, as_of)
    return AuditReport(
        image=case.image,
        kind=case.kind,
        form=seen.seam.form.value,
        distribution=seen.looked.catalog.distribution,
        runs_as=case.runs_as,
        start=case.start,
        rules=tuple(judge(RULES, case)),
        surface=case.surface,
        accounts=case.accounts,
        sources=case.sources,
        gaps=seen.looked.gaps,
        as_of=as_of,
        seamline=__version__,
    )


def _case(seen: Seen, settings: Settings, as_of: str) -> Case:
    looked = seen.looked
    inspected = inspect_report(seen, as_of)
    texts = looked.visible(TEXTS)
    placed = Placed(looked.tree, seen.seam.stratum_of, looked.catalog.suppliers)

    def owner(part: StratumLine) -> str:
        return settings.owner_of(Side(part.side), (part.base.reference,) if part.base else ())

    config = inspected.image.config
    who = runs_as(config.user, texts)
    accounts = accounts_of(texts)
    files = tuple(start_files(start_words(config), config, looked.tree))
    ground = Ground(
        texts=texts,
        applets=looked.visible(APPLETS),
        accounts=accounts,
        runs_as=who,
        path=path_of(config),
        start=files,
    )
    return Case(
        image=inspected.image,
        kind=inspected.kind,
        strata=inspected.strata,
        settings=inspected.settings,
        runs_as=who,
        start=_start(config, looked.tree, files),
        accounts=accounts,
        surface=find_surface(placed, ground),
        sources=package_sources(texts, as_of[:10]),
        owner_by_side=owner,
    )


def _start(config: Config, tree: Tree, files: Sequence[bytes]) -> StartLine:
    words, health = start_words(config), health_words(config)
    program, check = program_of(words, config, tree), program_of(health, config, tree)
    return StartLine(
        words=words,
        program=_text(program.path) if program is not None else "",
        files=tuple(map(_text, files)),
        health_words=health,
        health_program=_text(check.path) if check is not None else "",
    )


def _text(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
