"""PHP's packages as Composer lists them."""

from __future__ import annotations

import json
from pathlib import Path

from seamline.catalog.php import READER
from seamline.model.evidence import Gap
from seamline.model.purl import purl_of
from tests.scenes import installs_in, read_scene

_INSTALLED = (Path(__file__).parent / "fixtures" / "php" / "installed.json").read_bytes()
_PLACE = "srv/app/vendor/composer/installed.json"


def test_composers_own_list_is_read() -> None:
    found = installs_in(read_scene(READER, [{_PLACE: _INSTALLED}]))
    assert len(found) == len(json.loads(_INSTALLED)["packages"]) == 10
    first = found[0]
    assert purl_of(first.package) == "pkg:composer/evenement/evenement@v3.0.1"
    assert first.package.licenses == ("MIT",)


def test_the_older_form_is_a_plain_list() -> None:
    packages = json.dumps(json.loads(_INSTALLED)["packages"]).encode()
    assert installs_in(read_scene(READER, [{_PLACE: packages}])) == installs_in(
        read_scene(READER, [{_PLACE: _INSTALLED}])
    )


def test_a_layer_that_rewrites_the_list_brings_only_what_it_changed() -> None:
    def listing(**versions: str) -> bytes:
        return json.dumps(
            {"packages": [{"name": f"a/{n}", "version": v} for n, v in versions.items()]}
        ).encode()

    scene = [{_PLACE: listing(x="1.0", y="1.0")}, {_PLACE: listing(x="1.0", y="2.0", z="1.0")}]
    spans = {
        i.package.name: (i.origin_layer, i.current_layer) for i in installs_in(read_scene(READER, scene))
    }
    assert spans == {"a/x": (0, 0), "a/y": (0, 1), "a/z": (1, 1)}


def test_what_is_required_and_there_is_an_edge() -> None:
    listing = b'{"packages":[{"name":"A/one","version":"1","require":{"php":">=8","A/Two":"*"}},{"name":"a/two","version":"2"}]}'
    one, two = installs_in(read_scene(READER, [{_PLACE: listing}]))
    assert (one.package.name, len(one.depends), two.depends) == ("a/one", 1, ())


def test_a_broken_list_is_a_gap() -> None:
    for data in (b"{", b'{"packages": 3}', b"[" * 100_000):
        assert [type(said) for said in read_scene(READER, [{_PLACE: data}])] == [Gap]
