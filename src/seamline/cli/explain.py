"""`seamline explain IMAGE ADVISORY`"""

from __future__ import annotations

import re
from typing import Any

import click
import msgspec

from seamline.cli.judging import TERMS, add_options, stocks
from seamline.cli.looking import session_of
from seamline.cli.options import Asked, Common, reading_options
from seamline.cli.output import chosen_outputs, emit
from seamline.render.explain import write_explain
from seamline.verbs.database import open_database
from seamline.verbs.explain import explain_report
from seamline.verbs.explain_rule import explain_rule, rule_named
from seamline.verbs.scan import scan_report
from seamline.verbs.terms import Chosen, gather_terms

_FORMS = ("table", "json")
_ID = re.compile(
    r"^(CVE|GHSA|EOL|PYSEC|PSF|GO|RUSTSEC|OSV|GSD|MAL|BIT|HSEC|CURL|CGA|MINI|ECHO|CIS|SL"  # flaws, ends, languages, makers, rules
    r"|(DEBIAN|UBUNTU|ALPINE|ALPAQUITA|AZL|BELL|LSN|TEMP)(-CVE)?|D[SLT]A|DTSA|USN"
    r"|RH[SBE]A|AL[SBE]A|RL[SBE]A|RXSA|ELSA|ALAS\w*|OESA|MGASA|PHSA|ROOT|CLEANSTART"
    r"|(open)?SUSE-(SU|RU|OU|FU)|x_\w+)-[\w.:-]+$",
    re.IGNORECASE,
)


@click.command()
@click.argument("image")
@click.argument("advisory")
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.option("--deploy", metavar="FILE|LINE", default="", help="How it is run, for rules of the audit.")
@add_options(TERMS)
@reading_options
def explain(
    common: Common, image: str, advisory: str, form: str | None, target: str | None, deploy: str, **terms: Any
) -> None:
    """Why an advisory holds for an image or not, or what a rule of the audit asks of it, whose it is, and what mends it. Either order of the two is understood.

    \b
    seamline explain nginx:1.27 CVE-2026-34182
    seamline explain GHSA-jfh8-c2jp-5v3q registry.example/shop
    seamline explain shop:1.4 CIS-5.26 --deploy deployment.yaml
    """
    if _ID.match(image) and not _ID.match(advisory):
        image, advisory = advisory, image
    if rule := rule_named(advisory):
        _explain_rule(common, image, rule, form, target, deploy)
        return
    advisory = _spelt(advisory)
    judged, _ = gather_terms(Chosen(settings=common.settings, **terms), common.as_of[:10])
    index = open_database()
    known = session_of(common.of_one_platform()).known
    reports = [
        explain_report(
            stock, index, scan_report(stock, index, known, judged, common.as_of), advisory, judged.vex
        )
        for stock in stocks([image], None, common)
    ]
    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": lambda: "\n".join(write_explain(report, common.language) for report in reports).encode(),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        },
    )


def _explain_rule(
    common: Common, image: str, rule: str, form: str | None, target: str | None, deploy: str
) -> None:
    """The same for a rule of the audit."""
    from seamline.cli.audit import audited  # noqa: PLC0415 - only rules need it
    from seamline.render.explain_rule import write_rule  # noqa: PLC0415 - as above

    reports = [
        explain_rule(report, scan, rule)
        for report, scan in audited(
            common, Asked(images=(image,), from_file=None, outputs=()), deploy=deploy, tags=(rule,)
        )
    ]
    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": lambda: "\n".join(write_rule(report, common.language) for report in reports).encode(),
            "json": lambda: b"".join(msgspec.json.encode(report) + b"\n" for report in reports),
        },
    )


def _spelt(advisory: str) -> str:
    """An id as its keepers spell it: `cve-2026-1` is CVE-2026-1; GHSA's letters behind its name are small."""
    head, dash, rest = advisory.partition("-")
    match head.upper():
        case "GHSA":
            return f"GHSA{dash}{rest.lower()}"
        case "CVE":
            return advisory.upper()
        case "EOL":
            return f"EOL{dash}{rest.lower()}"
    return advisory
