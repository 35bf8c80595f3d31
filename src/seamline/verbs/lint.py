"""Dockerfiles judged: read, seen with what is known of their parent, asked by every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from functools import lru_cache

import msgspec

from seamline import __version__
from seamline.advisories.base_ends import cycles_named, releases_named
from seamline.effects.process import PIPE_BYTES, first_on_path, run_on
from seamline.errors import Malformed, MissingTool, Where
from seamline.expression import expression
from seamline.formats.dockerfile.check import check_dockerfile
from seamline.formats.dockerfile.parse import parse_dockerfile
from seamline.formats.dockerfile.values import Dockerfile
from seamline.lint.builder_checks import EQUAL, WITHOUT, directive_of
from seamline.lint.gates import LintGate, broken, broken_checks
from seamline.lint.judge import judge
from seamline.lint.mending.edit import Means
from seamline.lint.mending.listing import FIXERS
from seamline.lint.mending.mend import mend, mendable
from seamline.lint.parent import Parent
from seamline.lint.rules.bases import on_images
from seamline.lint.rules.left_out import LEFT_OUT
from seamline.lint.rules.listing import BY_ID, RULES
from seamline.lint.shellcheck import COMMAND, findings_of, scripts_of
from seamline.lint.view import StageView, Support, View, view_of
from seamline.model.evidence import Gap, Message
from seamline.model.linting import LintFile, LintFinding, LintReport, ParentLine, RuleLine, StageLine
from seamline.model.seam import Base, full_name
from seamline.render.lint_reference import write_reference
from seamline.render.words import word
from seamline.seam.known import KnownBases
from seamline.settings.file import Settings
from seamline.stores.advisory_index import WEATHER, Advisories

RUNTIME = tuple(
    Message(f"lint-runtime-{name}")
    for name in ("read-only", "capabilities", "escalation", "seccomp", "limits", "volumes", "network")
)
"""What a Dockerfile cannot say, whatever is written in it."""


_SHELLCHECK = expression(r"SC\d{4}")
Pin = Callable[[str], str]
"""The digest that an image of that name has; nothing where nobody knows."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What a lint knows beside the file: build arguments, trusted registries, rules that the settings leave out, whether
    a .dockerignore stands beside, the dates of releases (None: there are none) as of `today`."""

    arguments: Mapping[str, str] = {}
    trusted: tuple[str, ...] = ()
    ignored: frozenset[str] = frozenset()
    has_ignore_file: bool | None = None
    support: Support | None = None
    today: str = ""


@lru_cache(4)
def read_dockerfile(data: bytes, name: str) -> Dockerfile:
    """A Dockerfile that the builder would take.

    Raises:
        Malformed: it would not.
    """
    dockerfile = parse_dockerfile(data, name)
    check_dockerfile(dockerfile)
    return dockerfile


def see_dockerfile(dockerfile: Dockerfile, parent: Parent | None, given: Given) -> View:
    """A Dockerfile as the rules see it."""
    return view_of(
        dockerfile,
        parent,
        given.arguments,
        has_ignore_file=given.has_ignore_file,
        trusted=given.trusted,
        support=given.support,
        today=given.today,
    )


def rules_left_out(settings: Settings) -> frozenset[str]:
    """The rules that the settings leave out: ours and ShellCheck's.

    Raises:
        Malformed: one of them is no rule.
    """
    for name in settings.lint_ignores:
        if name not in BY_ID and name not in LEFT_OUT and not _SHELLCHECK.fullmatch(name):
            near = get_close_matches(name, BY_ID, n=1)
            raise Malformed(
                Where(source=settings.source, inside="lint.ignore"),
                expected="the id of a rule",
                got=repr(name)[:100],
                hint=f"did you mean {near[0]}?" if near else "docs/reference/lint-rules.md",
            )
    return frozenset(settings.lint_ignores)


def support_from(index: Advisories) -> Support | None:
    """The dates of releases that came with the advisories; None where they brought none."""
    if index.manifest.state_of(WEATHER) is None:
        return None
    return lambda reference: cycles_named(reference, index.cycles)


def lint_file(
    view: View,
    pin: Pin,
    given: Given,
    foreign: Iterable[LintFinding] = (),
    gaps: Iterable[Gap] = (),
    *,
    mended: str | None = None,
) -> LintFile:
    """What the rules say about one file; `foreign` and `gaps` are ShellCheck's, `mended` is its mended source where that was
    made already."""
    found = judge(view, foreign=foreign, ignored=given.ignored)
    source = mended_source(view, pin, given) if mended is None else mended
    fixable = _fixable(view, found, source, Means(pin=pin, left=given.ignored), given)
    findings = tuple(_in_words(each, fixable) for each in found)
    return LintFile(
        name=view.dockerfile.name,
        instructions=len(view.dockerfile.instructions),
        stages=tuple(_stage_line(each, view) for each in view.stages),
        parent=_parent_line(view.final.parent),
        findings=findings,
        gaps=(*_gaps(view), *gaps),
        checks_are_errors=directive_of(view.dockerfile).errors,
    )


def _fixable(
    view: View, found: Sequence[LintFinding], source: str, means: Means, given: Given
) -> AbstractSet[tuple[str, int, str]]:
    """What mending takes away: findings that it mends one by one, and those that are gone with them."""
    if source == view.dockerfile.text:
        return frozenset()
    data = source.encode("utf-8", "surrogateescape")
    after = see_dockerfile(read_dockerfile(data, view.dockerfile.name), view.own_parent, given)
    left = {(each.rule, each.detail) for each in judge(after, ignored=given.ignored)}
    gone = {(each.rule, each.line, each.detail) for each in found if (each.rule, each.detail) not in left}
    return gone | {(rule, at.line, at.detail) for rule in FIXERS for at, _ in mendable(view, rule, means)}


def mended_source(view: View, pin: Pin, given: Given) -> str:
    """The source of a file without what can be mended."""

    def again(data: bytes) -> View:
        return see_dockerfile(read_dockerfile(data, view.dockerfile.name), view.own_parent, given)

    return mend(view, Means(pin=pin, left=given.ignored), again)[0]


class Pins:
    """The digests that the known bases have for names on one platform."""

    def __init__(self, known: KnownBases, platform: str) -> None:
        self._known, self._platform = known, platform

    def __call__(self, name: str) -> str:
        """The digest of the newest known base of a name, of its index where one is known; empty for none."""
        newest = self._newest(name)
        return "" if newest is None else newest.index_digest or newest.digest or ""

    def alone(self, name: str) -> str:
        """The one platform that the digest is of; empty where it stands for all."""
        newest = self._newest(name)
        return newest.platform if newest is not None and newest.index_digest is None else ""

    def _newest(self, name: str) -> Base | None:
        found = self._known.with_name(full_name(name), self._platform)
        return max(found, key=lambda base: (base.last_seen, base.created), default=None)


def pinned_alone(view: View, pins: Pins) -> dict[str, str]:
    """The names of bases that get a digest of one platform alone, with the platform."""
    names = dict.fromkeys(each.stage.base for each in view.stages if "@" not in each.stage.base)
    return {name: platform for name in names if pins(name) and (platform := pins.alone(name))}


def shellcheck(view: View) -> tuple[tuple[LintFinding, ...], tuple[Gap, ...]]:
    """What ShellCheck says about the scripts of a file, and what it did not see."""
    where = Where(source=view.dockerfile.name)
    scripts = list(scripts_of(view))
    long = [script for script in scripts if len(script.data) > PIPE_BYTES]
    scripts = [script for script in scripts if script not in long]
    gaps = [
        Gap(where=where, message=Message("lint-script-too-long", {"line": each.step.outer.start_line}))
        for each in long
    ]
    if not scripts:
        return (), tuple(gaps)
    try:
        first_on_path(COMMAND[0])
    except MissingTool:
        return (), (*gaps, Gap(where=where, message=Message("lint-no-shellcheck", {"number": len(scripts)})))
    answer, names = run_on(COMMAND, [script.data for script in scripts], answers=(0, 1), seconds=60)
    return tuple(findings_of(answer, names, scripts, view)), tuple(gaps)


def lint_report(files: Sequence[LintFile], gates: Sequence[LintGate] = ()) -> LintReport:
    """All files, the rules that they break, the gates that do not hold."""
    findings = [each for file in files for each in file.findings]
    named = dict.fromkeys(each.rule for each in findings if each.rule in BY_ID)
    return LintReport(
        files=tuple(files),
        rules=tuple(rule_line(name) for name in sorted(named)),
        runtime=RUNTIME,
        gates=tuple(gate.text for gate in gates),
        broken=(*broken(gates, findings), *broken_checks(files)),
        seamline=__version__,
    )


def reference_page() -> str:
    """docs/reference/lint-rules.md as the rules make it."""
    rows = [(rule.id, rule.dimension.value, rule.severity.value, rule.id in FIXERS) for rule in RULES]
    return write_reference(rows, LEFT_OUT, EQUAL, WITHOUT, [message.id for message in RUNTIME])


def rule_line(name: str) -> RuleLine:
    """A rule in words."""
    rule = BY_ID[name]
    return RuleLine(
        id=name,
        dimension=rule.dimension,
        severity=rule.severity.value,
        title=word(f"lint-{name}", "en"),
        why=word(f"why-{name}", "en"),
        mend=word(f"mend-{name}", "en"),
    )


def _in_words(finding: LintFinding, fixable: AbstractSet[tuple[str, int, str]]) -> LintFinding:
    if finding.title:
        return finding
    return msgspec.structs.replace(
        finding,
        title=word(f"lint-{finding.rule}", "en"),
        fixable=(finding.rule, finding.line, finding.detail) in fixable and not finding.ignored,
    )


def _stage_line(each: StageView, view: View) -> StageLine:
    stage = each.stage
    last = stage.instructions[-1] if stage.instructions else stage.first
    return StageLine(
        name=stage.label,
        base=stage.base,
        resolved=stage.resolved,
        line=stage.first.start_line,
        end_line=last.end_line,
        user=each.user,
        user_line=0 if each.user_step is None else each.user_step.outer.start_line,
        is_final=each is view.final,
        is_windows=each.is_windows,
    )


def _parent_line(parent: Parent) -> ParentLine:
    return ParentLine(
        reference=parent.reference,
        digest=parent.digest,
        known_from=parent.known_from,
        user=parent.user,
        distribution=parent.distribution,
        manager=parent.manager,
        libc=parent.libc,
        packages=len(parent.packages),
    )


def _gaps(view: View) -> Iterator[Gap]:
    dated = [each.stage.resolved for each in on_images(view) if releases_named(each.stage.resolved)]
    if view.support is None and dated:
        where = Where(source=view.dockerfile.name)
        names = ", ".join(dict.fromkeys(dated))
        yield Gap(where=where, message=Message("lint-support-unknown", {"references": names}))
    parent = view.final.parent
    if not parent.is_read and parent.libc != "none":
        where = Where(source=view.dockerfile.name, line=view.final.stage.first.start_line)
        message = Message("lint-parent-not-read", {"reference": parent.reference})
        yield Gap(where=where, message=message)
