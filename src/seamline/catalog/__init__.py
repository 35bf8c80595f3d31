"""Readers: files of an image become packages. Touches model, formats and tree; never a place.

One reader is one module and one line here, in the order in which they say what is installed. Those that speak where nothing
was read too, of a database that stands behind a link, are imported at once.
"""

from seamline.catalog import apk, dpkg, rpm
from seamline.catalog.on_demand import on_demand

READERS = (
    dpkg.READER,
    apk.READER,
    rpm.READER,
    on_demand("pacman", version=1),
    on_demand("chisel", version=1),
    on_demand("python", version=2),
    on_demand("node", version=1),
    on_demand("java", version=1),
    on_demand("ruby", version=1),
    on_demand("php", version=1),
    on_demand("dotnet", version=1),
    on_demand("go", version=1),
    on_demand("rust", version=1),
    on_demand("programs", version=4),
    on_demand("wasm", version=1),
    on_demand("embedded-sbom", version=1),
)
