"""What each package weighs, by its own name."""

from __future__ import annotations

from pathlib import Path

from tests.layouts import write_layout
from tests.portraits import portrait_of


def test_a_package_is_called_as_its_distribution_calls_it(tmp_path: Path) -> None:
    root = {
        "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
        "var/lib/dpkg/status": b"Package: libstdc++6\nStatus: install ok installed\nVersion: 12.2.0-14\nArchitecture: amd64\nSource: gcc-12\n",
        "var/lib/dpkg/info/libstdc++6.list": b"/.\n/usr\n/usr/lib\n/usr/lib/libstdc++.so.6\n",
        "usr/lib/libstdc++.so.6": b"x" * 1000,
    }
    weights = portrait_of(write_layout(tmp_path, [root])).customization.weights
    assert ("libstdc++6", 1000) in [(each.package, each.size_bytes) for each in weights]
