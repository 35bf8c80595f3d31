"""`seamline audit IMAGE...`"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click
import msgspec

from seamline.audit import RULES
from seamline.audit.case import Step
from seamline.audit.gates import parse_audit_gate
from seamline.audit.tags import tagged
from seamline.catalog.elf_facts import READER as ELF
from seamline.cli.looking import gaps_exit, see_each, session_of
from seamline.cli.options import Asked, Common, image_options, reading_options
from seamline.cli.output import emit, headed, terminal_columns
from seamline.model.audit import AuditReport
from seamline.model.deployment import Deployment
from seamline.model.finding import ScanReport
from seamline.model.workload import Workload
from seamline.verbs.audit import DEEP, Told, audit_report
from seamline.verbs.customized import knobs_of
from seamline.verbs.database import open_database
from seamline.verbs.forked import forked
from seamline.verbs.scan import scan_report
from seamline.verbs.stock import stock_of
from seamline.verbs.terms import Chosen, gather_terms

if TYPE_CHECKING:
    from seamline.verbs.deployment import Told as Deployed

_FORMS = ("table", "markdown", "json")
_GATE_EXIT = 1


@click.command()
@image_options(_FORMS, "table (default), markdown or json.")
@click.option(
    "--deploy",
    metavar="FILE|LINE",
    multiple=True,
    help="A Kubernetes manifest, a compose file or 'docker run ...' (may be repeated).",
)
@click.option(
    "--dockerfile", metavar="FILE", default="", help="The Dockerfile that the image was built from."
)
@click.option(
    "--fail-on",
    multiple=True,
    metavar="GATE",
    help="Exit 1 on high, app=medium, CIS-4.1 ... (may be repeated).",
)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="TAG",
    help="Only rules of a list: PSS restricted, NSA/CISA, NIST ... (may be repeated).",
)
@click.option("--all", "every", is_flag=True, help="Also the rules that pass or do not apply.")
@reading_options
def audit(
    common: Common,
    asked: Asked,
    deploy: Sequence[str],
    dockerfile: str,
    fail_on: Sequence[str],
    tags: Sequence[str],
    every: bool,
) -> int:
    """Where an image stands: what an intruder would find in it, and the rules it keeps or breaks, each with its side.

    \b
    seamline audit nginx:1.27
    seamline audit shop:1.4 --deploy deployment.yaml --fail-on app=high
    seamline audit shop:1.4 --dockerfile Dockerfile --output markdown=audit.md
    seamline audit shop:1.4 --deploy 'docker run -p 80:80 shop:1.4'
    seamline audit shop:1.4 --deploy compose.yaml --deploy compose.prod.yaml
    """
    reports = [
        report
        for report, _ in audited(
            common, asked, deploy=deploy, dockerfile=dockerfile, fail_on=fail_on, tags=tags
        )
    ]
    emit(
        asked.outputs,
        {
            "table": lambda: _table(reports, common.language, every=every),
            "markdown": lambda: _markdown(reports, common.language),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        },
    )
    return _exit(reports, common)


def _table(reports: Sequence[AuditReport], language: str, *, every: bool) -> bytes:
    from seamline.render.audit import write_audit  # noqa: PLC0415 - one form a run

    return headed(reports, lambda report: write_audit(report, language, terminal_columns(), every=every))


def _markdown(reports: Sequence[AuditReport], language: str) -> bytes:
    from seamline.render.audit_markdown import write_audit_markdown  # noqa: PLC0415 - as above

    return headed(reports, lambda report: write_audit_markdown(report, language))


def audited(
    common: Common,
    asked: Asked,
    *,
    deploy: Sequence[str] = (),
    dockerfile: str = "",
    fail_on: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> Iterator[tuple[AuditReport, ScanReport]]:
    """Every image audited, with the findings that it was judged by."""
    gates = tuple(map(parse_audit_gate, fail_on))
    rules = tagged(RULES, tags)
    terms, _ = gather_terms(Chosen(settings=common.settings), common.as_of[:10])
    deployed = _read(deploy) if deploy else None
    written = _written(dockerfile) if dockerfile else ()
    index, known = open_database(), session_of(common.of_one_platform()).known
    deep = DEEP if deployed is None else (*DEEP, ELF)  # what a deployment starts is looked for in them
    for seen in see_each(asked.images, asked.from_file, common, deep):
        image = seen.looked.image
        names = (image.reference, *image.names)
        scan = scan_report(stock_of(seen), index, known, terms, common.as_of)
        workloads, deployment = _running(deployed, names) if deployed is not None else ((), None)
        told = Told(
            settings=terms.settings,
            scan=scan,
            workloads=workloads,
            deployment=deployment,
            deployment_gaps=deployed.gaps if deployed is not None else (),
            gates=gates,
            knobs=knobs_of(seen, known),
            fork=forked(seen, known, common.as_of),
            written=written,
            rules=rules,
        )
        yield audit_report(seen, told, common.as_of), scan


def _read(deploy: Sequence[str]) -> Deployed:
    from seamline.verbs.deployment import read_deployment  # noqa: PLC0415 - 15 ms that only one needs

    return read_deployment(deploy, os.environ)


def _running(deployed: Deployed, names: Sequence[str]) -> tuple[tuple[Workload, ...], Deployment]:
    from seamline.verbs.deployment import running  # noqa: PLC0415 - as above

    return running(deployed, names)


def _written(dockerfile: str) -> tuple[Step, ...]:
    from seamline.verbs.dockerfile_steps import read_steps  # noqa: PLC0415 - only where one is given

    return read_steps(dockerfile)


def _exit(reports: Sequence[AuditReport], common: Common) -> int:
    """1 where a gate does not hold, told on standard error; else as gaps say."""
    for report in reports:
        for broken in report.broken:
            from seamline.render.words import word  # noqa: PLC0415 - only a broken gate needs it

            args: dict[str, str | int] = {
                "gate": broken.gate,
                "number": len(broken.keys),
                "rules": ", ".join(dict.fromkeys(broken.keys)),
                "unknown": len(broken.unknown_side),
            }
            line = word("audit-gate-broken", common.language, **args)
            sys.stderr.write(f"seamline: {report.image.reference}: {line}\n")
    if any(report.broken for report in reports):
        return _GATE_EXIT
    return gaps_exit(any(report.gaps for report in reports), common)
