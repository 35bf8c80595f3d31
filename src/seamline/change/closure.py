"""Which packages a request needs: the newest of each name, the first alternative that there is, nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from seamline.change.relations import Atom, parse_relation
from seamline.errors import NotFound, Refused
from seamline.formats.apt import IndexedPackage
from seamline.versions import deb

Chosen = dict[str, IndexedPackage]
_PRIORITIES = ("required", "important", "standard", "optional")


class Universe:
    """Every package that can be had, by name and by what it provides; the newest version of a name counts."""

    def __init__(self, packages: Iterable[IndexedPackage]) -> None:
        self._named: dict[str, IndexedPackage] = {}
        for package in packages:
            known = self._named.get(package.name)
            if known is None or deb.key(package.version) > deb.key(known.version):
                self._named[package.name] = package
        self._provided: dict[str, list[tuple[IndexedPackage, str]]] = {}
        for package in self._named.values():
            for atom, *_ in parse_relation(package.provides):
                version = atom.version if atom.operator == "=" else ""
                self._provided.setdefault(atom.name, []).append((package, version))

    def has(self, name: str) -> bool:
        """Whether there is a package of this name."""
        return name in self._named

    def essential(self) -> list[str]:
        """The names of all essential packages, sorted."""
        return sorted(name for name, package in self._named.items() if package.essential)

    def candidates(self, atom: Atom) -> list[IndexedPackage]:
        """Who meets an atom: the package of that name first, then its providers by name."""
        own = self._named.get(atom.name)
        found = [own] if own is not None and atom.admits(own.version) else []
        providers = [
            package
            for package, version in self._provided.get(atom.name, ())
            if not atom.operator or (version and atom.admits(version))
        ]
        return found + sorted(providers, key=lambda package: (_rank(package), package.name))


def _rank(package: IndexedPackage) -> int:
    """Required before important before standard ones. Source: Debian Policy 2.5."""
    return _PRIORITIES.index(package.priority) if package.priority in _PRIORITIES else len(_PRIORITIES)


def closure(universe: Universe, names: Sequence[str], installed: Mapping[str, str]) -> list[IndexedPackage]:
    """The packages to install so that `names` work, needed ones first; `installed` (name -> version) stay as they are.

    Raises:
        NotFound: a package is needed that cannot be had; the message says who needs it.
        Refused: two of them cannot be together.
    """
    chosen: Chosen = {}
    order: list[IndexedPackage] = []
    pending: list[tuple[tuple[Atom, ...], str]] = [((Atom(name),), "the request") for name in reversed(names)]
    while pending:
        alternatives, wanted_by = pending.pop()
        if any(_met(atom, chosen, installed) for atom in alternatives):
            continue
        package = next((found for atom in alternatives for found in universe.candidates(atom)), None)
        if package is None:
            raise NotFound(
                " | ".join(str(atom) for atom in alternatives),
                expected=f"a package that {wanted_by} needs",
                got="none in the sources",
                hint="check the name, and the suites and components of the sources",
            )
        chosen[package.name] = package
        order.append(package)
        pending += [(needed, package.name) for needed in reversed(parse_relation(package.depends))]
    _check_conflicts(chosen)
    return sorted(order, key=lambda package: package.name)


def _met(atom: Atom, chosen: Chosen, installed: Mapping[str, str]) -> bool:
    for versions in ({name: p.version for name, p in chosen.items() if name == atom.name}, installed):
        if atom.name in versions and atom.admits(versions[atom.name]):
            return True
    return any(
        provided.name == atom.name
        and (not atom.operator or (provided.operator == "=" and atom.admits(provided.version)))
        for package in chosen.values()
        for (provided, *_) in parse_relation(package.provides)
    )


def _check_conflicts(chosen: Chosen) -> None:
    for package in chosen.values():
        for alternatives in parse_relation(package.conflicts):
            for atom in alternatives:
                other = chosen.get(atom.name)
                if other is not None and other is not package and atom.admits(other.version):
                    raise Refused(
                        f"{package.name} {package.version}",
                        expected="packages that can be together",
                        got=f"{other.name} {other.version}, which it conflicts with",
                        hint="leave one of them out",
                    )
