"""Facts about a base by which one may judge whether to stand on it, and who does what for images that do."""

from __future__ import annotations

import msgspec

from seamline.model.package import Side


class MovedTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that named several digests; `is_release` where nobody expects it to move."""

    tag: str
    digests: tuple[str, ...]
    is_release: bool


class Fitness(msgspec.Struct, frozen=True, kw_only=True):
    """Days are dates, empty where unknown. `renewed` is the newest known image of the line, `age_days` old; `cadence_days` is
    the median between its `images` known images. `feed` is the advisories' ecosystem, `feed_newest` the day of its newest record,
    both empty where there is none. `fixed_tags` are those offered that name one release, the base's own last. `ends` is the end of support. `has_tags` is False for a base
    that only lies on a disk, `is_studied` of one whose content was never learnt. `holds` and `fails` name the facts that speak for and against it; all others are unknown."""

    renewed: str
    age_days: int
    images: int
    cadence_days: int | None
    feed: str
    feed_newest: str
    fixed_tags: tuple[str, ...]
    ends: str
    extended_ends: str
    moved: tuple[MovedTag, ...]
    holds: tuple[str, ...]
    fails: tuple[str, ...]
    has_tags: bool = True
    is_studied: bool = True


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """What one side's owner does for images on a base: `days` by severity, None for no deadline; `kev_days` None leaves CISA's.
    `builds` says that the base is the owner's own build, `base` what it is called. `publisher` releases the fixes: the base's
    repository, of a base that only lies on a disk its distribution; empty where nobody is known. `is_on_disk` says that the
    base has no repository whose newer images could be followed."""

    side: Side
    owner: str
    contact: str
    publisher: str
    days: tuple[tuple[str, int | None], ...]
    kev_days: int | None
    builds: bool = False
    base: str = ""
    is_on_disk: bool = False
