"""The summary of an image in a terminal: the seam drawn between the parts, then why, then what was not checked.

First the answer, then the reason, then the next command; 80 columns and up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seamline.model.evidence import Rung
from seamline.model.image import Attachment
from seamline.model.package import Side
from seamline.model.program import ProgramKind
from seamline.model.report import InspectReport, LayerLine, ProgramLine, StratumLine
from seamline.render.layout import clip, count, left, megabytes, plain, right, width, wrapped
from seamline.render.words import say, word

_COLUMNS = 100
_WHAT = 52
_BAR = 24
_MOST_PROGRAMS = 6
_MOST_IMPORTS = 12
_MOST_ATTACHED = 12
_PROOFS = frozenset((Rung.PROVENANCE, Rung.ANNOTATION, Rung.TOOL_LABEL, Rung.LEDGER))


def write_inspect(report: InspectReport, language: str) -> str:
    """The text of the summary, ending in a newline."""
    lines = [
        *_head(report, language),
        "",
        *_cut(report, language),
        "",
        *_facts(report, language),
        "",
        *_next(report, language),
    ]
    return "\n".join(lines) + "\n"


def _head(report: InspectReport, language: str) -> Iterator[str]:
    image = report.image
    choice = f" (1/{len(image.platforms)})" if len(image.platforms) > 1 else ""
    digest = f"{image.digest[:19]}..{image.digest[-4:]}" if image.digest else word("no-digest", language)
    place = word(f"place-{image.place}", language)
    yield "   ".join((plain(image.reference), digest, image.platform + choice, place))
    packed = sum(layer.size_bytes or 0 for layer in image.layers)
    unpacked = sum(layer.unpacked_bytes or 0 for layer in image.layers)
    size = word(
        "sizes", language, packed=megabytes(packed), unpacked=megabytes(unpacked), layers=len(image.layers)
    )
    yield f"{_sentence(report, language)}   {size}"


def _sentence(report: InspectReport, language: str) -> str:
    """`Application image: nginx on Debian 13 "trixie"`."""
    kind = word(f"kind-{report.kind}", language)
    form = (
        ""
        if report.form in ("", "full")
        else word("in-form", language, form=word(f"form-{report.form}", language))
    )
    system = (
        report.distribution.pretty_name or report.distribution.id if report.distribution is not None else ""
    )
    on = (
        word("on-distribution", language, distribution=plain(system))
        if system
        else word("no-distribution", language)
    )
    return f"{kind}{form}{on}"


def _cut(report: InspectReport, language: str) -> Iterator[str]:
    """The parts top down, with the seam between the application's and the system's."""
    heads = [
        word(name, language) for name in ("column-layer", "column-packages", "column-files", "column-mb")
    ]
    yield f" {left(heads[0], _WHAT)} {right(heads[1], 9)} {right(heads[2], 8)} {right(heads[3], 8)}"
    drawn = False
    above: Side | None = None
    for stratum in reversed(report.strata):
        if stratum.side == Side.SYSTEM and above in (Side.APPLICATION, Side.UNKNOWN) and not drawn:
            yield _seam_line(stratum, above, language)
            drawn = True
        elif above is not None:
            yield " " + "-" * (_COLUMNS - 2)
        yield from _part(report, stratum, language)
        above = stratum.side
    yield " " + _share(report, language)


def _seam_line(below: StratumLine, above: Side, language: str) -> str:
    proof = "seam-proved" if below.confidence in _PROOFS and above == Side.APPLICATION else "seam-likely"
    if above == Side.UNKNOWN:
        proof = "seam-between"
    text = f" {word('seam', language)}: {word(proof, language)} "
    before = (_COLUMNS - 2 - width(text)) // 2
    return " " + "=" * before + text + "=" * (_COLUMNS - 2 - before - width(text))


def _part(report: InspectReport, stratum: StratumLine, language: str) -> Iterator[str]:
    owner = stratum.owner or word(f"owner-{stratum.side.value}", language)
    marks = [word(f"side-{stratum.side.value}", language), owner]
    first = f"{_extent(stratum)}  {plain(_title(stratum))}"
    weight = stratum.weight
    numbers = f"{right(count(weight.packages), 9)} {right(count(weight.files), 8)} {right(megabytes(weight.size_bytes), 8)}"
    yield f" {left(first, _WHAT)} {numbers} | {marks[0]}"
    steps = _steps(report, stratum)
    for text in steps[:6] or [""]:
        shown = f"     {clip(plain(text), _WHAT - 5)}" if text else ""
        mark = marks.pop() if len(marks) > 1 else ""
        yield f" {left(shown, _WHAT)} {'':27} | {mark}".rstrip()
    if len(steps) > 6:
        yield f"     {word('more-steps', language, number=len(steps) - 6)}"


def _title(stratum: StratumLine) -> str:
    return stratum.base.reference if stratum.base is not None else stratum.name


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
    return [_step(layer) for layer in reversed(layers) if layer.created_by not in ("", "/bin/sh")]


def _step(layer: LayerLine) -> str:
    text = layer.created_by
    for noise in ("/bin/sh -c #(nop) ", "/bin/sh -c ", "|0 ", "# buildkit"):
        text = text.replace(noise, "")
    return f"{layer.position}  {' '.join(text.split())}"


def _share(report: InspectReport, language: str) -> str:
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
            bar = "#" * max(round(part * _BAR), 1 if weight.size_bytes else 0)
            parts.append(f"{word(f'side-{name}', language)} {bar} {part * 100:.0f} %")
    return "  ".join(parts)


def _facts(report: InspectReport, language: str) -> Iterator[str]:
    yield from _labelled("why-here", _reasons(report, language), language)
    if report.crossings:
        shown = ", ".join("/" + plain(path) for path in report.crossings[:4])
        more = (
            word("and-more", language, number=len(report.crossings) - 4) if len(report.crossings) > 4 else ""
        )
        text = word("crosses", language, number=len(report.crossings), paths=shown + more)
        yield from _labelled("crosses-it", [text], language)
    yield from _labelled("starts-as", [_start(report, language)], language)
    yield from _labelled("attached", _attached(report, language), language)
    yield from _labelled("unaccounted", _programs(report.unaccounted, language), language)
    yield from _labelled("wasm", [_module(module, language) for module in report.modules], language)
    yield from _labelled("notes", [say(note, language) for note in report.notes], language)
    gaps = [f"{plain(str(gap.where))}: {say(gap.message, language)}".lstrip(": ") for gap in report.gaps]
    yield from _labelled("not-checked", gaps[:20] or [word("nothing", language)], language)
    if len(gaps) > 20:
        yield f"{'':12} {word('more-gaps', language, number=len(gaps) - 20)}"


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


def _reasons(report: InspectReport, language: str) -> list[str]:
    """What the evidence says, each thing once."""
    found = [evidence for stratum in report.strata for evidence in stratum.evidence]
    return list(dict.fromkeys(say(e.message, language) for e in (*found, *report.reasons)))[:8]


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


def _start(report: InspectReport, language: str) -> str:
    config = report.image.config
    ports = ", ".join(config.exposed_ports)
    parts = [word("as-user", language, user=plain(config.user) or "root")]
    parts.append(word("ports", language, ports=plain(ports)) if ports else word("no-ports", language))
    parts.append(word("healthcheck" if config.healthcheck else "no-healthcheck", language))
    command = " ".join((*(config.entrypoint or ()), *(config.command or ())))
    return ", ".join(parts) + (f"   {plain(command)}" if command else "")


def _labelled(name: str, texts: list[str], language: str) -> Iterator[str]:
    label = left(word(name, language), 12)
    for text in texts:
        for line in wrapped(text.split(), _COLUMNS - 13):
            yield f"{label} {line}"
            label = " " * 12


def _claimed_base(report: InspectReport) -> str:
    """What the image itself names as its base, where nobody could check that."""
    evidence = (reason.message for stratum in report.strata for reason in stratum.evidence)
    return next((plain(str(each.args["name"])) for each in evidence if each.id == "claim-not-checked"), "")


def _next(report: InspectReport, language: str) -> Iterator[str]:
    name = plain(report.image.reference)
    commands = [f"seamline sbom {name}", f"seamline files {name} /etc"]
    if not any(stratum.base for stratum in report.strata) and report.kind != "system":
        commands.append(f"seamline base add {_claimed_base(report) or '<its base image>'}")
    yield f"{word('next', language)}: " + " | ".join(commands)
