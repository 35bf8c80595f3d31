"""Keys of findings: never two alike in one report, the same through rebuilds."""

from __future__ import annotations

import cProfile

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from seamline.advisories.keys import Names, Numbered, lasting_name
from seamline.model.package import Install
from tests.advisories.records import deb, language


def at(path: str, name: str = "pip", version: str = "23.0") -> Install:
    return msgspec.structs.replace(language("pypi", name, version), proofs=(path.encode(),))


installs = st.lists(
    st.one_of(
        st.builds(deb, st.sampled_from("ab"), st.sampled_from("12"), architecture=st.sampled_from(("amd64", "i386", "all", ""))),
        st.builds(
            lambda path, version: at(path.format(version), version=version),
            st.sampled_from(("", "srv/x-{}.jar", "usr/lib/python3.11/pip-{}", "usr/lib/python3.12/pip-{}")),
            st.sampled_from(("1", "2")),
        ),
    ),
    max_size=8,
)  # fmt: skip


def keys_of(given: list[Install]) -> list[str]:
    names, numbered = Names(given), Numbered()
    return [numbered.key("CVE-1", names.of(each)) for each in given]


@given(installs)
def test_no_two_findings_of_one_image_have_one_key(found: list[Install]) -> None:
    keys = keys_of(found)
    assert len(set(keys)) == len(keys)


@given(installs, st.randoms())
def test_the_keys_of_an_image_do_not_depend_on_the_order_of_its_packages(
    found: list[Install], random: object
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert set(keys_of(shuffled)) == set(keys_of(found))


@given(installs, st.integers(0, 7))
def test_a_package_more_adds_one_key_and_changes_none(found: list[Install], position: int) -> None:
    if not found:
        return
    image = [deb(f"x{at}", "1") for at in range(9)] + found
    assert set(keys_of(image)) < set(keys_of([*image, found[position % len(found)]]))


def test_a_rebuild_with_new_versions_keeps_the_keys() -> None:
    old = [at("app/log4j-2.14.1.jar", version="2.14.1"), at("app/log4j-2.17.0.jar", version="2.17.0")]
    new = [at("app/log4j-2.17.0.jar", version="2.17.0"), at("app/log4j-2.25.3.jar", version="2.25.3")]
    assert keys_of(old) == keys_of(new)
    assert keys_of([at("usr/lib/python3.11/x")]) == keys_of([at("usr/lib/python3.12/x")])


def test_the_second_of_two_interpreters_and_a_foreign_architecture_say_so() -> None:
    found = [
        at("usr/lib/python3.11/x"),
        at("usr/lib/python3.12/x"),
        deb("a", "1"),
        deb("a", "1", architecture="i386"),
    ]
    names = Names(found)
    told = [names.of(each).removeprefix(lasting_name(each)) for each in found]
    assert told == ["", "\0usr/lib/python3.12/x", "", "\0i386"]


def test_the_own_architecture_is_no_part_of_a_key_whatever_it_is() -> None:
    arm = [deb("a", "1", architecture="arm64"), deb("b", "1", architecture="all")]
    assert keys_of(arm) == keys_of([deb("a", "1"), deb("b", "1", architecture="all")])


@given(installs, installs)
def test_namesakes_are_all_of_one_package_that_are_called_alike_in_their_order(
    found: list[Install], asked: list[Install]
) -> None:
    def kin(install: Install) -> tuple[str, str, str]:
        return install.package.ecosystem, install.package.namespace, install.package.name

    names = {lasting_name(each) for each in asked}
    packages = dict.fromkeys(map(kin, asked))
    plain = [e for package in packages for e in found if kin(e) == package and lasting_name(e) in names]
    known = Names(found)
    assert list(known.namesakes(asked)) == plain == list(known.namesakes(asked))


def test_asking_for_the_namesakes_of_every_version_names_each_install_a_few_times_only() -> None:
    counted = cProfile.Profile()
    found = [at("", version=str(number)) for number in range(400)]
    known = Names(found)
    counted.enable()
    assert all(len(known.namesakes([each])) == len(found) for each in found)
    counted.disable()
    calls = next(each.callcount for each in counted.getstats() if each.code is lasting_name.__code__)
    assert calls <= 3 * len(found)
