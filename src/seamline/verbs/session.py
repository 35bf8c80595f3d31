"""What one run of a reading verb stands on: how to open, the cache, the known bases. Made once from the options."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from seamline.effects.home import cache_home, data_home
from seamline.effects.wire import Wire
from seamline.errors import NotFound, SeamlineError
from seamline.formats.oci.platforms import parse_platform
from seamline.model.entry import Entry
from seamline.model.image import Image
from seamline.model.limits import Limits
from seamline.places.opening import Opening, open_every_image, open_image
from seamline.seam.known import LookUp
from seamline.stores.layer_cache import LayerCache
from seamline.stores.ledger import Ledger
from seamline.stores.shelf import Stack, starter
from seamline.verbs.attested import Trust, keys_of, with_statements
from seamline.verbs.gists import Asked, readers_of
from seamline.verbs.inspect import Seen, see
from seamline.verbs.layers import LayerReader, LayerReading, Progress
from seamline.verbs.look import ALL_READERS, Looked, look

if TYPE_CHECKING:
    from seamline.verbs.base import Surroundings


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of the world that a verb was given."""

    opening: Opening
    cache: LayerCache | None
    known: Stack
    limits: Limits
    jobs: int
    verify: bool
    look_up: LookUp | None = None
    trust: Trust = Trust()

    def open(self, text: str) -> Image:
        """The image that `text` names, its layers unopened."""
        return open_image(text, self.opening)

    def open_every(self, text: str) -> Iterator[Image]:
        """The images of every platform that `text` names, each opened when it is asked for."""
        return open_every_image(text, self.opening)

    def look(
        self,
        image: Image,
        progress: Progress | None = None,
        deep: Sequence[Asked] = (),
        below: Sequence[LayerReading] = (),
    ) -> Looked:
        """The image, read; for what `deep` asks for too. `below` are layers of an image under it, read for the same."""
        return look(
            image,
            cache=self.cache,
            limits=self.limits,
            jobs=self.jobs,
            verify=self.verify,
            progress=progress,
            deep=deep,
            below=below,
        )

    def remembers(self, image: Image, deep: Sequence[Asked] = ()) -> bool:
        """Whether the cache knows all that seeing the image for this asks for, so that nothing is read or asked anew."""
        if self.cache is None or self.verify or self.look_up is not None or image.attached:
            return False
        return LayerReader((*ALL_READERS, *readers_of(deep)), self.limits, self.cache).knows_all(image)

    def let_go(self) -> None:
        """Closes what is open on disk; it is opened again where it is needed, in another process too."""
        if self.cache is not None:
            self.cache.close()
        self.known.close()

    def see(self, image: Image, progress: Progress | None = None, deep: Sequence[Asked] = ()) -> Seen:
        """The image with its statements checked, read and cut."""
        stated = with_statements(image, keys_of(self.trust))
        return see(self.look(stated, progress, deep), self.known, self.look_up)

    def head_of(self, looked: Looked, entry: Entry) -> bytes:
        """How the content of one visible regular file starts: a piece of at least 64 bytes, or all of a shorter one."""
        return self._content(looked, entry, 64)

    def read_file(self, looked: Looked, entry: Entry) -> bytes:
        """The content of one visible regular file, read from its layer again."""
        return self._content(looked, entry, entry.size_bytes)

    def _content(self, looked: Looked, entry: Entry, least: int) -> bytes:
        from seamline.effects.layers import LayerStream  # noqa: PLC0415 - few verbs read files again
        from seamline.formats.tar import members  # noqa: PLC0415

        layer = looked.image.layers[entry.layer]
        stream = LayerStream(layer, self.limits, fast=False)
        for member in members(stream.chunks(), self.limits, f"layer {layer.position}"):
            if looked.tree.canonical(member.entry.path) == entry.path:
                data = bytearray()
                for piece in member.pieces():
                    data += piece
                    if len(data) >= least:
                        break
                return bytes(data)
        raise NotFound(
            repr(entry.path), expected="to be in its layer", got="nothing", hint="read the image again"
        )

    def surroundings(self, ledger: Ledger, as_of: str, *, every_platform: bool = False) -> Surroundings:
        """What adding bases to `ledger` needs; with `every_platform` all images of an index are meant."""
        from seamline.verbs.base import Surroundings  # noqa: PLC0415 - only bases are added with it

        return Surroundings(
            ledger=ledger,
            open=self.open_every if every_platform else lambda text: (self.open(text),),
            look=self.look,
            tags=self.tags,
            repositories=self.repositories,
            today=as_of[:10],
        )

    def tags(self, repository: str) -> Sequence[str]:
        """Every tag of a repository."""
        from seamline.effects.http import Http  # noqa: PLC0415 - 60 ms that only registries need
        from seamline.places.registry import list_tags  # noqa: PLC0415

        return list_tags(repository, Http(self.opening.wire))

    def repositories(self, registry: str) -> Sequence[str]:
        """Every repository of a registry."""
        from seamline.effects.http import Http  # noqa: PLC0415 - 60 ms that only registries need
        from seamline.places.registry import list_repositories  # noqa: PLC0415

        return list_repositories(registry, Http(self.opening.wire))

    def warnings(self) -> Iterator[str]:
        """What the user should know about this run's surroundings."""
        if self.cache is not None and self.cache.problem:
            yield f"nothing is cached: {self.cache.problem}"


def new_session(  # noqa: PLR0913 - one argument a choice of the user
    *,
    platform: str = "",
    no_cache: bool = False,
    verify: bool = False,
    jobs: int = 2,
    ledgers: tuple[Path, ...] = (),
    wire: Wire | None = None,
    place: str = "",
    lookup_day: str = "",
    trust: Trust | None = None,
    warn: Callable[[SeamlineError], None] = lambda _: None,
) -> Session:
    """A session in the user's own folders. With `lookup_day` (2026-01-31) bases that an image claims and nobody knows
    are asked for in their registries, and remembered as seen that day.

    Raises:
        Usage: `platform` is no platform.
    """
    opening = Opening(
        platform=parse_platform(platform) if platform else None, wire=wire or Wire(), place=place, warn=warn
    )
    own = Ledger(data_home() / "ledger.db", read_only=True)
    return Session(
        opening=opening,
        cache=None if no_cache else LayerCache(cache_home()),
        known=Stack((own, *(Ledger(path, read_only=True) for path in ledgers), starter())),
        limits=Limits(),
        jobs=jobs,
        verify=verify,
        look_up=_look_up(opening, lookup_day) if lookup_day else None,
        trust=trust or Trust(),
    )


def _look_up(opening: Opening, day: str) -> LookUp:
    """Asks the registry that a claim names, whatever place the image itself was read from."""
    from seamline.verbs.lookup import looking_up  # noqa: PLC0415 - only --lookup needs it

    ledger = Ledger(data_home() / "ledger.db")
    asking = msgspec.structs.replace(opening, place="registry")
    return looking_up(lambda reference: open_image(reference, asking), ledger, day)
