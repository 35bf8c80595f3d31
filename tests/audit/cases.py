"""Cases before the rules, made as literals."""

from __future__ import annotations

from typing import Any

from seamline.audit import RULES
from seamline.audit.case import Case
from seamline.audit.rule import judge
from seamline.model.audit import RunsAs, StartLine
from seamline.model.image import Config
from seamline.model.package import Side
from seamline.model.report import Extent, ImageLine, LayerLine, SideWeight, StratumLine


def part(name: str, side: Side, layer: int, **more: Any) -> StratumLine:
    return StratumLine(
        name=name,
        side=side,
        extent=Extent(layers=(layer, layer)),
        base=more.pop("base", None),
        candidates=(),
        confidence=more.pop("confidence", "none"),
        evidence=(),
        weight=SideWeight(),
        **more,
    )


def case(config: Config | None = None, **more: Any) -> Case:
    """An application on a system part, which runs as uid 1000 and has nothing else that any rule asks for."""
    layers = tuple(
        LayerLine(position=at, digest=None, diff_id=None, size_bytes=None, unpacked_bytes=None, created_by="", stratum=name, verification="full", media_type="")
        for at, name in enumerate(("debian", "app"))
    )  # fmt: skip
    image = ImageLine(
        reference=more.pop("reference", "shop:1.4"),
        place=more.pop("place", "oci-dir"),
        digest=None,
        index_digest=None,
        platform="linux/amd64",
        platforms=(),
        names=(),
        artifact_type="",
        config=config or Config(),
        annotations={},
        layers=layers,
        attachments=(),
    )
    values: dict[str, Any] = {
        "kind": "application",
        "strata": (part("debian", Side.SYSTEM, 0), part("app", Side.APPLICATION, 1)),
        "settings": (),
        "runs_as": RunsAs(written="1000", uid=1000, gid=0),
        "start": StartLine(words=()),
        "accounts": (),
        "surface": (),
        "sources": (),
        "owner_by_side": lambda each: f"{each.side.value} team",
        "deployer": "application team",
    }
    return Case(image=image, **{**values, **more})


def verdicts(one: Case, rule: str) -> list[tuple[str, str]]:
    """(verdict, side) of each line that a rule says."""
    return [(line.verdict.value, line.side) for line in judge(RULES, one) if line.id == rule]
