"""The programs that an intruder uses, and what each kind lets them do.

What a program allows is told by its own manual; the classes follow the way an attack goes on from a foothold:
run commands, fetch tools, reach other hosts, stay, become root, read what is there.
Sources: MITRE ATT&CK v15, whose techniques TECHNIQUES names; each program's manual page.
"""

from __future__ import annotations

import msgspec

from seamline.expression import expression
from seamline.model.audit import Danger

_X, _D, _L, _P, _E, _R = (
    Danger.EXECUTE,
    Danger.DOWNLOAD,
    Danger.LATERAL,
    Danger.PERSISTENCE,
    Danger.ESCALATE,
    Danger.READ,
)
TECHNIQUES = {
    Danger.EXECUTE: "T1059 Command and Scripting Interpreter",
    Danger.DOWNLOAD: "T1105 Ingress Tool Transfer",
    Danger.LATERAL: "T1021 Remote Services, T1046 Network Service Discovery",
    Danger.PERSISTENCE: "T1053 Scheduled Task/Job, T1543 Create or Modify System Process",
    Danger.ESCALATE: "T1548 Abuse Elevation Control Mechanism",
    Danger.READ: "T1552 Unsecured Credentials, T1040 Network Sniffing",
}
"""The technique that each class of danger serves."""
_VERSION = expression(r"[-.]?\d+(?:\.\d+)*m?$")
_TRIPLET = expression(
    r"^(?:x86_64|i\d86|aarch64|arm|armv\d\w?|riscv64|powerpc64le|s390x|mips64el)(?:-[\w]+)?-linux-(?:gnu|musl)\w*-"
)


class Tool(msgspec.Struct, frozen=True):
    """One kind of program: its files' names, and what it allows, the worst first."""

    kind: str
    names: frozenset[str]
    allows: tuple[Danger, ...]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOOLS = (
    Tool(
        "shell", _names("sh bash dash ash zsh ksh ksh93 mksh oksh yash fish csh tcsh rbash rksh pwsh"), (_X,)
    ),
    Tool(
        "package manager",
        _names(
            "apt apt-get aptitude dpkg apk yum dnf dnf5 microdnf tdnf rpm zypper pacman opkg snap flatpak brew nix nix-env"
        ),
        (_D, _X),
    ),
    Tool(
        "language package manager",
        _names(
            "pip pip3 pipx uv poetry conda mamba npm npx yarn pnpm corepack gem bundle bundler composer cargo go mvn gradle nuget cpan cpanm luarocks"
        ),
        (_D, _X),
    ),
    Tool(
        "interpreter",
        _names(
            "python pypy pypy3 perl ruby node nodejs deno bun php php-cgi lua luajit tclsh wish expect guile gawk mawk awk nawk original-awk java jshell groovy erl elixir irb ipython Rscript"
        ),
        (_X,),
    ),
    Tool(
        "compiler",
        _names(
            "gcc cc c++ g++ clang clang++ tcc cpp ld ld.bfd ld.gold ld.lld as gas make gmake cmake ninja rustc javac gfortran gccgo gdc ghc nasm yasm"
        ),
        (_X,),
    ),
    Tool(
        "network client",
        _names(
            "curl wget wget2 nc ncat netcat nc.openbsd nc.traditional socat telnet ftp lftp tftp lynx links w3m elinks aria2c rsync rclone http https xh git svn hg openssl"
        ),
        (_D, _L),
    ),
    Tool(
        "remote shell",
        _names("ssh scp sftp slogin rsh rlogin rexec mosh ssh-agent sshpass dbclient dropbear autossh"),
        (_L, _D),
    ),
    Tool(
        "network scanner",
        _names(
            "nmap masscan zmap arp-scan fping hping3 traceroute mtr dig nslookup host ping ping6 arping nbtscan ip ss netstat ifconfig route arp smbclient ldapsearch redis-cli mysql mariadb psql mongosh mongo"
        ),
        (_L, _R),
    ),
    Tool("sniffer", _names("tcpdump tshark dumpcap ngrep ettercap dsniff"), (_R, _L)),
    Tool(
        "debugger",
        _names(
            "gdb gdbserver lldb strace ltrace perf bpftrace bpftool sysdig gcore eu-stack pstack rr valgrind radare2 r2"
        ),
        (_R, _E),
    ),
    Tool(
        "editor",
        _names("vi vim vim.tiny vim.basic view rvim nvim nano pico emacs ed red ex joe mcedit micro jed"),
        (_P, _R),
    ),
    Tool(
        "daemon",
        _names(
            "systemd init openrc openrc-run runit runsvdir s6-svscan supervisord monit sshd telnetd in.telnetd inetd xinetd crond cron atd anacron fcron rsyslogd syslogd syslog-ng klogd journald systemd-journald dbus-daemon avahi-daemon snmpd rpcbind smbd nmbd vsftpd proftpd pure-ftpd tftpd in.tftpd udevd systemd-udevd ntpd chronyd nfsd sendmail exim4 postfix master dockerd containerd crio kubelet"
        ),
        (_P, _L),
    ),
    Tool(
        "privilege tool",
        _names(
            "sudo su doas pkexec runuser setpriv gosu su-exec capsh setcap newgrp sg chroot unshare nsenter"
        ),
        (_E,),
    ),
    Tool(
        "container tool",
        _names(
            "docker docker-compose kubectl helm crictl ctr nerdctl podman buildah skopeo runc crun kubeadm k9s"
        ),
        (_L, _E),
    ),
    Tool("cloud client", _names("aws gcloud gsutil az aliyun doctl oci-cli vault consul"), (_L, _R)),
)
OTHER_KINDS = (
    "setuid file",
    "setgid file",
    "file capability",
    "world-writable file",
    "world-writable folder",
    "writable folder on PATH",
    "writable start script",
    "readable account file",
    "account without password",
    "account that can log in",
    "second name of root",
    "sudo rule",
    "authorized key",
    "preloaded library",
    "writable library folder",
    "startup file",
    "boot script",
    "cron job",
    "enabled unit",
    "profile script",
)
"""Kinds of things that are no programs, in the order of the page that tells of them."""
_BY_NAME = {name: tool for tool in reversed(TOOLS) for name in tool.names}
BUSYBOX = ("busybox", "toybox")
LISTENERS = frozenset(
    name.encode() for tool in TOOLS for name in tool.names if tool.kind == "daemon" or name == "dropbear"
)
"""What waits for others or for its time, wherever it lies."""


def tool_named(name: str) -> Tool | None:
    """The kind of a program file by its name; a version behind it (`python3.11`, `gcc-12`) and a target triplet before it
    are no part of the name."""
    plain = _TRIPLET.sub("", name)
    return _BY_NAME.get(plain) or _BY_NAME.get(_VERSION.sub("", plain))
