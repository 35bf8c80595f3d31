"""Starts what an image holds as a runtime would: a root that nobody can write to, folders of its own where a template asks for
them, a user by number without capabilities, a network of its own. What is told is whether its health check says that it serves.

A container engine that runs images wants control groups and a network of bridges; the system's own calls want neither.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_RUNNER = r"""
import ctypes, errno, fcntl, json, os, signal, socket, struct, subprocess, sys, time
root, uid, start, health, env, cwd, writable, stop = json.loads(sys.argv[1])

def mount(*words):
    subprocess.run(("mount", *words), check=True)

def put(path, link=None):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(link, path) if link else open(path, "a").close()

mount("--bind", root, root)
for folder in (*writable, "/proc", "/dev"):
    os.makedirs(root + folder, exist_ok=True)
for folder in writable:
    mount("-t", "tmpfs", "-o", "size=16m,mode=1777,nosuid,nodev", "tmpfs", root + folder)
mount("-t", "proc", "proc", root + "/proc")
mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", root + "/dev")
for name in ("null", "zero", "random", "urandom"):
    put(f"{root}/dev/{name}")
    mount("--bind", f"/dev/{name}", f"{root}/dev/{name}")
for at, name in enumerate(("stdin", "stdout", "stderr")):
    put(f"{root}/dev/{name}", f"/proc/self/fd/{at}")
put(root + "/dev/fd", "/proc/self/fd")
mount("-o", "remount,bind,ro", root)
try:
    open(root + "/written", "w")
    sys.exit("the root can be written to")
except OSError as fault:
    assert fault.errno == errno.EROFS
with socket.socket() as own:
    fcntl.ioctl(own, 0x8914, struct.pack("16sH14x", b"lo", 1))  # SIOCSIFFLAGS: up

def confined():
    os.chroot(root)
    os.chdir(cwd)
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS

ctypes.CDLL(None).prctl  # loaded while its library can be found
said, told = os.pipe()
os.fchown(told, uid, uid)  # as runc gives what a program says to its user
served = subprocess.Popen(start, env=env, preexec_fn=confined, stdout=told, stderr=told)
os.set_blocking(said, False)
until = time.monotonic() + 40
while time.monotonic() < until and served.poll() is None:
    if subprocess.run(health, env=env, preexec_fn=confined, stdout=sys.stderr).returncode == 0:
        status = open(f"/proc/{served.pid}/status").read()
        ids = [line.split()[1:] for line in status.splitlines() if line.startswith(("Uid:", "CapEff:", "NoNewPrivs:"))]
        served.send_signal(stop)
        served.wait(timeout=20)
        print(json.dumps(ids))
        sys.exit(0)
    time.sleep(0.1)
sys.exit(f"it does not serve: {served.poll()} {os.read(said, 65536)}")
"""


def started(
    root: Path,
    start: Sequence[str],
    health: Sequence[str],
    *,
    uid: int,
    env: Mapping[str, str],
    cwd: str = "/",
    writable: Sequence[str] = (),
    stop: int = 15,
) -> list[list[str]]:
    """Who the serving process was: its four user ids, its effective capabilities, whether it may gain any."""
    told = json.dumps([str(root), uid, list(start), list(health), dict(env), cwd, list(writable), stop])
    words = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
    done = subprocess.run(
        (*words, sys.executable, "-c", _RUNNER, told),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    ids: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return ids
