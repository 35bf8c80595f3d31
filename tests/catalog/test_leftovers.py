"""What a machine needs to boot and a container does not."""

from __future__ import annotations

from seamline.catalog.leftovers import leftovers
from tests.scenes import Link, Scene, Whiteout, tree_of

BOOTABLE: Scene = [
    {
        "boot/vmlinuz-6.1.0-18-amd64": bytes(1_500_000),
        "boot/initrd.img-6.1.0-18-amd64": bytes(600_000),
        "boot/config-6.1.0-18-amd64": b"CONFIG_X=y",
        "usr/lib/modules/6.1.0-18-amd64/kernel/a.ko": bytes(100),
        "usr/lib/modules/6.1.0-18-amd64/kernel/b.ko": bytes(100),
        "lib": Link("usr/lib"),
        "vmlinuz": Link("boot/vmlinuz-6.1.0-18-amd64"),
    }
]


def said(scene: Scene) -> dict[str, tuple[object, object]]:
    return {note.id: (note.args["files"], note.args["mb"]) for note in leftovers(tree_of(scene))}


def test_kernel_ramdisk_and_modules_are_told_with_their_weight_and_once_behind_a_link() -> None:
    assert said(BOOTABLE) == {
        "kernel-left": (1, "1.5"),
        "initramfs-left": (1, "0.6"),
        "kernel-modules-left": (2, "0.0"),
    }


def test_a_root_that_is_not_merged_has_them_below_lib() -> None:
    assert said([{"lib/firmware/iwlwifi.ucode": bytes(2_000_000)}]) == {"firmware-left": (1, "2.0")}


def test_what_a_higher_layer_removed_is_not_left() -> None:
    assert said([*BOOTABLE, {"boot": Whiteout(), "usr/lib/modules": Whiteout()}]) == {}
