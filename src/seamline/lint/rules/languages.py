"""Package managers of languages in RUN."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamline.expression import expression
from seamline.lint.caches import keeps_cache, mounts_of
from seamline.lint.installs import Call, calls
from seamline.lint.rule import (
    CUSTOMIZATION,
    LOW,
    MEDIUM,
    UPDATE,
    Found,
    Rule,
    at_command,
    run_calls,
)
from seamline.lint.view import Step, View

_LOCAL = expression(r"\.{0,2}/.*|\.|.*\.(?:whl|tar\.gz|tgz|zip|tar)")
_FROM_GIT = expression(
    r"(?:git|https?|ssh|svn|hg|bzr)(?:\+|:).*|(?:github|gitlab|bitbucket):.*|[\w.-]+/[\w.-]+#.*"
)
_NPM_VERSION = expression(r"(?:@[^/@]+/)?[^@]+@[^@]+")


def pip_version(view: View) -> Iterator[Found]:
    for step, call in run_calls(view, "pip"):
        if not call.installs or call.has("-r", "--requirement", "-c", "--constraint", "--group"):
            continue
        loose = [word.text for word in call.packages if word.is_plain and not _pip_pinned(word.text)]
        if loose:
            yield at_command(view, step, call.command, " ".join(loose))


def _pip_pinned(text: str) -> bool:
    if _FROM_GIT.match(text):
        return "@" in text.partition("://")[2]
    return bool(re.search(r"[=<>~!]=|[<>]|===| @ ", text)) or bool(_LOCAL.fullmatch(text.partition("[")[0]))


def npm_version(view: View) -> Iterator[Found]:
    for step, call in run_calls(view, "npm"):
        loose = [word.text for word in call.packages if word.is_plain and not _npm_pinned(word.text)]
        if call.installs and loose:
            yield at_command(view, step, call.command, " ".join(loose))


def _npm_pinned(text: str) -> bool:
    if _FROM_GIT.match(text):
        return "#" in text
    return bool(_NPM_VERSION.fullmatch(text)) or bool(_LOCAL.fullmatch(text)) or text.startswith("file:")


def gem_version(view: View) -> Iterator[Found]:
    for step, call in run_calls(view, "gem"):
        if not call.installs or call.has("-v", "--version"):
            continue
        loose = [
            word.text for word in call.packages
            if word.is_plain and ":" not in word.text and not word.text.endswith(".gem")
        ]  # fmt: skip
        if loose:
            yield at_command(view, step, call.command, " ".join(loose))


def go_version(view: View) -> Iterator[Found]:
    """`@latest` is no version, and a path of the module at hand needs none."""
    for step, call in run_calls(view, "go"):
        loose = [
            word.text for word in call.packages
            if word.is_plain and "." in word.text.partition("/")[0].strip(".") and (
                "@" not in word.text or word.text.endswith("@latest"))
        ]  # fmt: skip
        if call.installs and loose:
            yield at_command(view, step, call.command, " ".join(loose))


def pip_cache(view: View) -> Iterator[Found]:
    for step, call in run_calls(view, "pip"):
        if call.installs and call.program != "pipx" and not _refuses_pip_cache(step, call):
            yield at_command(view, step, call.command)


def _refuses_pip_cache(step: Step, call: Call) -> bool:
    switch = step.variables.get("PIP_NO_CACHE_DIR", "")
    switched = switch.lower() in ("1", "true", "yes", "on", "0", "false", "no", "off") and switch != ""
    assigned = any(word.text.startswith("PIP_NO_CACHE_DIR=") for word in call.command.assignments)
    return (
        call.has("--no-cache-dir", "--no-cache")
        or switched
        or assigned
        or keeps_cache(step, "/root/.cache/pip", "/root/.cache/uv")
        or any(mount.endswith(("/.cache/pip", "/.cache")) for mount in _cache_targets(step))
    )


def _cache_targets(step: Step) -> list[str]:
    return [mount.target.rstrip("/") for mount in mounts_of(step) if mount.kind in ("cache", "tmpfs")]


def yarn_cache(view: View) -> Iterator[Found]:
    for step in view.steps("RUN"):
        found = list(calls(step, "yarn"))
        installs = [call for call in found if call.verb == "install"]
        cleans = any(call.verb == "cache" for call in found)
        if installs and not cleans and not any("yarn" in target for target in _cache_targets(step)):
            yield at_command(view, step, installs[0].command)


def no_lock(view: View) -> Iterator[Found]:
    """`npm install` of a whole project takes whatever the ranges allow today; `npm ci` takes the lock."""
    for step, call in run_calls(view, "npm"):
        if call.program == "npm" and call.installs and not call.packages and not call.has("-g", "--global"):
            yield at_command(view, step, call.command)


def npm_cache(view: View) -> Iterator[Found]:
    for step in view.steps("RUN"):
        found = list(calls(step, "npm"))
        fetches = [
            call
            for call in found
            if call.program == "npm" and (call.installs or call.verb in ("ci", "clean-install"))
        ]
        cleans = any(call.verb == "cache" for call in found) or any(
            command.name == "rm" and any(".npm" in word for word in command.arguments)
            for command in step.commands
        )
        if fetches and not cleans and not any(".npm" in target for target in _cache_targets(step)):
            yield at_command(view, step, fetches[0].command)


RULES = (
    Rule("DL3013", UPDATE, MEDIUM, pip_version),
    Rule("DL3016", UPDATE, MEDIUM, npm_version),
    Rule("DL3028", UPDATE, MEDIUM, gem_version),
    Rule("DL3042", CUSTOMIZATION, LOW, pip_cache),
    Rule("DL3060", CUSTOMIZATION, LOW, yarn_cache),
    Rule("DL3062", UPDATE, MEDIUM, go_version),
    Rule("SL2004", UPDATE, LOW, no_lock),
    Rule("SL3004", CUSTOMIZATION, LOW, npm_cache),
)
