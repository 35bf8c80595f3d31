"""Whether what is said of an image was signed by somebody whom the user trusts. Bytes and keys in, verdicts out."""
