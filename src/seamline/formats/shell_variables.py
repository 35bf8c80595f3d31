"""The variables that a shell script takes from its environment. Source: POSIX.1-2017 XCU 2.5.3, 2.6.2.

Read line by line, not run: what a line reads counts before what it assigns, so `X="${X:-1}"` reads X. Comments and
single quotes are passed over; a variable that the script has set itself is not read from outside.
"""

from __future__ import annotations

from collections.abc import Iterator

from seamline.expression import expression

_SINGLE = expression(r"'[^'\n]*'")
_COMMENT = expression(r"(?:^|\s)#.*$")
_READ = expression(r"\$(?:\{!?#?([A-Za-z_]\w*)|([A-Za-z_]\w*))")
_FILE_ENV = expression(r"\bfile_env\s+[\"']?([A-Za-z_]\w*)")
_ASSIGN = expression(
    r"(?:^|[\s;&|(])(?:export\s+|readonly\s+|declare\s+(?:-\w+\s+)*|local\s+(?:-\w+\s+)*)?([A-Za-z_]\w*)\+?="
)
_FORMAT = expression(r"\benvsubst\s+'([^'\n]*)'")
"""What envsubst is told to fill in: it reads these, though a single quote keeps the shell from doing so."""
_LOCAL = expression(
    r"\b(?:local|read(?:\s+-\w+(?:\s+\d+)?)*|for|select|getopts\s+\S+)\s+((?:[A-Za-z_]\w*\s*)+)"
)
_OF_THE_SHELL = frozenset(
    "PATH HOME PWD OLDPWD IFS OPTIND OPTARG RANDOM SECONDS LINENO BASH_SOURCE BASH_VERSION BASH FUNCNAME PIPESTATUS HOSTNAME UID EUID PPID SHELL SHLVL TERM USER LOGNAME REPLY BASH_REMATCH DIRSTACK GROUPS HOSTTYPE MACHTYPE OSTYPE".split()  # noqa: SIM905 - reads better than a list
)
_ENDS = expression(r"[;&|]")
_MOST_LINES = 5000


def variables_read(text: str) -> Iterator[tuple[str, int]]:
    """Each variable that comes from outside with the first line (from 1) that reads it."""
    assigned: set[str] = set()
    told: set[str] = set()
    for number, raw in enumerate(text.splitlines()[:_MOST_LINES], 1):
        plain = _COMMENT.sub("", raw)
        for name in _FILE_ENV.findall(plain):
            yield from ((each, number) for each in (name, f"{name}_FILE") if each not in told)
            told.update((name, f"{name}_FILE"))
        filled = " ".join(_FORMAT.findall(plain))
        line = _SINGLE.sub("''", plain) + (f" {filled}" if filled else "")
        assigned.update(name for names in _LOCAL.findall(line) for name in names.split())
        here = {found[1]: found.end() for found in reversed(list(_ASSIGN.finditer(line)))}
        for found in _READ.finditer(line):
            name = found[1] or found[2]
            is_set = name in here and bool(_ENDS.search(line, here[name], found.start()))
            if not is_set and name not in assigned and name not in told and name not in _OF_THE_SHELL:
                told.add(name)
                yield name, number
        assigned.update(here)
