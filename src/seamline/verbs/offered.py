"""Which fixes the image's own package sources do not give, and which of them nobody can tell about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial

from seamline.advisories.end_of_life import cycle_of_distribution
from seamline.advisories.judge import available, records_of
from seamline.advisories.offers import Asked, Offers
from seamline.advisories.suites import Wanted
from seamline.advisories.verdict import Flaw
from seamline.expression import expression
from seamline.model.advisory import Status
from seamline.model.evidence import Evidence
from seamline.model.package import Install
from seamline.model.package_source import Refusal
from seamline.model.purl import install_key
from seamline.stores.advisory_index import Advisories
from seamline.verbs.sources_in_force import SourcesInForce

_MOST_DOUBTS = 3
_RENEWED = expression(r"\+deb(\d+)u(\d+)$")


class Offered:
    """What the sources of one image give, asked flaw by flaw: those of one install are judged together."""

    def __init__(
        self,
        installs: Sequence[Install],
        sources: SourcesInForce,
        flaws: Sequence[Flaw],
        index: Advisories,
        today: str,
    ) -> None:
        self._installs, self._flaws, self._index = installs, flaws, index
        self._offers = Offers(
            force=partial(sources.force, today=today),
            installed=sources.installed,
            cycle=lambda distribution: cycle_of_distribution(distribution, index.cycles),
            rows=index.affected,
            partner=self._partners.get,
            point=next(filter(None, map(_point, installs)), ""),
            today=today,
        )
        self._found: dict[str, Mapping[str, Refusal]] = {}

    @cached_property
    def _partners(self) -> Mapping[str, Install]:
        """Debian's packages of the image's own root by name."""
        found = (each for each in self._installs if each.package.ecosystem == "deb" and not each.root)
        return {each.package.name: each for each in found}

    @cached_property
    def _fixed(self) -> Mapping[str, Sequence[Flaw]]:
        """The flaws of distribution packages that have a fix, by install."""
        found: dict[str, list[Flaw]] = {}
        last: Install | None = None
        own: list[Flaw] = []
        for flaw in self._flaws:
            if flaw.status == Status.FIXED and flaw.install.package.is_distributed:
                if flaw.install is not last:
                    last, own = flaw.install, found.setdefault(install_key(flaw.install), [])
                own.append(flaw)
        return found

    def refusal(self, flaw: Flaw) -> Refusal | None:
        """Why a fix does not come; None where it does, or may."""
        if flaw.status != Status.FIXED or not flaw.install.package.is_distributed:
            return None
        key = install_key(flaw.install)
        if key not in self._found:
            self._found[key] = self._refused(flaw.install, self._fixed.get(key, ()))
        return self._found[key].get(flaw.id)

    def _refused(self, install: Install, flaws: Sequence[Flaw]) -> Mapping[str, Refusal]:
        if not self._offers.may_refuse(install):
            return {}
        return self._offers.refused(install, [self._asked(each) for each in flaws])

    def _asked(self, flaw: Flaw) -> Asked:
        day, how = available(flaw.verdict, records_of(flaw.verdict, self._index.advisory))
        version = flaw.fixed_in[-1] if flaw.fixed_in else ""
        return Asked(flaw, Wanted(version=version, day=day, is_notice=how == "distribution"))

    def doubts(self, promised: Callable[[Flaw], bool]) -> tuple[Evidence, ...]:
        """Why nobody can tell whether fixes that a rebuild is to bring will come, each reason once."""
        found: list[Evidence] = []
        for each in self._doubts(promised):
            if each not in found:
                found.append(each)
        return tuple(found[:_MOST_DOUBTS])

    def _doubts(self, promised: Callable[[Flaw], bool]) -> Iterator[Evidence]:
        for flaws in self._fixed.values():
            flaw = next(filter(promised, flaws), None)
            if flaw is None or flaw.install.supplier:
                continue
            doubt = self._offers.doubt(flaw.install)
            if doubt is not None:
                yield doubt


def _point(install: Install) -> str:
    """The point release that a root is of by its `base-files`, which every point release renews: 12.4+deb12u9 is 12.9; empty for other
    packages."""
    package = install.package
    match = _RENEWED.search(package.version) if package.name == "base-files" and not install.root else None
    return f"{match[1]}.{match[2]}" if match else ""
