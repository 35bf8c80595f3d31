"""What the user decided about an image's findings, as VEX statements for others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.finding import Finding, ScanReport
from seamline.model.report import ImageLine
from seamline.model.seam import repository_of
from seamline.model.vex import Statement
from seamline.seam.own_names import own_names
from seamline.settings.file import Ignore
from seamline.settings.rules import Rules


def decided_statements(report: ScanReport, ignores: Sequence[Ignore]) -> Iterator[Statement]:
    """A statement for every finding that the settings say does not count, the widest words first.

    An ignore without a status of its own accepts a risk: the product is affected, and the reason says why that is borne and
    until when. Only who writes `status = "not_affected"` claims more.
    """
    rules = Rules(ignores, report.image.reference, report.as_of[:10])
    for finding in report.findings:
        ignore = rules.suppressing(finding) if finding.suppressed == "settings" else None
        if ignore is not None:
            yield _statement(finding, ignore, report.image)


def _statement(finding: Finding, ignore: Ignore, image: ImageLine) -> Statement:
    is_affected = ignore.status == "affected"
    return Statement(
        ids=(finding.id, *finding.aliases),
        status=ignore.status,
        products=(_product(image),),
        packages=(finding.purl,) if finding.purl else (),
        justification=ignore.justification,
        impact="" if is_affected else ignore.reason,
        action=f"accepted until {ignore.until}: {ignore.reason}" if is_affected else "",
    )


def _product(image: ImageLine) -> str:
    """The image as a purl by digest; by name where no digest is known."""
    names = own_names(image)
    if not image.digest:
        return names[0] if names else image.reference
    repository = repository_of(names[0]) if names else ""
    name = repository.rpartition("/")[2] or "image"
    located = f"?repository_url={repository}" if repository else ""
    return f"pkg:oci/{name}@{image.digest.replace(':', '%3A')}{located}"
