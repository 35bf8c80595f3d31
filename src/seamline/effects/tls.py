"""Whom to trust, and what to show: the TLS side of HTTP."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import partial

from seamline.effects.wire import Wire
from seamline.errors import Malformed, NotFound


def tls_context(wire: Wire, *, show: bool) -> ssl.SSLContext:
    """How to meet the other side; with `show`, the user's own certificates are offered to it.

    Raises:
        NotFound: a file that is named cannot be read.
        Malformed: a file holds no certificate, or a key that does not fit or wants a passphrase.
    """
    context = ssl.create_default_context()
    for file in (wire.ca_file, *wire.certificates.trusted):
        if file:
            _load(partial(context.load_verify_locations, file), file)
    # of several with one kind of key the last that is loaded counts, so the first comes last
    for certificate, key in reversed(wire.certificates.shown) if show else ():
        # without a password given, OpenSSL would ask the terminal for one
        _load(partial(context.load_cert_chain, certificate, key or None, password=""), key or certificate)
    if wire.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _load(load: Callable[[], None], file: str) -> None:
    """Loads a certificate, or a pair that is named by its key."""
    try:
        load()
    except ssl.SSLError as fault:
        raise Malformed(
            file,
            expected="a PEM certificate, or the unlocked key of one",
            got=fault.reason or "something else",
            hint="mend or remove the file",
        ) from fault
    except OSError as fault:
        raise NotFound(
            file,
            expected="a certificate and its key that may be read",
            got=fault.strerror or str(fault),
            hint="a NAME.cert needs its NAME.key beside it; are the permissions right?",
        ) from fault
