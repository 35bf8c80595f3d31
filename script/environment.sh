# Sourced by the other scripts: makes .venv from the locked, hashed requirements named in $1 and puts it first on PATH.
# Needs Python 3.11 or newer; where Debian's python3 comes without venv and we are root, apt brings it.

fail() { printf '%s\n' "$*" >&2; exit 3; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

have_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    missing=""
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    apt-get update -qq >/dev/null || return 1
    # shellcheck disable=SC2086 -- a list of names
    apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends $missing >/dev/null
}

make_venv() {
    "$python" -m venv "$root/.venv" >/dev/null 2>&1 && return
    rm -rf "$root/.venv"
    have_apt || fail "$python has no venv module: install python3-venv, or run this as root where apt is"
    apt_install python3-venv || fail "apt could not install python3-venv: check the machine's apt sources"
    "$python" -m venv "$root/.venv" || fail "$python cannot make a virtual environment"
}

enter_environment() {
    python=$(find_python) || fail "Python 3.11 or newer is needed (apt-get install python3, or name one with PYTHON=...)"
    lock="$root/requirements/$1.txt"
    stamp="$root/.venv/.installed-$1"
    if [ ! -x "$root/.venv/bin/python" ]; then make_venv; fi
    if ! cmp -s "$lock" "$stamp"; then
        "$root/.venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$lock" ||
            fail "pip could not install $lock: check the network, the proxy and pip's configuration"
        cp "$lock" "$stamp"
    fi
    PATH="$root/.venv/bin:$PATH"
    PYTHONPATH="$root/src${PYTHONPATH:+:$PYTHONPATH}"
    export PATH PYTHONPATH
}

# What tests need of npm, by the hashes of requirements/npm; it lies in the environment, and nothing of it is run while it is installed.
install_node_neighbours() {
    have=$root/.venv/node
    cmp -s "$root/requirements/npm/package-lock.json" "$have/.installed" && return
    command -v npm >/dev/null || { have_apt && apt_install npm; } || return 0
    mkdir -p "$have" && cp "$root"/requirements/npm/*.json "$have"
    (cd "$have" && npm ci --ignore-scripts --no-audit --no-fund --silent) ||
        fail "npm could not install requirements/npm: check the network, the proxy and npm's configuration"
    cp "$root/requirements/npm/package-lock.json" "$have/.installed"
}

seamline() { python -m seamline "$@"; }
