"""Everything about one image in one value: every judgement made once, for `compare` and `report`."""

from __future__ import annotations

from seamline import __version__
from seamline.model.portrait import Portrait
from seamline.stores.advisory_index import Advisories
from seamline.stores.ledger import Bases
from seamline.verbs.altered import altered_files
from seamline.verbs.audit import DEEP as OF_AUDIT
from seamline.verbs.audit import Told, audit_report
from seamline.verbs.blotting import blots_of, blotted
from seamline.verbs.customized import BULK, customized
from seamline.verbs.gists import Asked
from seamline.verbs.inspect import Seen, inspect_report
from seamline.verbs.scan import Terms, scan_report
from seamline.verbs.secrets import secrets_of
from seamline.verbs.stock import sbom_of, stock_of
from seamline.verbs.updated import updates, world_of

DEEP: tuple[Asked, ...] = (*OF_AUDIT, BULK)
"""What a portrait asks for."""


def portrait(seen: Seen, index: Advisories, known: Bases, terms: Terms, as_of: str) -> Portrait:
    """The portrait of one image, seen for all of DEEP."""
    stock = stock_of(seen)
    inspected = inspect_report(seen, as_of)
    scan = scan_report(stock, index, known, terms, as_of)
    altered = altered_files(seen)
    custom = customized(seen, known, as_of, altered)
    secrets = secrets_of(seen)
    made = Portrait(
        inspect=inspected,
        packages=sbom_of(stock, as_of).packages,
        scan=scan,
        audit=audit_report(
            seen,
            Told(
                settings=terms.settings,
                scan=scan,
                knobs=custom.knobs,
                fork=custom.fork,
                inspected=inspected,
                secrets=secrets,
                altered=altered,
            ),
            as_of,
        ),
        updates=updates(seen, stock, inspected, scan, world_of(stock, known, index, terms, as_of)),
        customization=custom,
        as_of=as_of,
        seamline=__version__,
    )
    return blotted(made, blots_of(seen.looked.image))
