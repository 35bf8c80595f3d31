"""Rules: what an image, its Dockerfile and its deployment say -> verdicts. Touches model alone.

One rule is one entry of a list in its module; RULES holds them all in the order of the report.
"""

from seamline.audit import binaries, cis4, cis5, own, pods

RULES = (*cis4.RULES, *cis5.RULES, *own.RULES, *binaries.RULES, *pods.RULES)
