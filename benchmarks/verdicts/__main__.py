"""How right an audit's verdicts are, on images and deployments of known truth: `python -m benchmarks.verdicts`."""

from benchmarks.verdicts.show import main

main()
