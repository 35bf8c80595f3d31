"""What the commands of a step install, upgrade or clean, whatever package manager they use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

from seamline.formats.shell import Command, Word
from seamline.lint.view import Step, program

_COMMON = frozenset(("--root", "--installroot", "-c", "--config"))


class Manager(msgspec.Struct, frozen=True):
    """How one package manager is spoken to: its programs, the verbs that install, the options that take a value."""

    name: str
    programs: frozenset[str]
    installs: frozenset[str]
    upgrades: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MANAGERS = (
    Manager("apt", _words("apt-get apt aptitude"), _words("install reinstall"), _words("upgrade dist-upgrade full-upgrade safe-upgrade"),
            _words("-t --target-release --default-release -o --option -c --config-file -a --host-architecture")),
    Manager("apk", _words("apk"), _words("add"), _words("upgrade"),
            _words("-t --virtual -X --repository -p --root --keys-dir --repositories-file --wait --arch --cache-dir --cache-max-age --timeout --progress-fd")),
    Manager("yum", _words("yum"), _words("install localinstall groupinstall reinstall"), _words("update upgrade distro-sync"),
            _words("-c --config -d -e -x --exclude --enablerepo --disablerepo --setopt --releasever --installroot -R")),
    Manager("dnf", _words("dnf dnf5 microdnf tdnf"), _words("install localinstall groupinstall reinstall"), _words("update upgrade distro-sync"),
            _words("-c --config -d -e -x --exclude --enablerepo --disablerepo --setopt --releasever --installroot --repo --repoid -R")),
    Manager("zypper", _words("zypper"), _words("install in"), _words("update up patch dup dist-upgrade"),
            _words("-r --repo --from -t --type --root -R --installroot -p --plus-repo --capability -C")),
    Manager("pip", _words("pip pip3 pip2 pipx"), _words("install"), frozenset(),
            _words("-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links -t --target --prefix --root "
                   "--platform --python-version --implementation --abi --trusted-host --proxy --timeout --retries --cert --client-cert --cache-dir "
                   "--src --log --progress-bar --global-option --install-option --config-settings --report --only-binary --no-binary --upgrade-strategy -C --python --group")),
    Manager("npm", _words("npm pnpm"), _words("install i add in ins"), _words("update upgrade"),
            _words("--prefix -C --registry --cache --userconfig --globalconfig --loglevel --tag --workspace -w --omit --include --only --save-prefix")),
    Manager("yarn", _words("yarn"), _words("install add"), _words("upgrade up"),
            _words("--cache-folder --cwd --registry --modules-folder --mutex --network-timeout --network-concurrency")),
    Manager("gem", _words("gem"), _words("install i"), _words("update"),
            _words("-v --version -i --install-dir -n --bindir -s --source -p --http-proxy --platform -P --trust-policy -g --file")),
    Manager("go", _words("go"), _words("install get"), frozenset(),
            _words("-p -asmflags -buildmode -compiler -gccgoflags -gcflags -installsuffix -ldflags -mod -modfile -overlay -pkgdir -tags -toolexec -o -C -covermode")),
    Manager("cargo", _words("cargo"), _words("install"), frozenset(),
            _words("--version --vers --git --branch --tag --rev --path --root --index --registry --features -F --profile --target --target-dir -j --jobs --bin --example --color --config -Z")),
)  # fmt: skip
_BY_PROGRAM: Mapping[str, Manager] = {name: manager for manager in MANAGERS for name in manager.programs}


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a package manager. `options` are its words that start with `-`, `values` those that follow one that
    takes a value; `packages` the words behind the verb that are neither."""

    manager: Manager
    program: str
    verb: str
    options: tuple[str, ...]
    valued: Mapping[str, tuple[str, ...]]
    packages: tuple[Word, ...]
    command: Command

    @property
    def installs(self) -> bool:
        return self.verb in self.manager.installs

    @property
    def upgrades(self) -> bool:
        return self.verb in self.manager.upgrades

    def has(self, *options: str) -> bool:
        """Whether one of these options is given, with or without a value."""
        return any(
            option in self.valued or any(given.partition("=")[0] == option for given in self.options)
            for option in options
        )


@lru_cache(20_000)
def call_of(command: Command) -> Call | None:
    """The call of a package manager that a command is; None where it is none."""
    name, arguments = program(command)
    skipped = len(command.words) - len(arguments)
    words = command.words[skipped:]
    if name.startswith("python") and [word.text for word in words[:2]] == ["-m", "pip"]:
        name, words = "pip", words[2:]
    elif name == "uv" and words and words[0].text == "pip":
        name, words = "pip", words[1:]
    manager = _BY_PROGRAM.get(name)
    return None if manager is None else _taken_apart(manager, name, words, command)


def _taken_apart(manager: Manager, name: str, words: tuple[Word, ...], command: Command) -> Call:
    options: list[str] = []
    valued: dict[str, tuple[str, ...]] = {}
    rest: list[Word] = []
    waiting = ""
    for word in words:
        if waiting:
            valued[waiting] = (*valued.get(waiting, ()), word.text)
            waiting = ""
        elif word.text.startswith("-") and len(word.text) > 1:
            options.append(word.text)
            waiting = word.text if word.text in manager.values else ""
            key, equals, value = word.text.partition("=")
            if equals and key in manager.values:
                valued[key] = (*valued.get(key, ()), value)
        else:
            rest.append(word)
    return Call(
        manager=manager,
        program=name,
        verb=rest[0].text if rest else "",
        options=tuple(options),
        valued=valued,
        packages=tuple(rest[1:]),
        command=command,
    )


def calls(step: Step, *managers: str) -> Iterator[Call]:
    """The calls of these package managers in a step, in order."""
    for command in step.commands:
        call = call_of(command)
        if call is not None and (not managers or call.manager.name in managers):
            yield call
