"""`seamline demo`: writes the two sample images and remembers the base, so that everything can be tried at once."""

from __future__ import annotations

from pathlib import Path

import msgspec

from seamline.change.build import PackedLayer, build_image
from seamline.change.sample import SampleImage, sample_images
from seamline.effects.machine import machine_platform
from seamline.formats.oci.contents import contents_of_image
from seamline.formats.oci.platforms import normalized
from seamline.formats.tar_writer import write_tar
from seamline.model.image import Config, Image
from seamline.places.layout_writer import write_contents
from seamline.verbs.packing import pack_layer

_CREATED = "2026-01-01T00:00:00Z"


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """Where the two images are."""

    base: str
    application: str


def write_demo(folder: Path) -> Demo:
    """Both images in one OCI layout at `folder`; the same bytes every time."""
    packed: dict[int, PackedLayer] = {}
    references = []
    for sample in sample_images():
        image = _image(sample, packed)
        write_contents(contents_of_image(image), folder, sample.name)
        references.append(f"oci-dir:{folder}:{sample.name}")
    return Demo(base=references[0], application=references[1])


def _image(sample: SampleImage, packed: dict[int, PackedLayer]) -> Image:
    layers = []
    for created_by, files in sample.layers:
        layer = packed.get(id(files))
        if layer is None:
            layer = packed[id(files)] = pack_layer(
                created_by, write_tar((entry, (data,)) for entry, data in files)
            )
        layers.append(layer)
    config = Config(
        env=sample.env,
        command=sample.command,
        user=sample.user,
        exposed_ports=sample.ports,
        labels=sample.labels,
        created=_CREATED,
    )
    return build_image(sample.name, layers, config, normalized(machine_platform()))
