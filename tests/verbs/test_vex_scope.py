"""What a package was linked into or packed in, by which VEX names whole programs."""

from __future__ import annotations

import pytest

from seamline.model.image import Config
from seamline.model.package import Install, Package
from seamline.model.purl import install_key
from seamline.model.report import ImageLine
from seamline.verbs.stock import Stock
from seamline.verbs.vex_scope import Scopes
from tests.settings.findings import finding


def install(
    kind: str, name: str, path: bytes, inside: str = "", depends: tuple[Install, ...] = ()
) -> Install:
    return Install(
        package=Package(ecosystem=kind, name=name, version="1"), proofs=(path,), inside=inside,
        origin_layer=0, current_layer=0, found_by="x", depends=tuple(install_key(each) for each in depends),
    )  # fmt: skip


HELM = install("golang", "helm.sh/helm", b"bin/trivy")
MIDDLE = install("golang", "k8s.io/api", b"bin/trivy", depends=(HELM,))
TRIVY = install("golang", "github.com/aquasecurity/trivy", b"bin/trivy", depends=(MIDDLE,))
OTHER_HELM = install("golang", "helm.sh/helm", b"bin/helm")
APP = install("maven", "app", b"app.jar")
LIBRARY = install("maven", "library", b"app.jar", "BOOT-INF/lib/library.jar")
SHADED = install("maven", "shaded", b"app.jar", "BOOT-INF/lib/library.jar!shaded.jar")
BESIDE = install("maven", "beside", b"app.jar", "BOOT-INF/lib/library.jar.old")
LIBC = install("deb", "libc6", b"var/lib/dpkg/status")
BASH = install("deb", "bash", b"var/lib/dpkg/status", depends=(LIBC,))


@pytest.mark.parametrize(
    ("inner", "programs"),
    [
        (HELM, {"k8s.io/api", "github.com/aquasecurity/trivy"}),
        (TRIVY, set()),
        (OTHER_HELM, set()),
        (LIBRARY, {"app"}),
        (SHADED, {"app", "library"}),
        (BESIDE, {"app"}),
        (APP, set()),
        (LIBC, set()),  # what a package needs is not inside it
    ],
)
def test_a_package_is_inside_of_what_was_linked_from_it_and_the_archives_around_it(
    inner: Install, programs: set[str]
) -> None:
    every = (HELM, MIDDLE, TRIVY, OTHER_HELM, APP, LIBRARY, SHADED, BESIDE, LIBC, BASH)
    image = ImageLine(
        reference="x", place="", digest=None, index_digest=None, platform="", platforms=(), names=(),
        artifact_type="", config=Config(), annotations={}, layers=(), attachments=(),
    )  # fmt: skip
    stock = Stock(image=image, distribution=None, installs=every, strata=(), index_of=lambda _: 0, gaps=())
    scope = Scopes(stock).of(finding("CVE-1", "x", install=install_key(inner)))
    names = {
        each.package.name for each in every for purl in scope.programs if f"/{each.package.name}@" in purl
    }
    assert names == programs
