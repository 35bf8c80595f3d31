"""The JSON Schemas of the documents, out of the very types that are written. Source: JSON Schema 2020-12."""

from __future__ import annotations

import msgspec

from seamline.model.advice import AdviseReport
from seamline.model.audit import AuditReport
from seamline.model.comparison import CompareReport, OverviewReport
from seamline.model.database import CacheReport, DatabaseReport, LookupReport
from seamline.model.explanation import ExplainReport
from seamline.model.finding import ScanReport
from seamline.model.ledger import BaseReport, BasesReport
from seamline.model.linting import LintReport
from seamline.model.portrait import Portrait
from seamline.model.report import FilesReport, InspectReport, SbomReport
from seamline.model.running import RunningReport

SCHEMAS = {
    "seamline.advise-1": AdviseReport,
    "seamline.audit-1": AuditReport,
    "seamline.base-list-1": BasesReport,
    "seamline.base-show-1": BaseReport,
    "seamline.cache-status-1": CacheReport,
    "seamline.compare-1": CompareReport,
    "seamline.compare-overview-1": OverviewReport,
    "seamline.db-lookup-1": LookupReport,
    "seamline.db-status-1": DatabaseReport,
    "seamline.explain-1": ExplainReport,
    "seamline.files-1": FilesReport,
    "seamline.inspect-1": InspectReport,
    "seamline.report-1": Portrait,
    "seamline.lint-1": LintReport,
    "seamline.running-1": RunningReport,
    "seamline.sbom-1": SbomReport,
    "seamline.scan-1": ScanReport,
}


def write_schema(name: str) -> bytes:
    """The schema of one document, ending in a newline."""
    schema = msgspec.json.schema(SCHEMAS[name])
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{name}.schema.json",
        **schema,
    }
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=1) + b"\n"
