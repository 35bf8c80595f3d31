"""Two small made-up images to try everything on: a base, and an application that stands on it.

Nothing in them is anybody's work: the packages, files and texts are made up here, in the forms of the real ones, and
they hold what there is to find: packages of several ecosystems, an upgrade of a base package, a changed base file, a
removed one, a link, a setuid program, licences and dependencies. Four of the language packages have names and versions
of real ones with well-known flaws, and nothing else of them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import msgspec

from seamline.model.entry import Entry, Kind

_DAY_NS = 1_767_225_600 * 10**9  # 2026-01-01
_OS_RELEASE = b"""PRETTY_NAME="Sample Linux 1 (anvil)"
NAME="Sample Linux"
ID=sample
ID_LIKE=debian
VERSION_ID="1"
VERSION_CODENAME=anvil
"""
_PASSWD = b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"


class SamplePackage(msgspec.Struct, frozen=True):
    """A made-up distribution package and its files."""

    name: str
    version: str
    source: str
    depends: str
    files: Mapping[str, bytes]


class SampleImage(msgspec.Struct, frozen=True, kw_only=True):
    """Layers bottom first, each with what made it, and the settings."""

    name: str
    layers: Sequence[tuple[str, Sequence[tuple[Entry, bytes]]]]
    env: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    ports: tuple[str, ...] = ()
    labels: Mapping[str, str] = {}


_LIBC = SamplePackage(
    "samplec", "2.41-1", "samplec", "", {"usr/lib/libsample.so.6": b"a made-up library\n" * 60_000}
)
_SHELL = SamplePackage(
    "sampleshell", "5.2-3", "sampleshell", "samplec (>= 2.40)", {"usr/bin/sh": b"a made-up shell\n" * 8_000}
)
_TLS = SamplePackage(
    "libsampletls3", "3.0.1-1", "sampletls", "samplec", {"usr/lib/libsampletls.so.3": b"tls 3.0.1\n" * 90_000}
)
_TLS_FIXED = SamplePackage(
    "libsampletls3", "3.0.2-1", "sampletls", "samplec", {"usr/lib/libsampletls.so.3": b"tls 3.0.2\n" * 90_000}
)
_SU = SamplePackage(
    "samplelogin", "4.1-2", "samplelogin", "samplec", {"usr/bin/su": b"a made-up setuid program\n" * 900}
)
_WEB = SamplePackage(
    "sampleweb",
    "1.28.0-1",
    "sampleweb",
    "libsampletls3, samplec",
    {"usr/sbin/sampleweb": b"a made-up web server\n" * 50_000},
)
_BASE_PACKAGES = (_LIBC, _SHELL, _TLS, _SU)


def sample_images() -> tuple[SampleImage, SampleImage]:
    """The base and the application; the application's first layers are the base's own."""
    base_layers = (("# sample.sh --suite anvil", _base_layer()),)
    base = SampleImage(name="base", layers=base_layers, env=("PATH=/usr/sbin:/usr/bin",), command=("sh",))
    application = SampleImage(
        name="shop",
        layers=(
            *base_layers,
            ("RUN apt-get update && apt-get upgrade -y && apt-get install -y sampleweb", _server_layer()),
            ("COPY shop /srv/shop", _shop_layer()),
        ),
        env=("PATH=/usr/sbin:/usr/bin", "SHOP_MODE=production"),
        command=("sampleweb", "--config", "/etc/sampleweb.conf"),
        user="shop",
        ports=("8080/tcp",),
        labels={"org.opencontainers.image.title": "sample shop"},
    )
    return base, application


def _base_layer() -> list[tuple[Entry, bytes]]:
    files = {"usr/lib/os-release": _OS_RELEASE, "etc/passwd": _PASSWD, "etc/motd": b"made up\n"}
    files["usr/local/lib/python3.13/site-packages/setuptools-65.5.0.dist-info/METADATA"] = _metadata(
        "setuptools", "65.5.0", ""
    )
    links = {"bin": "usr/bin", "lib": "usr/lib", "etc/os-release": "../usr/lib/os-release"}
    return _entries(
        {**files, **_installed(_BASE_PACKAGES, new=_BASE_PACKAGES)}, links, modes={"usr/bin/su": 0o4755}
    )


def _server_layer() -> list[tuple[Entry, bytes]]:
    installed = (_LIBC, _SHELL, _TLS_FIXED, _SU, _WEB)
    files = {"etc/passwd": _PASSWD + b"shop:x:1000:1000::/srv/shop:/usr/sbin/nologin\n"}
    files |= {
        "etc/sampleweb.conf": b"listen 8080\nroot /srv/shop\n",
        **_installed(installed, new=(_TLS_FIXED, _WEB)),
    }
    return [*_entries(files, {}), (Entry(path=b"etc/motd", kind=Kind.WHITEOUT), b"")]


def _shop_layer() -> list[tuple[Entry, bytes]]:
    site = "srv/shop/lib/python3.13/site-packages"
    files = {
        "srv/shop/shop.py": b"print('a made-up shop')\n",
        f"{site}/sample_cart/__init__.py": b"",
        f"{site}/sample_cart-2.1.0.dist-info/METADATA": _metadata("sample-cart", "2.1.0", "sample-money>=1"),
        f"{site}/sample_cart-2.1.0.dist-info/RECORD": b"sample_cart/__init__.py,,\nsample_cart-2.1.0.dist-info/METADATA,,\n",
        f"{site}/sample_money/__init__.py": b"",
        f"{site}/sample_money-1.4.2.dist-info/METADATA": _metadata("sample-money", "1.4.2", ""),
        f"{site}/sample_money-1.4.2.dist-info/RECORD": b"sample_money/__init__.py,,\nsample_money-1.4.2.dist-info/METADATA,,\n",
        f"{site}/requests-2.30.0.dist-info/METADATA": _metadata("requests", "2.30.0", ""),
        "srv/shop/static/node_modules/lodash/package.json": b'{"name":"lodash","version":"4.17.15","license":"MIT"}\n',
        "srv/shop/lib/log4j-core-2.14.1.jar": _jar("org.apache.logging.log4j", "log4j-core", "2.14.1"),
        "srv/shop/static/node_modules/sample-slider/package.json": b'{"name":"sample-slider","version":"0.9.1","license":"MIT"}\n',
    }
    return _entries(files, {})


def _metadata(name: str, version: str, requires: str) -> bytes:
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    return (
        f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nLicense-Expression: MIT\n{needs}".encode()
    )


def _jar(group: str, artifact: str, version: str) -> bytes:
    """An archive that names itself as Maven does, and holds nothing."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as jar:
        name = zipfile.ZipInfo(f"META-INF/maven/{group}/{artifact}/pom.properties", (2026, 1, 1, 0, 0, 0))
        jar.writestr(name, f"groupId={group}\nartifactId={artifact}\nversion={version}\n")
    return target.getvalue()


def _installed(packages: Sequence[SamplePackage], new: Sequence[SamplePackage]) -> dict[str, bytes]:
    """The package database with all packages, and the files of the new ones."""
    files = {"var/lib/dpkg/status": "".join(_paragraph(package) for package in packages).encode()}
    for package in new:
        listing = "".join(f"/{path}\n" for path in sorted(package.files))
        files |= {f"var/lib/dpkg/info/{package.name}.list": f"/.\n{listing}".encode(), **package.files}
        files[f"usr/share/doc/{package.name}/copyright"] = b"Files: *\nLicense: Apache-2.0\n"
    return files


def _paragraph(package: SamplePackage) -> str:
    depends = f"Depends: {package.depends}\n" if package.depends else ""
    source = f"Source: {package.source}\n" if package.source != package.name else ""
    return (
        f"Package: {package.name}\nStatus: install ok installed\nMaintainer: Sample Maintainers\nArchitecture: amd64\n"
        f"{source}Version: {package.version}\n{depends}\n"
    )


def _entries(
    files: Mapping[str, bytes], links: Mapping[str, str], modes: Mapping[str, int] | None = None
) -> list[tuple[Entry, bytes]]:
    """Entries in the order of their paths, folders first where they are needed."""
    folders = {path[:at] for path in (*files, *links) for at, char in enumerate(path) if char == "/"}
    made = [(Entry(path=f.encode(), kind=Kind.DIRECTORY, mode=0o755, mtime_ns=_DAY_NS), b"") for f in folders]
    made += [(_file(path, data, (modes or {}).get(path)), data) for path, data in files.items()]
    made += [
        (Entry(path=p.encode(), kind=Kind.SYMLINK, mode=0o777, link_to=to.encode(), mtime_ns=_DAY_NS), b"")
        for p, to in links.items()
    ]
    return sorted(made, key=lambda pair: pair[0].path)


def _file(path: str, data: bytes, mode: int | None) -> Entry:
    usual = 0o755 if "/bin/" in path or "/sbin/" in path else 0o644
    return Entry(
        path=path.encode(), kind=Kind.FILE, mode=mode or usual, size_bytes=len(data), mtime_ns=_DAY_NS
    )
