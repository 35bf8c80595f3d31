"""Readers: files of an image become packages. Touches model, formats and tree; never a place.

One reader is one module and one line here, in the order in which they say what is installed.
"""

from seamline.catalog import (
    apk,
    chisel,
    dotnet,
    dpkg,
    embedded_sbom,
    go,
    java,
    node,
    pacman,
    php,
    programs,
    python,
    rpm,
    ruby,
    rust,
    wasm,
)

READERS = (
    dpkg.READER,
    apk.READER,
    rpm.READER,
    pacman.READER,
    chisel.READER,
    python.READER,
    node.READER,
    java.READER,
    ruby.READER,
    php.READER,
    dotnet.READER,
    go.READER,
    rust.READER,
    programs.READER,
    wasm.READER,
    embedded_sbom.READER,
)
