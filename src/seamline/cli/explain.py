"""`seamline explain IMAGE ADVISORY`"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
import msgspec

from seamline.cli.judging import TERMS, add_options, stocks
from seamline.cli.looking import session_of
from seamline.cli.options import Asked, Common, reading_options
from seamline.cli.output import chosen_outputs, emit
from seamline.errors import Usage
from seamline.expression import expression
from seamline.model.explanation import ExplainReport
from seamline.render.explain import write_explain
from seamline.render.explain_rule import write_rule
from seamline.verbs.database import open_database
from seamline.verbs.explain import explain_report
from seamline.verbs.explain_rule import explain_rule, rule_named
from seamline.verbs.scan import scan_report
from seamline.verbs.terms import Chosen, gather_terms

_FORMS = ("table", "json")
_PAIR = 2
_ID = expression(
    r"^(CVE|GHSA|EOL|PYSEC|PSF|GO|RUSTSEC|OSV|GSD|MAL|BIT|HSEC|CURL|CGA|MINI|ECHO|CIS|SL"  # flaws, ends, languages, makers, rules
    r"|(DEBIAN|UBUNTU|ALPINE|ALPAQUITA|AZL|BELL|LSN|TEMP)(-CVE)?|D[SLT]A|DTSA|USN"
    r"|RH[SBE]A|AL[SBE]A|RL[SBE]A|RXSA|ELSA|ALAS\w*|OESA|MGASA|PHSA|ROOT|CLEANSTART"
    r"|(open)?SUSE-(SU|RU|OU|FU)|x_\w+)-[\w.:-]+$",
    re.IGNORECASE,
)


@click.command()
@click.argument("names", nargs=-1, metavar="IMAGE... ADVISORY...")
@click.option("-f", "--format", "form", type=click.Choice(_FORMS), help="table (default) or json.")
@click.option("-o", "target", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.option(
    "--deploy",
    metavar="FILE|LINE",
    multiple=True,
    help="How it is run, for rules of the audit (may be repeated).",
)
@add_options(TERMS)
@reading_options
def explain(
    common: Common,
    names: Sequence[str],
    form: str | None,
    target: str | None,
    deploy: Sequence[str],
    **terms: Any,
) -> None:
    """Why an advisory holds for an image or not, or what a rule of the audit asks of it, whose it is, and what mends it. Either order is understood, also of several.

    \b
    seamline explain nginx:1.27 CVE-2026-34182
    seamline explain GHSA-jfh8-c2jp-5v3q registry.example/shop
    seamline explain shop:1.4 CIS-5.26 --deploy deployment.yaml
    """
    images, ids = _sorted(names)
    rules = [rule for each in ids if (rule := rule_named(each))]
    flaws = [_spelt(each) for each in ids if not rule_named(each)]
    reports = [*_of_flaws(common, images, flaws, terms), *_of_rules(common, images, rules, deploy)]
    write = {True: write_rule, False: write_explain}
    emit(
        chosen_outputs(form, target, (), _FORMS),
        {
            "table": lambda: "\n".join(
                write[bool(each.rules)](each, common.language) for each in reports
            ).encode(),
            "json": lambda: b"".join(msgspec.json.encode(each) + b"\n" for each in reports),
        },
    )


def _sorted(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The images and the ids among what was given. Of two, neither of which reads like an id, the second is meant to be one.

    Raises:
        Usage: one of the kinds is missing.
    """
    # any text, also one too long for a path
    ids = [each for each in names if _ID.match(each) and not os.path.exists(each)]  # noqa: PTH110
    images = [each for each in names if each not in ids]
    if not ids and len(names) == _PAIR:
        images, ids = [names[0]], [names[1]]
    if images and ids:
        return images, ids
    if not images:
        expected = "an image, and an advisory or rule" if not ids else "an image too"
        example = " ".join(ids) or "CVE-2026-34182"
        hint = f"for example seamline explain nginx:1.27 {example}"
    else:
        expected = "an advisory or a rule too"
        hint = f"seamline scan {images[0]} lists its own; for example seamline explain {images[0]} CVE-2026-34182"
    raise Usage("explain", expected=expected, got=" ".join(names) or "nothing", hint=hint)


def _of_flaws(
    common: Common, images: Sequence[str], ids: Sequence[str], terms: Mapping[str, Any]
) -> Iterator[ExplainReport]:
    """Every image with every id."""
    if not ids:
        return
    judged, left = gather_terms(Chosen(settings=common.settings, **terms), common.as_of[:10])
    index = open_database()
    known = session_of(common.of_one_platform()).known
    for stock in stocks(images, None, common):
        report = scan_report(stock, index, known, judged, common.as_of)
        report = msgspec.structs.replace(report, gaps=(*report.gaps, *left))
        for each in ids:
            yield explain_report(stock, index, report, each, judged.vex)


def _of_rules(
    common: Common, images: Sequence[str], rules: Sequence[str], deploy: Sequence[str]
) -> Iterator[ExplainReport]:
    """The same for rules of the audit."""
    if not rules:
        return
    from seamline.cli.audit import audited  # noqa: PLC0415 - only rules need it

    asked = Asked(images=tuple(images), from_file=None, outputs=())
    for report, scan in audited(common, asked, deploy=deploy, tags=tuple(rules)):
        yield from (explain_rule(report, scan, rule) for rule in rules)


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
