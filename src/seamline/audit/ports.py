"""What is asked of the ports that a workload publishes: rules 5.8, 5.9 and 5.14 of the CIS Docker Benchmark.

A port that a variable of the shell decides is nobody's to tell: what is known of the others still fails.
"""

from __future__ import annotations

from seamline.audit.case import Case
from seamline.audit.questions import Answer, said
from seamline.formats.untyped import whole
from seamline.model.workload import Workload


def low_ports(w: Workload, _: Case) -> Answer:
    """5.8: ports of the host below 1024."""
    low = sorted({port.host for port in w.ports if 0 < port.host < 1024})
    if w.unknown_ports and not low:
        return _unknown(w)
    return said(not low, setting=", ".join(map(str, low)) or "none below 1024")


def needed_ports(w: Workload, case: Case) -> Answer:
    """5.9: ports that the image does not say it serves."""
    exposed = {whole(port.partition("/")[0]) for port in case.config.exposed_ports} - {None}
    if w.ports and not exposed:
        return said(None, setting=", ".join(str(port.container) for port in w.ports))
    extra = sorted({port.container for port in w.ports} - exposed)
    if w.unknown_ports and not extra:
        return _unknown(w)
    return said(not extra, setting=", ".join(map(str, extra)) or "only exposed ports")


def addresses(w: Workload, _: Case) -> Answer:
    """5.14: ports that every interface of the host opens."""
    wide = [str(port.container) for port in w.ports if port.address in ("", "0.0.0.0", "::")]  # noqa: S104 - what is looked for
    if w.unknown_ports and not wide:
        return _unknown(w)
    return said(not wide, setting=", ".join(wide) or "none on every interface")


def _unknown(w: Workload) -> Answer:
    return said(None, setting=", ".join(w.unknown_ports))
