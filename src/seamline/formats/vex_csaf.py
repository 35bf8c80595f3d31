"""CSAF documents -> statements, as vendors write them: a product inside a platform is a relation, its name made of both.

Source: CSAF 2.0 sections 3.1.3, 3.2.2 and 3.2.3, profile 5 (VEX). Red Hat's files name rpms by purl (`arch=src` for a
source, `rpmmod` for a module's stream) and, the older ones, by the source's bare name; SUSE's by the bare name of a binary
package, with its version where a fix is told, which they call recommended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from seamline.expression import expression
from seamline.formats.json_document import mapping, mappings, string, texts
from seamline.formats.vex_names import at_version, flaw_names, has_version
from seamline.model.vex import Statement

_STATUSES = {
    "known_not_affected": "not_affected",
    "known_affected": "affected",
    "fixed": "fixed",
    "recommended": "fixed",  # "have a fix for the vulnerability and are the vendor-recommended versions"
    "first_affected": "affected",
    "first_fixed": "fixed",
    "last_affected": "affected",
    "under_investigation": "under_investigation",
}
_WILL_NOT = ("no_fix_planned", "none_available", "workaround", "mitigation", "vendor_fix", "fix_planned")
"""What is told of an affected product, the most telling first."""
_SEVERITIES = frozenset(("critical", "important", "high", "moderate", "medium", "low", "none", "unknown"))
_MOST_DEPTH = 30
_MODULE = "pkg:rpmmod/"
_IMAGES = ("pkg:oci/", "pkg:docker/")
_VERSIONED = expression(r"(.+)-([0-9][^-]*-[0-9][^-]*)\Z")
_RANGED = expression(r"[<>=!*]")


class _Named(NamedTuple):
    """What a product id stands for: the names of the whole and, of a part, those of the part."""

    whole: tuple[str, ...]
    inside: tuple[str, ...] = ()


def statements_of_csaf(document: Mapping[str, Any], where: str) -> Iterator[Statement]:
    """One statement for each status of each product, in the document's order.

    Raises:
        Malformed: a flaw has no name.
    """
    head, tree = mapping(document.get("document")), mapping(document.get("product_tree"))
    products = _products(tree)
    groups = {
        string(each.get("group_id")): texts(each.get("product_ids"))
        for each in mappings(tree.get("product_groups"))
    }
    moment = string(mapping(head.get("tracking")).get("current_release_date"))
    author = string(mapping(head.get("publisher")).get("name"))
    for at, flaw in enumerate(mappings(document.get("vulnerabilities"))):
        names = [string(flaw.get("cve")), *(string(each.get("text")) for each in mappings(flaw.get("ids")))]
        reasons = _said(flaw.get("flags"), "label", groups)
        impacts = _said(_impacts(flaw.get("threats")), "details", groups)
        acts = _acts(flaw.get("remediations"), groups)
        for kind, told in mapping(flaw.get("product_status")).items():
            for product in texts(told) if kind in _STATUSES else ():
                named = products.get(product, _Named((product,)))
                yield Statement(
                    ids=flaw_names(names, f"{where}: vulnerabilities[{at}]"),
                    status=_STATUSES[kind],
                    products=named.whole,
                    packages=named.inside,
                    justification=reasons.get(product, ""),
                    impact=impacts.get(product, ""),
                    action=acts.get(product, "") if _STATUSES[kind] == "affected" else "",
                    timestamp=moment,
                    author=author,
                    source=where,
                )


def _products(tree: Mapping[str, Any]) -> dict[str, _Named]:
    """Every product id of the tree, those that relations make included."""
    branches = dict(_branches(tree, 0))
    bare = {key: name for key, (name, _) in branches.items()}
    found = {key: _Named(names) for key, (_, names) in branches.items()}
    for relation in mappings(tree.get("relationships")):
        own = string(mapping(relation.get("full_product_name")).get("product_id"))
        part = string(relation.get("product_reference"))
        platform = string(relation.get("relates_to_product_reference"))
        around = found.get(platform, _Named(()))
        # what nobody can be recognised by limits a statement all the same
        whole = around.whole or (platform,)
        inside = found.get(part, _Named(())).whole
        if not any(each.startswith("pkg:") for each in inside):
            name = bare.get(part, "") or part
            inside = (*_of_bare_name(name, whole), *inside) or (name,)
        module = next((each for each in around.inside if each.startswith(_MODULE)), "")
        inside = tuple(_in_module(each, module) for each in inside) if module else inside
        images = tuple(each for each in inside if each.startswith(_IMAGES) and _is_one_image(each))
        found[own] = _Named(images) if images else _Named(whole, inside)
    return found


def _branches(branch: Mapping[str, Any], depth: int) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    """Product ids with the bare name, and the purls, CPEs, hashes and image names that they stand for."""
    ranged = string(branch.get("name")) if branch.get("category") == "product_version_range" else ""
    for product in (*mappings(branch.get("full_product_names")), mapping(branch.get("product"))):
        helper = mapping(product.get("product_identification_helper"))
        hashes = [
            f"{string(value.get('algorithm')).lower()}:{string(value.get('value'))}"
            for each in mappings(helper.get("hashes"))
            for value in mappings(each.get("file_hashes"))
        ]
        purls = [_ranged(each, ranged) for each in (string(helper.get("purl")), *texts(helper.get("purls")))]
        found = [each for each in (*purls, string(helper.get("cpe")), *hashes) if each]
        name = string(product.get("name"))
        if not found and any(mark in name for mark in ":/@"):  # as an image is named; "nginx" may be anything
            found = [name]
        if string(product.get("product_id")):
            yield string(product.get("product_id")), (name, tuple(found))
    if depth < _MOST_DEPTH:
        for inner in mappings(branch.get("branches")):
            yield from _branches(inner, depth + 1)


def _ranged(purl: str, text: str) -> str:
    """A purl without a version below a range of them means those alone. Source: CSAF 2.0 section 3.1.2.2,
    `product_version_range`: `vers:...`, or as its author says it (`<1.2`), where the kind is the purl's."""
    if not purl or not text or has_version(purl):
        return purl
    plain = text if text.startswith("vers:") else f"vers:{purl[4:].partition('/')[0]}/{text}"
    return at_version(purl, plain if _RANGED.search(plain) else text)


def _of_bare_name(name: str, platform: tuple[str, ...]) -> tuple[str, ...]:
    """The purl of a package that a distribution's vendor names without one; none where it may be no package."""
    vendors = {_vendor(each) for each in platform}
    if vendors & {"suse", "opensuse"} and "/" not in name:
        versioned = _VERSIONED.match(name)
        return (
            (f"pkg:rpm/suse/{name}",)
            if versioned is None
            else (at_version(f"pkg:rpm/suse/{versioned[1]}", versioned[2]),)
        )
    module, slash, source = name.rpartition("/")
    if "redhat" not in vendors or source.endswith("-container") or (slash and ":" not in module):
        return ()
    return (f"pkg:rpm/redhat/{source}?arch=src" + (f"&rpmmod={module}" if module else ""),)


def _vendor(cpe: str) -> str:
    """Who made what a CPE names; empty where it is none."""
    parts = cpe.removeprefix("cpe:2.3:").removeprefix("cpe:/").split(":")
    return parts[1] if cpe.startswith("cpe:") and len(parts) > 1 else ""


def _in_module(purl: str, module: str) -> str:
    """A package of a module that stands between it and the platform: `pkg:rpmmod/redhat/nodejs@18:8080:63b3` is nodejs:18."""
    if not purl.startswith("pkg:rpm/") or "rpmmod=" in purl:
        return purl
    name, _, stream = module.partition("?")[0].rpartition("/")[2].partition("@")
    named = f"{name}:{stream}" if stream else name
    return f"{purl}{'&' if '?' in purl else '?'}rpmmod={named}"


def _is_one_image(purl: str) -> bool:
    """By digest or tag; a repository alone may hold images of other releases of the product than the one that is meant."""
    return has_version(purl) or "tag=" in purl.partition("?")[2]


def _impacts(threats: object) -> list[Mapping[str, Any]]:
    """What is told of a flaw's impact; a vendor's severity, which Red Hat and SUSE put there, is none."""
    told = _of_category(threats, "impact")
    return [each for each in told if string(each.get("details")).strip().lower() not in _SEVERITIES]


def _of_category(given: object, category: str) -> list[Mapping[str, Any]]:
    return [each for each in mappings(given) if each.get("category", category) == category]


def _said(given: object, field: str, groups: Mapping[str, list[str]]) -> dict[str, str]:
    """What flags, threats or remediations say, by product; a group stands for its products."""
    return {
        product: string(each.get(field))
        for each in mappings(given)
        for product in (
            *texts(each.get("product_ids")),
            *(p for group in texts(each.get("group_ids")) for p in groups.get(group, ())),
        )
    }


def _acts(given: object, groups: Mapping[str, list[str]]) -> dict[str, str]:
    """What a vendor plans or advises for an affected product, in its words (`Will not fix`)."""
    found: dict[str, str] = {}
    for category in _WILL_NOT:
        for product, text in _said(_of_category(given, category), "details", groups).items():
            found.setdefault(product, f"{category}: {text}" if text else category)
    return found
