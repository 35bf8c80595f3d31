"""Where an image stands on attack surface and rules: surfaces found, rules judged, everything with its side."""

from __future__ import annotations

from seamline import __version__
from seamline.audit import RULES
from seamline.audit.case import Case
from seamline.audit.rule import judge
from seamline.catalog.reader import Reader
from seamline.catalog.texts import READER as TEXTS
from seamline.model.audit import AuditReport
from seamline.model.package import Side
from seamline.model.report import StratumLine
from seamline.settings.file import Settings
from seamline.surface.accounts import accounts_of, runs_as
from seamline.surface.find import Placed, find_surface
from seamline.verbs.inspect import Seen, inspect_report

DEEP: tuple[Reader, ...] = (TEXTS,)
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
        rules=tuple(judge(RULES, case)),
        surface=case.surface,
        accounts=case.accounts,
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

    return Case(
        image=inspected.image,
        kind=inspected.kind,
        strata=inspected.strata,
        settings=inspected.settings,
        runs_as=runs_as(inspected.image.config.user, texts),
        accounts=accounts_of(texts),
        surface=find_surface(looked.tree, placed),
        owner_by_side=owner,
    )
