"""Where an image stands on attack surface and rules: surfaces found, rules judged, everything with its side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import msgspec

from seamline import __version__
from seamline.audit import RULES
from seamline.audit.case import Case, Step
from seamline.audit.gates import AuditGate, breaches
from seamline.audit.rule import Rule, judge
from seamline.catalog.applets import READER as APPLETS
from seamline.catalog.ld_cache import READER as LD_CACHE
from seamline.catalog.locales import READER as LOCALES
from seamline.catalog.reads import READER as READS
from seamline.catalog.scripts import READER as SCRIPTS
from seamline.catalog.texts import READER as TEXTS
from seamline.customization.start_scripts import start_scripts
from seamline.model.audit import AuditReport
from seamline.model.customization import Fork, Knob
from seamline.model.deployment import Deployment
from seamline.model.entry import Kind, path_text
from seamline.model.evidence import Gap
from seamline.model.finding import ScanReport
from seamline.model.image import Image
from seamline.model.package import Side
from seamline.model.readiness import Readiness
from seamline.model.report import InspectReport, StratumLine
from seamline.model.workload import Workload
from seamline.seam.history import steps_of
from seamline.seam.own_names import runnable_name
from seamline.settings.file import Settings
from seamline.surface.accounts import accounts_of, runs_as
from seamline.surface.base_content import application_content
from seamline.surface.find import Ground, Spots, find_surface, spots_of
from seamline.surface.package_sources import package_sources
from seamline.surface.placed import Placed
from seamline.surface.readiness import Stand, readiness
from seamline.surface.start import path_of
from seamline.verbs.altered import ALTERED, Altered, altered_files
from seamline.verbs.binaries import NATIVES, binary_lines, fact_of
from seamline.verbs.blotting import blots_of, blotted
from seamline.verbs.gists import Asked, Gist
from seamline.verbs.grounds import earlier_texts, path_setter, variables_of
from seamline.verbs.inspect import Seen, inspect_report
from seamline.verbs.look import Looked
from seamline.verbs.scan import database_gaps
from seamline.verbs.secrets import SECRETS, Secrets, secrets_of
from seamline.verbs.starts import deployed_starts, start_line, started_paths, unread_lines

SPOTS: Gist[Looked, Spots] = Gist(name="spots", record=Spots, make=lambda looked: spots_of(looked.tree))
"""Where the visible files of an image must be looked at."""
DEEP: tuple[Asked, ...] = (
    TEXTS,
    SCRIPTS,
    READS,
    APPLETS,
    LOCALES,
    SECRETS,
    ALTERED,
    NATIVES,
    SPOTS,
    LD_CACHE,
)
"""What an audit asks for."""
_OF_A_ROOT = (b"bin/sh", b"bin/busybox", b"etc/os-release", b"usr/lib/os-release", b"etc/passwd")
_SOURCES = (b"etc/apt/sources.list", b"etc/apk/repositories", b"etc/yum.repos.d/", b"etc/zypp/repos.d/")
_NO_DOCKERFILE = ("apko", "bazel", "jib", "kiwi", "ko")
_MUTE = ("kaniko", "sh", "bash", "/bin/sh", "/bin/bash")
"""What `docker commit` and kaniko write where they tell of no step."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an audit is told besides the image: the settings, its findings, the containers that run it, the gates to
    hold, its knobs as they were tested, the report about its seam where that is there already, its fork record, the steps
    of its Dockerfile, its secrets and altered files where they were looked for already, and the rules to judge by; and all
    that the deployment has besides, with what of it could not be read."""

    settings: Settings = Settings()
    scan: ScanReport | None = None
    workloads: tuple[Workload, ...] = ()
    gates: tuple[AuditGate, ...] = ()
    knobs: tuple[Knob, ...] = ()
    rules: tuple[Rule, ...] = RULES
    inspected: InspectReport | None = None
    fork: Fork | None = None
    written: tuple[Step, ...] = ()
    secrets: Secrets | None = None
    altered: Altered | None = None
    deployment: Deployment | None = None
    deployment_gaps: tuple[Gap, ...] = ()


def audit_report(seen: Seen, told: Told, as_of: str) -> AuditReport:
    """The audit of one image, seen for all of DEEP."""
    secrets, altered = told.secrets or secrets_of(seen), told.altered or altered_files(seen)
    case = msgspec.structs.replace(
        _case(seen, told, as_of),
        secrets=secrets.lines,
        altered=altered.lines,
        binaries=binary_lines(seen, told.workloads),
    )
    rules = tuple(judge(told.rules, case))
    report = AuditReport(
        image=case.image,
        kind=case.kind,
        form=seen.seam.form.value,
        distribution=seen.looked.catalog.distribution,
        runs_as=case.runs_as,
        start=case.start,
        rules=rules,
        surface=case.surface,
        accounts=case.accounts,
        sources=case.sources,
        knobs=told.knobs,
        gaps=(
            *(database_gaps(told.scan.database) if told.scan is not None else ()),
            *seen.looked.gaps,
            *altered.gaps,
            *secrets.gaps,
            *told.deployment_gaps,
            *unread_lines(seen, told.workloads),
        ),
        as_of=as_of,
        gates=tuple(gate.text for gate in told.gates),
        broken=tuple(breaches(told.gates, rules)),
        readiness=_readiness(seen, case),
        secrets=secrets.lines,
        fork=told.fork,
        altered=case.altered,
        binaries=case.binaries,
        deployment=told.deployment,
        deployed=case.deployed,
        seamline=__version__,
    )
    return blotted(report, blots_of(seen.looked.image))


def _case(seen: Seen, told: Told, as_of: str) -> Case:
    looked, settings = seen.looked, told.settings
    inspected = told.inspected or inspect_report(seen, as_of)
    texts = looked.visible(TEXTS)
    placed = Placed(looked.tree, seen.seam.stratum_of, looked.catalog.suppliers)
    config = inspected.image.config
    earlier = earlier_texts(seen)
    ground = Ground(
        texts=texts,
        applets=looked.visible(APPLETS),
        accounts=accounts_of(texts, earlier),
        runs_as=runs_as(config.user, texts),
        path=path_of(config),
        path_by=path_setter(seen),
        folder=config.working_dir or "/",
        variables=tuple(variables_of(seen)),
        natives=looked.gist(NATIVES).programs,
        earlier=earlier,
        start=started_paths(looked),
    )

    def owner(part: StratumLine) -> str:
        return settings.owner_of(Side(part.side), (part.base.reference,) if part.base else ())

    found = find_surface(placed, ground, looked.gist(SPOTS))
    return Case(
        image=inspected.image,
        kind=inspected.kind,
        strata=inspected.strata,
        settings=inspected.settings,
        runs_as=ground.runs_as,
        start=start_line(seen, ground, partial(fact_of, seen)),
        deployed=tuple(deployed_starts(seen, told.workloads)),
        accounts=ground.accounts,
        surface=found.surface,
        sources=tuple(each for each in package_sources(texts, as_of[:10]) if not each.disabled),
        owner_by_side=owner,
        steps=tuple(_steps(seen, told.written)),
        unaccounted=inspected.unaccounted,
        gaps=looked.gaps,
        files=found.left,
        content=tuple(application_content(looked.tree, config)),
        file_parts=_file_parts(seen, texts),
        scan=told.scan,
        trusted_bases=tuple(glob for team in settings.teams for glob in team.bases),
        deployer=settings.owner_of(Side.APPLICATION),
        nobody=settings.owner_of(Side.UNKNOWN),
        workloads=told.workloads,
        sources_gone_by=_sources_gone_by(seen),
    )


def _readiness(seen: Seen, case: Case) -> Readiness:
    looked = seen.looked
    config, tree = looked.image.config, looked.tree
    start = started_paths(seen.looked, sure=True)
    texts = {path: script.text for path, script in looked.visible(SCRIPTS).items() if script.text}
    return readiness(
        Stand(
            tree=tree,
            name=runnable_name(case.image),
            config=config,
            runs_as=case.runs_as,
            accounts=case.accounts,
            start=start,
            scripts=start_scripts(tree, start, texts),
        )
    )


def _steps(seen: Seen, written: Sequence[Step]) -> Iterator[Step]:
    """The steps that made layers, with the part that each layer is of. A Dockerfile tells of what is not the base's, better
    than the history does."""
    image, strata = seen.looked.image, seen.seam.strata
    based = {each.name for each in strata if each.base is not None}
    if written:
        top = strata[-1].name if strata else ""
        yield from (each for each in _history(image, seen) if each.stratum in based)
        yield from (msgspec.structs.replace(each, stratum=top) for each in written)
    else:
        yield from _history(image, seen)


def _history(image: Image, seen: Seen) -> Iterator[Step]:
    """The steps that made the layers, also those that share one with others, as buildah and squashing tools leave them."""
    tree = seen.looked.tree
    is_root = any((at := tree.resolve(path)) is not None and at.origin_layer == 0 for path in _OF_A_ROOT)
    blots = blots_of(image)
    for step in steps_of(image.config, len(image.layers)):
        does = step.verb in ("RUN", "ADD", "COPY") and step.text.strip() not in _MUTE
        if step.position is not None or does:
            lands_on_root = step.text.rstrip().endswith((" in /", " /", " / # buildkit"))
            is_first = step.layers_below == 0 and step.verb in ("ADD", "COPY")
            yield Step(
                verb=step.verb,
                text=blots.without(step.text),
                stratum=seen.seam.authors[step.index].stratum,
                is_root=is_first and lands_on_root and is_root,
                is_told=bool(step.text) and step.text not in _MUTE and step.tool not in _NO_DOCKERFILE,
            )


def _sources_gone_by(seen: Seen) -> str:
    """The part that removed package sources which no part has set again."""
    for path, entries in seen.looked.tree.hidden():
        last = entries[-1]
        if path.startswith(_SOURCES) and last.kind == Kind.WHITEOUT and len(entries) > 1:
            return seen.stratum_of_layer(last.layer)
    return ""


def _file_parts(seen: Seen, texts: Mapping[bytes, bytes]) -> dict[str, str]:
    """The part that each configuration file is from."""
    entries = ((path, seen.looked.tree.resolve(path)) for path in texts)
    return {path_text(path): seen.seam.stratum_of(entry).name for path, entry in entries if entry is not None}
