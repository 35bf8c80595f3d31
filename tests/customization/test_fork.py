"""A base of one's own that was made from another one: what it missed since, and what it must carry on."""

from __future__ import annotations

from seamline.customization.fork import Diverged, fork_of
from seamline.errors import Where
from seamline.model.customization import Changes
from seamline.model.package import Install, Package, Side
from seamline.model.seam import Base, Inventory, Setting
from seamline.render.forked import write_fork
from seamline.render.layout import width
from seamline.render.page.parts import Tongue
from seamline.render.page.upkeep import fork_told


def base(tag: str, day: str) -> Base:
    name = f"docker.io/library/debian:{tag}"
    return Base(names=(name,), diff_ids=("sha256:1",), digest=f"sha256:{tag}", created=f"{day}T00:00:00Z")


def install(name: str) -> Install:
    return Install(
        package=Package(ecosystem="deb", name=name, version="1"),
        proofs=(),
        origin_layer=1,
        current_layer=1,
        found_by="dpkg",
    )


OWN = Diverged(
    changes=(Changes(kind="package", added=2), Changes(kind="file", added=3, replaced=1)),
    installs=(install("curl"), install("tzdata")),
    settings=(
        Setting(kind="env", key="COMPANY", value="1", side=Side.APPLICATION, stratum="own", where=Where()),
    ),
    gone=("deb/login", "deb/vim"),
    files=("file /etc/company.conf", "folder /opt/own/ (3)", "changed-file /etc/issue"),
)


def test_a_package_that_the_newest_upstream_has_itself_need_not_be_carried() -> None:
    newest = Inventory(packages=("deb/libc6=2.36", "deb/login=4.13", "deb/tzdata=2026a"), contents=b"")
    later = (base("12.9", "2026-02-01"), base("12.10", "2026-03-01"))
    fork = fork_of(base("12.8", "2026-01-01"), later, newest, OWN)
    assert fork.upstream == "debian:12.8"
    assert fork.digest == "sha256:12.8"
    assert fork.missed == ("debian:12.9", "debian:12.10")
    assert (fork.missed_days, fork.newest) == (59, "debian:12.10")
    assert fork.carry == (
        "package curl",
        "removed-package login",
        "file /etc/company.conf",
        "folder /opt/own/ (3)",
        "changed-file /etc/issue",
        "setting env COMPANY",
    )


def test_where_nobody_has_studied_the_newest_everything_is_carried() -> None:
    fork = fork_of(base("12.8", "2026-01-01"), (), None, OWN)
    assert not fork.missed
    assert {"package tzdata", "removed-package vim"} <= set(fork.carry)


def test_both_languages_show_it_in_their_columns() -> None:
    fork = fork_of(base("12.8", "2026-01-01"), (base("12.9", "2026-02-01"),), None, OWN)
    for language in ("en", "zh"):
        lines = list(write_fork(fork, language, 80))
        assert all(width(line) <= 80 for line in lines)
        assert any("debian:12.9" in line for line in lines)


def test_a_page_keeps_each_kind_of_what_is_carried_under_its_heading() -> None:
    fork = fork_of(base("12.8", "2026-01-01"), (base("12.9", "2026-02-01"),), None, OWN)
    text = str(fork_told(fork, Tongue("en")))
    assert "<h3>Fork of another base</h3>" in text
    assert "<li>to carry on<ul><li>packages: curl, tzdata</li><li>removed packages: login, vim</li>" in text
