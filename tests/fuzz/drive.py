"""Runs one fuzz target under atheris: `python -m tests.fuzz.drive TARGET [libFuzzer options]`.

A target is a module `fuzz_<format>.py` with `run(data)`, which swallows SeamlineError alone, and may have
`SEEDS`, valid inputs to start from.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path

import atheris


def main() -> None:
    target = sys.argv[1]
    with atheris.instrument_imports(include=["seamline"]):
        module = importlib.import_module(f"tests.fuzz.fuzz_{target}")
    with tempfile.TemporaryDirectory(prefix="seamline-fuzz-") as corpus:
        for number, seed in enumerate(getattr(module, "SEEDS", ())):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        options = [
            sys.argv[0],
            "-seed=1",  # the same inputs in every run of the same code; another one by hand
            "-timeout=20",
            "-rss_limit_mb=3000",
            "-max_len=8192",
            "-verbosity=0",
            *sys.argv[2:],
            corpus,
        ]
        atheris.Setup(options, module.run)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
