"""The summary of an image in a terminal: the seam drawn between the parts, then why, then what was not checked.

First the answer, then the reason, then the next command; 80 columns, or up to 100 where the terminal has them.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from seamline.model.evidence import Rung
from seamline.model.image import Attachment
from seamline.model.package import Side
from seamline.model.program import ProgramKind
from seamline.model.report import InspectReport, LayerLine, ProgramLine, StratumLine
from seamline.render.gaps import gap_texts
from seamline.render.layout import (
    MOST_COLUMNS,
    clip,
    count,
    left,
    megabytes,
    packed,
    plain,
    right,
    width,
    wrapped,
)
from seamline.render.next_steps import next_steps
from seamline.render.words import part_name, say, word

_BESIDE_WHAT = 48
"""Columns of a part's figures, side and owner."""
_LABEL = 13
_MOST_PROGRAMS = 6
_MOST_IMPORTS = 12
_MOST_ATTACHED = 12
_MOST_REASONS = 12
_MOST_LINES = 4
"""Of one text: what an image says, or a script in one argument, may be of any length."""
_PROOFS = frozenset((Rung.PROVENANCE, Rung.ANNOTATION, Rung.TOOL_LABEL, Rung.LEDGER))


def write_inspect(report: InspectReport, language: str, columns: int = MOST_COLUMNS) -> str:
    """The text of the summary in lines of at most `columns` (80 to 100), ending in a newline."""
    lines = [
        *_head(report, language, columns),
        "",
        *_cut(report, language, columns),
        "",
        *_facts(report, language, columns),
        "",
        *_next(report, language, columns),
    ]
    return "\n".join(lines) + "\n"


def _head(report: InspectReport, language: str, columns: int) -> Iterator[str]:
    image = report.image
    choice = f" (1/{len(image.platforms)})" if len(image.platforms) > 1 else ""
    digest = f"{image.digest[:19]}..{image.digest[-4:]}" if image.digest else word("no-digest", language)
    place = word(f"place-{image.place}", language)
    yield from packed((plain(image.reference), digest, image.platform + choice, place), "   ", columns)
    small = sum(layer.size_bytes or 0 for layer in image.layers)
    large = sum(layer.unpacked_bytes or 0 for layer in image.layers)
    size = word(
        "sizes", language, packed=megabytes(small), unpacked=megabytes(large), layers=len(image.layers)
    )
    yield from packed((_sentence(report, language), size), "   ", columns)


def _sentence(report: InspectReport, language: str) -> str:
    """`Application image: nginx on Debian 13 "trixie"`."""
    kind = word(f"kind-{report.kind}", language)
    form = (
        ""
        if report.form in ("", "full", "unknown")
        else word("in-form", language, form=word(f"form-{report.form}", language))
    )
    system = (
        report.distribution.pretty_name or report.distribution.id if report.distribution is not None else ""
    )
    on = "" if report.form == "unknown" else word("no-distribution", language)
    if system:
        on = word("on-distribution", language, distribution=plain(system))
    return f"{kind}{form}{on}"


def _cut(report: InspectReport, language: str, columns: int) -> Iterator[str]:
    """The parts top down, with the seam between the application's and the system's."""
    heads = [
        word(name, language) for name in ("column-layer", "column-packages", "column-files", "column-mb")
    ]
    yield f" {left(heads[0], columns - _BESIDE_WHAT)} {right(heads[1], 9)} {right(heads[2], 8)} {right(heads[3], 8)}"
    drawn = False
    above: Side | None = None
    for stratum in reversed(report.strata):
        if stratum.side == Side.SYSTEM and above in (Side.APPLICATION, Side.UNKNOWN) and not drawn:
            yield _seam_line(stratum, above, language, columns)
            drawn = True
        elif above is not None:
            yield " " + "-" * (columns - 2)
        yield from _part(report, stratum, language, columns)
        above = stratum.side
    yield " " + _share(report, language, columns)


def _seam_line(below: StratumLine, above: Side, language: str, columns: int) -> str:
    proof = "seam-proved" if below.confidence in _PROOFS and above == Side.APPLICATION else "seam-likely"
    if above == Side.UNKNOWN:
        proof = "seam-between"
    text = f" {word('seam', language)}{word('colon', language)}{word(proof, language)} "
    before = (columns - 2 - width(text)) // 2
    return " " + "=" * before + text + "=" * (columns - 2 - before - width(text))


def _part(report: InspectReport, stratum: StratumLine, language: str, columns: int) -> Iterator[str]:
    room = columns - _BESIDE_WHAT
    owner = stratum.owner or word(f"owner-{stratum.side.value}", language)
    marks = [word(f"side-{stratum.side.value}", language), owner]
    first = f"{_extent(stratum)}  {plain(_title(stratum, language))}"
    weight = stratum.weight
    numbers = f"{right(count(weight.packages), 9)} {right(count(weight.files), 8)} {right(megabytes(weight.size_bytes), 8)}"
    yield f" {left(first, room)} {numbers} | {marks[0]}"
    steps = _steps(report, stratum)
    for text in steps[:6] or [""]:
        shown = f"     {clip(plain(text), room - 5)}" if text else ""
        mark = marks.pop() if len(marks) > 1 else ""
        yield f" {left(shown, room)} {'':27} | {mark}".rstrip()
    if len(steps) > 6:
        yield f"     {word('more-steps', language, number=len(steps) - 6)}"


def _title(stratum: StratumLine, language: str) -> str:
    return stratum.base.reference if stratum.base is not None else part_name(stratum.name, language)


def _extent(stratum: StratumLine) -> str:
    if stratum.extent.layers is None:
        return "~"
    first, last = stratum.extent.layers
    return str(first) if first == last else f"{first}-{last}"


def _steps(report: InspectReport, stratum: StratumLine) -> list[str]:
    """What made the layers of a part that is no known base, newest first."""
    if stratum.base is not None or stratum.extent.layers is None:
        return []
    first, last = stratum.extent.layers
    layers = [layer for layer in report.image.layers if first <= layer.position <= last]
    wide = len(str(last))
    return [_step(layer, wide) for layer in reversed(layers) if layer.created_by not in ("", "/bin/sh")]


def _step(layer: LayerLine, wide: int) -> str:
    text = layer.created_by
    for noise in ("/bin/sh -c #(nop) ", "/bin/sh -c ", "|0 ", "# buildkit"):
        text = text.replace(noise, "")
    return f"{layer.position:>{wide}}  {' '.join(text.split())}"


def _share(report: InspectReport, language: str, columns: int) -> str:
    """Bars that together are 24 columns long on 100, 10 on 80."""
    room = (columns - 64) * 2 // 3
    sides = report.sides
    total = sum(weight.size_bytes for weight in (sides.system, sides.application, sides.unknown)) or 1
    parts = [word("share", language)]
    for name, weight in (
        ("system", sides.system),
        ("application", sides.application),
        ("unknown", sides.unknown),
    ):
        if weight.size_bytes or name != "unknown":
            part = weight.size_bytes / total
            bar = "#" * max(round(part * room), 1 if weight.size_bytes else 0)
            parts.append(" ".join((word(f"side-{name}", language), *filter(None, (bar,)), _percent(part))))
    return "  ".join(parts)


def _percent(part: float) -> str:
    return "<1 %" if 0 < part < 0.005 else f"{part * 100:.0f} %"


def _facts(report: InspectReport, language: str, columns: int) -> Iterator[str]:
    yield from _why(report, language, columns)
    for name, texts in _told(report, language):
        yield from _labelled(name, texts, language, columns)


def _told(report: InspectReport, language: str) -> Iterator[tuple[str, list[str]]]:
    """Each label with what stands beside it."""
    if report.crossings:
        shown = ", ".join("/" + plain(path) for path in report.crossings[:4])
        more = (
            word("and-more", language, number=len(report.crossings) - 4) if len(report.crossings) > 4 else ""
        )
        yield (
            "crosses-it",
            [word("crosses", language, number=len(report.crossings), paths=shown + more)],
        )
    yield "starts-as", _start(report, language)
    yield "attached", _attached(report, language)
    yield "unaccounted", _programs(report.unaccounted, language)
    yield "wasm", [_module(module, language) for module in report.modules]
    yield "notes", [say(note, language) for note in report.notes]
    yield "not-checked", gap_texts(report.gaps, language)


def _programs(programs: Sequence[ProgramLine], language: str) -> list[str]:
    lines = [
        word("program", language, path="/" + plain(program.path), mb=megabytes(program.size_bytes))
        + f" | {word('side-' + program.side, language)}"
        for program in programs[:_MOST_PROGRAMS]
    ]
    if len(programs) > _MOST_PROGRAMS:
        lines.append(word("more-programs", language, number=len(programs) - _MOST_PROGRAMS))
    return lines


def _module(module: ProgramLine, language: str) -> str:
    """A module's path, what it asks of its host, what made it."""
    asks = ", ".join(module.imports[:_MOST_IMPORTS]) + (
        ", ..." if len(module.imports) > _MOST_IMPORTS else ""
    )
    kind = "wasm-component" if module.kind == ProgramKind.COMPONENT else "wasm-module"
    text = word(kind, language, path="/" + plain(module.path), number=len(module.imports))
    if module.made_with:
        text += " " + word("made-with", language, tools=plain(", ".join(module.made_with)))
    return text + (f": {plain(asks)}" if asks else "")


def _why(report: InspectReport, language: str, columns: int) -> Iterator[str]:
    """What the evidence says, each thing once; where there are several parts, beside the layers it is about."""
    found = _reasons(report, language)
    marks = [mark for mark, _ in found] if len(report.strata) > 1 else [""] * len(found)
    indent = max(map(width, marks), default=0)
    indent += 2 if indent else 0
    room = columns - _LABEL - indent
    texts: list[str] = []
    before = None
    for mark, (_, text) in zip(marks, found[:_MOST_REASONS], strict=False):
        lines = wrapped(clip(text, _MOST_LINES * room).split(), room)
        texts += [left(mark if mark != before else "", indent) + lines[0]]
        texts += [" " * indent + line for line in lines[1:]]
        before = mark
    if len(found) > _MOST_REASONS:
        texts.append(word("and-others", language, number=len(found) - _MOST_REASONS))
    yield from _beside("why-here", texts, language)


def _reasons(report: InspectReport, language: str) -> list[tuple[str, str]]:
    """The layers of a part, or the word for the whole image, and a reason, each reason once."""
    marked = [(_extent(stratum), evidence) for stratum in report.strata for evidence in stratum.evidence]
    marked += [(word("whole-image", language), evidence) for evidence in report.reasons]
    found: dict[str, str] = {}
    for mark, evidence in marked:
        found.setdefault(say(evidence.message, language), mark)
    return [(mark, text) for text, mark in found.items()]


def _attached(report: InspectReport, language: str) -> list[str]:
    """Each attachment with what checking it found; those that nobody asked about stand on one line."""
    attachments = report.image.attachments
    if not attachments:
        return [_unsigned(report, language)]
    unasked = [_named(each) for each in attachments if each.verdict is None]
    checked = [f"{_named(each)}: {say(each.verdict, language)}" for each in attachments if each.verdict]
    told = [", ".join(unasked) + " " + word("not-verified", language)] if unasked else []
    more = [word("and-more", language, number=len(checked) - _MOST_ATTACHED)]
    return [*checked[:_MOST_ATTACHED], *(more if len(checked) > _MOST_ATTACHED else ()), *told]


def _named(attachment: Attachment) -> str:
    """`attestation slsa.dev/provenance/v1 sha256:1234...`."""
    about = plain(attachment.predicate_type.removeprefix("https://"))
    return " ".join(part for part in (attachment.kind, about, attachment.digest[:19]) if part)


def _unsigned(report: InspectReport, language: str) -> str:
    return word("attached-none" if report.image.place == "registry" else "attached-unknown", language)


def _start(report: InspectReport, language: str) -> list[str]:
    config = report.image.config
    ports = ", ".join(config.exposed_ports)
    parts = [word("as-user", language, user=config.user or "root")]
    parts.append(word("ports", language, ports=ports) if ports else word("no-ports", language))
    parts.append(word("healthcheck" if config.healthcheck else "no-healthcheck", language))
    command = shlex.join((*(config.entrypoint or ()), *(config.command or ())))
    return [word("comma", language).join(parts), *([plain(command)] if command else [])]


def _labelled(name: str, texts: list[str], language: str, columns: int) -> Iterator[str]:
    room = columns - _LABEL
    lines = [line for text in texts for line in wrapped(clip(text, _MOST_LINES * room).split(), room)]
    yield from _beside(name, lines, language)


def _beside(name: str, lines: Sequence[str], language: str) -> Iterator[str]:
    label = word(name, language)
    for line in lines:
        yield f"{left(label, _LABEL - 1)} {line}"
        label = ""


def _claimed_base(report: InspectReport) -> str:
    """What the image itself names as its base, where nobody could check that."""
    evidence = (reason.message for stratum in report.strata for reason in stratum.evidence)
    return next((plain(str(each.args["name"])) for each in evidence if each.id == "claim-not-checked"), "")


def _next(report: InspectReport, language: str, columns: int) -> Iterator[str]:
    name = shlex.quote(plain(report.image.reference))
    commands = [f"seamline sbom {name}", f"seamline files {name} /etc"]
    if not any(stratum.base for stratum in report.strata) and report.kind != "system":
        commands.append(f"seamline base add {_claimed_base(report) or '--help'}")
    return next_steps(commands, language, columns)
