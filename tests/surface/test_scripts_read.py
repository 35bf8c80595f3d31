"""The scripts behind a start line, read further and never run."""

from __future__ import annotations

import pytest

from seamline.model.image import Config
from seamline.surface.start import MOST_CHARACTERS
from seamline.surface.start_line import LineRead, programs_run
from tests.scenes import File, tree_of

RUNS = File(b"\x7fELF", 0o755)
CONFIG = Config(env=("PATH=/usr/bin:/bin", "HOME=/root"), working_dir="/app")


def read(scripts: dict[str, str], *words: str) -> LineRead:
    """What the words run in a tree with these scripts."""
    files = {
        f"bin/{name}": RUNS for name in ("sh", "dirname", "find", "sort", "nginx", "gosu", "postgres", "id")
    }
    files |= {path: File(text.encode(), 0o755) for path, text in scripts.items()}
    texts = {path.encode(): text.encode() for path, text in scripts.items()}
    return programs_run(words, CONFIG, tree_of([files]), texts)


def told(scripts: dict[str, str], *words: str) -> str:
    """The programs behind the first word: `!` before what is not there, `?` before what nobody is sure of."""
    (_, *found) = read(scripts, *words).programs
    return " ".join(("" if each.is_sure else "?") + ("" if each.entry else "!") + each.name for each in found)


def script(body: str, head: str = "#!/bin/sh -e\n", **others: str) -> dict[str, str]:
    more = {"app/" + name.replace("_", "."): text for name, text in others.items()}
    return {"app/run": head + body, **more}


@pytest.mark.parametrize(
    ("scripts", "words", "programs"),
    [
        # what it is handed
        (script('exec "$@"'), ("nginx", "-g", "x"), "nginx"),
        (script('exec "$@"'), ("no",), "!no"),
        (script('exec "$@"'), (), ""),
        (script('exec "${@}"'), ("gosu", "app", "no"), "gosu !no"),
        (script('exec gosu app "$@"'), ("nginx",), "gosu nginx"),
        (script('set -- find "$@"; exec "$@"'), ("no",), "find"),
        (script('if [ "${1#-}" != "$1" ]; then set -- find "$@"; fi; exec "$@"'), ("no",), ""),
        (script('shift; exec "$@"'), ("no", "nginx"), "nginx"),
        (script('shift 2; exec "$@"'), ("no", "nor", "nginx"), "nginx"),
        (script('exec "$1" --x'), ("nginx",), "nginx"),
        (script('case "$1" in x) exec no;; esac; exec nginx'), ("x",), "?!no nginx"),
        # what ends it and what does not
        (script("no\nexec nginx"), (), "!no nginx"),
        (script("no\nexec nginx", "#!/bin/sh\n"), (), "?!no nginx"),
        (script("set -euo pipefail\nno\nexec nginx", "#!/bin/sh\n"), (), "!no nginx"),
        (script("set -o errexit\nno\nexec nginx", "#!/bin/sh\n"), (), "!no nginx"),
        (script("no", "#!/bin/sh\n"), (), "!no"),
        (script("exec no\nnor", "#!/bin/sh\n"), (), "!no"),
        (script("exit 0\nno"), (), ""),
        (script("id || no; exec nginx"), (), "id ?!no nginx"),
        # another script
        (script("/app/next; exec nginx", next="#!/bin/sh -e\nno\n"), (), "/app/next !no nginx"),
        (script("./next", next="#!/bin/sh\nexec no\n"), (), "./next !no"),
        (script('exec ./next "$@"', next='#!/bin/sh\nexec "$@"\n'), ("nginx",), "./next nginx"),
        (script("sh next a", next='#!/bin/sh\nexec "$1"\n'), (), "sh next !a"),
        (script("./run; exec nginx"), (), "./run nginx"),
        (script("./next || true", next="#!/bin/sh\nexec no\n"), (), "?./next"),
        (script('"$(dirname "$0")/next"', next="#!/bin/sh\nexec no\n"), (), "/app/next !no dirname"),
        (script('D=$(cd "$(dirname "$0")" && pwd); "$D/next"', next="#!/bin/sh\nexec no\n"), (), "dirname /app/next !no"),
        (script('"${0%/*}/next"', next="#!/bin/sh\nexec no\n"), (), "/app/next !no"),
        (script('cd "$(dirname -- "$0")"; ./none'), (), "dirname !./none"),
        # a file that goes on in the same shell
        (script(". ./lib.sh; prepare; exec nginx", lib_sh="prepare() { id; }\n"), (), "./lib.sh ?id nginx"),
        (script(". ./lib.sh; $TOOL", lib_sh="TOOL=no\n"), (), "./lib.sh !no"),
        (script('. ./lib.sh; exec "$@"', lib_sh="set -- nginx\n"), ("no",), "./lib.sh nginx"),
        (script(". ./lib.sh; tool", lib_sh="PATH=/opt/x:$PATH\n"), (), "./lib.sh !tool"),
        (script(". ./none.sh"), (), "!./none.sh"),
        (script('. "$LIB"; no; exec nginx'), (), "nginx"),
        (script(". ./lib.sh; no", lib_sh="exec nginx\n"), (), "./lib.sh nginx"),
        # on a condition nobody knows what holds
        (script('A=/x; if [ -z "$B" ]; then A=/y; fi; "$A/no"'), (), ""),
        (script("if id; then cd /srv; fi; ./none"), (), "?id"),
        (script('read -r A; "$A"'), (), ""),
        (script("f() { no; }; f; exec nginx"), (), "?!no nginx"),
        (script("A=(no nor)\n[[ $1 =~ ^(no|nor)$ ]] || id\n((i++))\nexec nginx"), (), "?id nginx"),
        (script("f() { A=$(no); }; f; id || B=$(nor); exec nginx"), (), "?!no ?id ?!nor nginx"),
    ],
)  # fmt: skip
def test_a_script_runs_these(scripts: dict[str, str], words: tuple[str, ...], programs: str) -> None:
    assert told(scripts, "/app/run", *words) == programs


NGINX = """#!/bin/sh
set -e
if [ "$1" = "nginx" ] || [ "$1" = "nginx-debug" ]; then
    if /usr/bin/find "/docker-entrypoint.d/" -mindepth 1 -maxdepth 1 -type f -print -quit 2>/dev/null | read v; then
        find "/docker-entrypoint.d/" -follow -type f -print | sort -V | while read -r f; do
            case "$f" in
                *.envsh) [ -x "$f" ] && . "$f" ;;
                *.sh) [ -x "$f" ] && "$f" ;;
                *) echo "Ignoring $f";;
            esac
        done
    fi
fi
exec "$@"
"""


def test_the_scripts_of_a_folder_of_hooks_are_read_and_nobody_is_sure_of_them() -> None:
    scripts = {
        "docker-entrypoint.sh": NGINX,
        "docker-entrypoint.d/20-envsubst.sh": "#!/bin/sh\nset -e\nenvsubst < /a > /b\n",
        "docker-entrypoint.d/README": "#!/bin/sh\nnor\n",
    }
    found = read(scripts, "/docker-entrypoint.sh", "nginx", "-g", "daemon off;")
    by = {each.name: (each.is_sure, each.by.decode()) for each in found.programs}
    assert by["nginx"] == (True, "docker-entrypoint.sh")
    assert by["/docker-entrypoint.d/20-envsubst.sh"] == (False, "docker-entrypoint.sh")
    assert by["envsubst"] == (False, "docker-entrypoint.d/20-envsubst.sh")


def test_scripts_that_call_one_another_end_and_too_deep_ones_are_told() -> None:
    ring = {"app/run": "#!/bin/sh -e\n./b\n", "app/b": "#!/bin/sh -e\n./run\nno\n"}
    assert told(ring, "/app/run") == "./b ./run !no"
    deep = {f"app/s{at}": f"#!/bin/sh\n/app/s{at + 1}\n" for at in range(20)}
    found = read(deep, "/app/s0")
    assert (len(found.programs), [each.why.id for each in found.unread]) == (9, ["line-too-deep"])


def test_a_script_that_is_longer_than_what_is_read_is_told_with_its_path() -> None:
    long = {"app/run": "#!/bin/sh -e\nno\n# " + "x" * MOST_CHARACTERS}
    (unread,) = read(long, "/app/run").unread
    assert (unread.path, unread.why.id, unread.why.args) == (b"app/run", "line-too-long", {"most": 64})
