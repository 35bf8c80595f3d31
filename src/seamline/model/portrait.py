"""Everything about one image: what it is, what is inside, its findings, rules, updates and customization."""

from __future__ import annotations

import msgspec

from seamline.model.audit import AuditReport
from seamline.model.customization import Customization
from seamline.model.evidence import Gap
from seamline.model.finding import ScanReport
from seamline.model.report import InspectReport, PackageLine
from seamline.model.update import Updates


class Portrait(msgspec.Struct, frozen=True, kw_only=True):
    """One image on all three dimensions. Schema `seamline.report/1`."""

    inspect: InspectReport
    packages: tuple[PackageLine, ...]
    scan: ScanReport
    audit: AuditReport
    updates: Updates
    customization: Customization
    as_of: str
    schema: str = "seamline.report/1"
    seamline: str = ""

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What was not checked, by the scan or by the audit, each gap once."""
        told = {
            (str(gap.where), gap.message.id, *map(str, gap.message.args.values())): gap
            for gap in (*self.scan.gaps, *self.audit.gaps)
        }
        return tuple(told.values())
