"""Image documents: index, manifest, configuration <-> values. Source: OCI image-spec 1.1, Docker image manifest v2 schema 2."""
