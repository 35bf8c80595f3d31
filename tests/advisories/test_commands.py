"""What is typed for an upgrade brings exactly the version that was foretold, where the package is asked for."""

from __future__ import annotations

import shlex
import subprocess

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.advisories.commands import Askers, copy_command, upgrade_command
from seamline.model.package import Install, Package
from seamline.model.purl import install_key


def at(
    ecosystem: str, name: str, version: str, path: str = "app/x", depends: tuple[Install, ...] = ()
) -> Install:
    return Install(
        package=Package(ecosystem=ecosystem, name=name, version=version),
        proofs=(path.encode(),),
        origin_layer=0,
        current_layer=0,
        found_by="test",
        depends=tuple(map(install_key, depends)),
    )


def typed(install: Install, target: str, *others: Install, package: str = "") -> str:
    askers = Askers({install_key(each): each for each in (install, *others)})
    return upgrade_command((install,), package or install.package.name, target, askers)


QS = at("npm", "qs", "6.7.0", "app/node_modules/qs/package.json")
EXPRESS = at("npm", "express", "4.17.1", "app/node_modules/express/package.json", (QS,))
SHOP = at("npm", "shop", "1.0.0", "app/package.json", (EXPRESS,))


def test_a_package_that_another_asks_for_is_overridden_and_one_of_ones_own_asked_for_anew() -> None:
    """npm puts a second copy beside one that another package has pinned: the old one stays."""
    override = "npm pkg set 'overrides[qs@6.7.0]=6.7.3' && npm install"
    assert typed(QS, "6.7.3", EXPRESS, SHOP) == override
    assert typed(QS, "6.7.3", EXPRESS) == override  # the application's own file was left out of the image
    assert typed(EXPRESS, "4.19.2", QS, SHOP) == "npm install express@4.19.2"
    both = msgspec.structs.replace(SHOP, depends=tuple(map(install_key, (EXPRESS, QS))))
    assert typed(QS, "6.7.3", EXPRESS, both) == (
        "npm install qs@6.7.3 && npm pkg set 'overrides[qs]=$qs' && npm install"
    )


def test_pnpm_overrides_whatever_asks() -> None:
    place = "app/node_modules/.pnpm/qs@6.7.0/node_modules/qs/package.json"
    assert typed(at("npm", "qs", "6.7.0", place), "6.7.3") == (
        "npm pkg set 'pnpm.overrides[qs@6.7.0]=6.7.3' && pnpm install --no-frozen-lockfile --config.modules-cache-max-age=0"
    )


def test_a_tool_of_npm_is_installed_where_it_was() -> None:
    tool = at("npm", "@angular/cli", "16.0.0", "usr/local/lib/node_modules/@angular/cli/package.json")
    inside = at(
        "npm", "tar", "6.1.0", "usr/local/lib/node_modules/@angular/cli/node_modules/tar/package.json"
    )
    assert typed(tool, "16.2.0") == "npm install -g @angular/cli@16.2.0"
    assert typed(inside, "7.0.0", tool) == "npm update -g @angular/cli"


@pytest.mark.parametrize(
    ("path", "with_pip", "command"),
    [
        ("app/venv/lib/python3.11/site-packages/Django-4.2.3.dist-info/METADATA", True, "/app/venv/bin/pip install django==4.2.11"),
        ("my app/lib/python3.11/site-packages/Django-4.2.3.dist-info/METADATA", True, "'/my app/bin/pip' install django==4.2.11"),
        ("app/venv/lib/python3.11/site-packages/Django-4.2.3.dist-info/METADATA", False, "pip install django==4.2.11"),
        ("usr/local/lib/python3.12/site-packages/Django-4.2.3.dist-info/METADATA", True, "pip install django==4.2.11"),
        ("usr/local/lib/python3.11/dist-packages/Django-4.2.3.dist-info/METADATA", True, "pip install --break-system-packages django==4.2.11"),
        ("usr/local/lib/python3.9/dist-packages/Django-4.2.3.dist-info/METADATA", True, "pip install django==4.2.11"),
        ("app/site/Django-4.2.3.dist-info/METADATA", False, "pip install --upgrade --target /app/site django==4.2.11 && rm -rf /app/site/Django-4.2.3.dist-info"),
        ("app/django.egg-info", False, "pip install django==4.2.11"),
    ],
)  # fmt: skip
def test_pip_is_that_of_the_environment_and_installs_one_version(
    path: str, with_pip: bool, command: str
) -> None:
    pip = at("pypi", "pip", "23.0", f"{path.partition('Django')[0]}pip-23.0.dist-info/METADATA")
    assert typed(at("pypi", "django", "4.2.3", path), "4.2.11", *((pip,) if with_pip else ())) == command


def test_one_module_of_go_never_moves_another_back() -> None:
    """`go get x/crypto@v0.52.0` after `go get x/net@v0.56.0`, which needs v0.53.0, takes x/net back."""
    module = at("golang", "net", "v0.7.0")
    told = typed(module, "0.56.0", package="golang.org/x/net")
    assert told == "go mod edit -require=golang.org/x/net@v0.56.0 && go mod tidy && go build ./..."
    library = at("golang", "stdlib", "1.21.0")
    assert typed(library, "1.22.5") == "go get go@1.22.5 toolchain@go1.22.5 && go build ./..."
    assert typed(library, "1.23.0-rc.2") == "go get go@1.23rc2 toolchain@go1.23rc2 && go build ./..."


def test_a_crate_goes_as_far_as_it_is_asked_for_and_is_asked_for_anew_beyond_that() -> None:
    time = at("cargo", "time", "0.1.43", "app/shop")
    shop = at("cargo", "shop", "0.1.0", "app/shop", (time,))
    built = "&& cargo auditable build --release"
    assert typed(time, "0.1.45", shop) == f"cargo update -p time@0.1.43 --precise 0.1.45 {built}"
    assert typed(time, "0.2.23", shop) == f"cargo add time@=0.2.23 {built}"
    chrono = at("cargo", "chrono", "0.4.19", "app/shop", (time,))
    top = at("cargo", "shop", "0.1.0", "app/shop", (chrono,))
    assert typed(time, "0.2.23", chrono, top) == f"cargo update -p time@0.1.43 --precise 0.2.23 {built}"


def test_the_other_ecosystems_ask_for_one_version_too() -> None:
    rack = at("gem", "rack", "2.2.6")
    rails = at("gem", "rails", "7.0.0", depends=(rack,))
    assert typed(rack, "2.2.8") == "bundle remove rack && bundle add rack --version 2.2.8"
    assert typed(rack, "2.2.8", rails) == "bundle remove rack; bundle add rack --version 2.2.8"
    own = at("gem", "rack", "2.2.6", "app/vendor/bundle/ruby/3.1.0/specifications/rack-2.2.6.gemspec")
    assert typed(own, "2.2.8") == "bundle remove rack && bundle add rack --version 2.2.8 && bundle clean"
    assert (
        typed(at("composer", "twig", "3.3.7"), "3.3.8", package="twig/twig")
        == "composer require -W twig/twig:3.3.8"
    )
    assert typed(at("nuget", "Newtonsoft.Json", "12.0.1"), "13.0.1") == (
        "dotnet add package Newtonsoft.Json --version 13.0.1 && dotnet publish -c Release"
    )
    group = "org.apache.logging.log4j"
    assert typed(at("maven", "log4j-core", "2.14.1"), "2.17.1", package=f"{group}/log4j-core") == (
        f"mvn versions:use-dep-version -Dincludes={group}:log4j-core -DdepVersion=2.17.1 -DforceVersion"
        " && mvn package"
    )
    assert typed(at("generic", "python", "3.12.1"), "3.12.9") == "# Dockerfile: python 3.12.9"


def test_what_may_hold_an_upgrade_back_is_named() -> None:
    psr7 = at("composer", "psr7", "1.8.3")
    guzzle = at("composer", "guzzle", "7.4.0", depends=(psr7,))
    crate = at("cargo", "time", "0.1.43", "app/shop")
    shop = at("cargo", "shop", "0.1.0", "app/shop", (crate,))
    askers = Askers({install_key(each): each for each in (psr7, guzzle, QS, EXPRESS, SHOP, crate, shop)})
    assert [askers.refusing((each,)) for each in (psr7, guzzle, QS, crate)] == [["guzzle"], [], [], []]


ODD = st.text(st.characters(codec="utf-8", exclude_characters="\0\n\r"), min_size=1, max_size=12)


@settings(max_examples=60)
@given(
    ecosystem=st.sampled_from(("pypi", "npm", "golang", "cargo", "gem", "composer", "nuget", "maven")),
    name=ODD,
    target=ODD,
    path=ODD,
)
def test_no_name_version_or_path_of_an_image_is_a_command_of_its_own(
    ecosystem: str, name: str, target: str, path: str
) -> None:
    install = at(ecosystem, name, "1", f"{path}/x-1.dist-info/METADATA")
    words = shlex.split(typed(install, target))
    allowed = {"&&", "pip", "npm", "pnpm", "go", "cargo", "bundle", "composer", "dotnet", "mvn", "rm"}
    starts = [words[0], *(words[at + 1] for at, word in enumerate(words[:-1]) if word == "&&")]
    assert set(starts) <= allowed
    done = subprocess.run(["sh", "-n", "-c", typed(install, target)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_folder_with_a_blank_is_copied_by_the_list_form() -> None:
    assert copy_command("python:3.12", "usr/local") == "COPY --from=python:3.12 /usr/local /usr/local"
    assert copy_command("x:1", "opt/my app") == 'COPY --from=x:1 ["/opt/my app", "/opt/my app"]'
