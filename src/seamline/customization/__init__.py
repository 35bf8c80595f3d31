"""The dimension of customization: changes over the base, knobs, leftovers. Touches tree, formats and model."""
