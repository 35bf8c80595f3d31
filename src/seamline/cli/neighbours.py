"""What users of Trivy and Grype type, and what stands for it here. Source: Trivy 0.58 and Grype 0.87, the help of their commands."""

from __future__ import annotations

_GATE = "here it is a gate: --fail-on app=high"
_OFFLINE = "nothing that is there is fetched again; --offline opens no socket"
_SETTINGS = "here it is --settings FILE"
_AUDIT = "known flaws stand in scan; secrets and settings: seamline audit IMAGE"
_INPUT = "name the file in the place of the image"
_LOGIN = "logins of docker and podman are used: docker login, podman login"
_PATHS = "an [[ignore]] with a path in seamline.toml"
_DEBUG = "SEAMLINE_DEBUG=1 shows what failed"
_SIDES = "--side system or --side application"
_STATUS = "--only-fixed leaves out what has no fix; -f json has each one's status"

OPTIONS = {
    "-c": _SETTINGS,
    "-d": _DEBUG,
    "-i": _INPUT,
    "-s": "here it is --severity HIGH,CRITICAL",
    "-v": _DEBUG,
    "--by-cve": "flaws are named by their CVE without being asked",
    "--cache-dir": "XDG_CACHE_HOME=FOLDER",
    "--clear-cache": "here it is seamline cache clear",
    "--compliance": "the rules of CIS: seamline audit IMAGE",
    "--config": _SETTINGS,
    "--db-repository": "SEAMLINE_ADVISORIES=ADDRESS names where advisories come from",
    "--debug": _DEBUG,
    "--distro": "a purl says it: pkg:deb/debian/NAME@VERSION?distro=debian-12",
    "--download-db-only": "here it is seamline db update",
    "--exclude": _PATHS,
    "--exit-code": _GATE,
    "--file": "here it is -o FILE",
    "--ignore-states": _STATUS,
    "--ignore-status": _STATUS,
    "--ignorefile": "here it is --ignore-file FILE",
    "--image-src": "here it is --from docker, podman, registry ...",
    "--input": _INPUT,
    "--list-all-pkgs": "here it is seamline sbom IMAGE",
    "--no-progress": "here it is --quiet",
    "--offline-scan": _OFFLINE,
    "--only-notfixed": _STATUS,
    "--password": _LOGIN,
    "--pkg-types": _SIDES,
    "--scanners": _AUDIT,
    "--scope": "every layer is read, and each finding names its own",
    "--security-checks": _AUDIT,
    "--skip-db-update": _OFFLINE,
    "--skip-dirs": _PATHS,
    "--skip-files": _PATHS,
    "--skip-java-db-update": _OFFLINE,
    "--username": _LOGIN,
    "--verbose": _DEBUG,
    "--vuln-type": _SIDES,
}
"""An option of theirs -> the next step here."""

VERBS = {
    "clean": "seamline cache clear",
    "config": "seamline lint DOCKERFILE, seamline audit IMAGE",
    "convert": "seamline scan IMAGE -f FORMAT",
    "filesystem": "seamline scan dir:FOLDER",
    "fs": "seamline scan dir:FOLDER",
    "image": "seamline scan IMAGE",
    "k8s": "kubectl get pods -A -o json | seamline running -",
    "kubernetes": "kubectl get pods -A -o json | seamline running -",
    "rootfs": "seamline scan dir:FOLDER",
    "version": "seamline --version",
}
"""A verb of theirs -> the command here."""
