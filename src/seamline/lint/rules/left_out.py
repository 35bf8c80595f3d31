"""What hadolint asks and we do not, and why: decided rule by rule. The reference prints it, a test holds it complete."""

from __future__ import annotations

from collections.abc import Mapping

_BUILDER = "the builder itself refuses it"
_HANGS = "without it the build stops and asks: nothing of it reaches an image"
_LABELS = "means something only with a list of labels that a team demands; our report asks for the standard ones (SL2007)"
LEFT_OUT: Mapping[str, str] = {
    "DL1001": "a rule about comments that forgive, off by default there; ours are counted in the report",
    "DL3003": "style: `cd` within one RUN changes nothing in the image",
    "DL3010": "asks for ADD to unpack archives, against CIS 4.9, which asks for COPY; both can be right",
    "DL3014": _HANGS,
    "DL3021": _BUILDER,
    "DL3023": _BUILDER,
    "DL3024": "the last stage of a name holds, and BuildKit warns of it",
    "DL3030": _HANGS,
    "DL3034": _HANGS,
    "DL3038": _HANGS,
    "DL3043": _BUILDER + ", and so does the parser here",
    "DL3049": _LABELS,
    "DL3050": _LABELS,
    "DL3054": "licences are judged on what the image holds (`seamline sbom`), not on a label",
    "DL3058": _LABELS,
    "DL3061": _BUILDER + ", and so does the parser here",
    "DL3063": "a name inside the build: nothing of it reaches an image",
}
