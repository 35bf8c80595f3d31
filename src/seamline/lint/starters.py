"""What a container starts, and whether that can start as an ordinary user as it stands.

Source: the official images' Dockerfiles and entrypoints; docs.docker.com (Docker lets everybody listen below 1024 since
20.10); containerd, CRI plugin, enable_unprivileged_ports; ip(7), ip_unprivileged_port_start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.formats.untyped import whole
from seamline.lint.view import Step, View, program

_HIGHEST_PORT = 65535
LOW_PORTS = 1024
_REMOTE = frozenset((22, 23, 3389))
"""Where remote shells and desktops listen."""
_NGINX, _HTTPD, _DROPS, _NEEDS = "lint-root-nginx", "lint-root-httpd", "lint-root-drops", "lint-root-needs"
_PORT, _TRIGGERS = "lint-root-port", "lint-root-triggers"
_KINDS: Mapping[str, tuple[str, ...]] = {
    _NGINX: ("nginx", "openresty"),
    _HTTPD: ("httpd", "httpd-foreground", "apache2", "apache2ctl", "apachectl", "apache2-foreground"),
    _DROPS: ("postgres", "mysql", "mysqld", "mariadb", "mariadbd", "redis", "redis-server", "valkey", "valkey-server",
             "mongo", "mongod", "rabbitmq", "rabbitmq-server", "cassandra", "percona"),
    _NEEDS: ("sshd", "cron", "crond", "supervisord", "init", "systemd", "dockerd", "containerd", "vsftpd", "postfix",
             "master", "rsyslogd", "ntpd", "chronyd", "dnsmasq", "keepalived", "openvpn", "wg-quick", "smbd", "s6-svscan"),
}  # fmt: skip
_BY_NAME = {name: kind for kind, names in _KINDS.items() for name in names}
_USERS = {"mysqld": "mysql", "mariadb": "mysql", "mariadbd": "mysql", "percona": "mysql", "redis-server": "redis",
          "valkey-server": "valkey", "mongo": "mongodb", "mongod": "mongodb", "rabbitmq-server": "rabbitmq"}  # fmt: skip
"""Who the entrypoint of an official image, or the packages of a distribution, let it run as."""


def needs_root(view: View) -> tuple[str, str] | None:
    """Why what the file starts would not start as an ordinary user: the id of the words, and what they are about."""
    for name in (*_started(view), _base_name(view)):
        kind = _BY_NAME.get(name)
        if kind is not None:
            return kind, _USERS.get(name, name) if kind == _DROPS else name
    if any(step.is_trigger and step.keyword == "RUN" for each in view.built for step in each.steps):
        return _TRIGGERS, "ONBUILD RUN"
    port = next((port for step in _exposing(view) for port in low_ports(step)), None)
    return None if port is None else (_PORT, port)


def _started(view: View) -> Iterator[str]:
    """The programs of the ENTRYPOINT and the CMD that hold in the end."""
    last: dict[str, Step] = {}
    for each in view.built:
        last |= {step.keyword: step for step in each.steps if step.keyword in ("CMD", "ENTRYPOINT")}
    for _, step in sorted(last.items(), reverse=True):
        for command in step.commands:
            yield program(command)[0]


def _base_name(view: View) -> str:
    """`redis` of `docker.io/library/redis:7`; `httpd` of the tags of an image that hold Apache."""
    name, _, tag = view.final.parent.reference.partition("@")[0].rpartition("/")[2].partition(":")
    return "httpd" if "apache" in tag.split("-") else name


def _exposing(view: View) -> Iterator[Step]:
    return (step for each in view.built for step in each.steps if step.keyword == "EXPOSE")


def low_ports(step: Step) -> Iterator[str]:
    """The ports of an EXPOSE on which Linux lets root alone listen, unless somebody said otherwise."""
    for word in step.instruction.arguments:
        port = word.partition("/")[0].partition("-")[0]
        if 0 < (whole(port) or 0) < LOW_PORTS:
            yield word


def health_port(view: View) -> str:
    """The port of the service, as the file tells it: the first that it exposes by TCP. That of a remote shell tells
    nothing of a service beside it: it is asked where the file starts nothing else."""
    ports = [
        word.partition("/")[0]
        for step in _exposing(view)
        for word in step.instruction.arguments
        if _is_port(word.partition("/")[0]) and not word.lower().endswith(("/udp", "/sctp"))
    ]
    served = [port for port in ports if int(port) not in _REMOTE]
    return next(iter(served or (ports if "sshd" in _started(view) else ())), "")


def _is_port(text: str) -> bool:
    return 0 < (whole(text) or 0) <= _HIGHEST_PORT
