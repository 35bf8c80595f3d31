"""File capabilities: the security.capability attribute. Source: capabilities(7), linux/capability.h."""

from __future__ import annotations

import struct

_WORDS = (
    "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service "
    "net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin "
    "sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override "
    "mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore"
)
_NAMES = tuple(_WORDS.split())
_EFFECTIVE = 0x000001
_REVISIONS = {0x01000000: 1, 0x02000000: 2, 0x03000000: 2}


def parse_capabilities(data: bytes) -> tuple[str, ...]:
    """The permitted and inheritable capabilities (`cap_net_raw+ep`), by number; nothing where the bytes are none."""
    if len(data) < 4:
        return ()
    (magic,) = struct.unpack_from("<I", data)
    words = _REVISIONS.get(magic & 0xFF000000, 0)
    if not words or len(data) < 4 + 8 * words:
        return ()
    pairs = struct.unpack_from(f"<{2 * words}I", data, 4)
    permitted = sum(pairs[2 * at] << (32 * at) for at in range(words))
    inheritable = sum(pairs[2 * at + 1] << (32 * at) for at in range(words))
    effective = "e" if magic & _EFFECTIVE else ""
    return tuple(
        f"cap_{name}+{effective}{'i' if inheritable >> bit & 1 else ''}{'p' if permitted >> bit & 1 else ''}"
        for bit, name in enumerate(_NAMES)
        if (permitted | inheritable) >> bit & 1
    )
