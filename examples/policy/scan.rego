# Judges the JSON of `seamline scan IMAGE -f json` (schema seamline.scan/1).
#
#   seamline scan IMAGE -f json > scan.json
#   opa eval --fail-defined -i scan.json -d examples/policy 'data.seamline.deny[_]'
#   conftest test scan.json --policy examples/policy --namespace seamline
package seamline

import rego.v1

# what counts: settings and VEX have already said what does not
counted contains finding if {
	some finding in input.findings
	not finding.suppressed
}

deny contains message if {
	some finding in counted
	finding.side == "application"
	finding.severity in {"critical", "high"}
	finding.status == "fixed"
	message := sprintf("%s in %s %s: fixed in %s, %s acts", [finding.id, finding["package"], finding.version, concat(", ", finding.fixed_in), finding.owner])
}

deny contains message if {
	some finding in counted
	finding.kev
	message := sprintf("%s in %s is known to be exploited", [finding.id, finding["package"]])
}

deny contains message if {
	some finding in counted
	finding.deadline.days_left < 0
	finding.side == "system"
	message := sprintf("%s in %s is %d days late, %s acts", [finding.id, finding["package"], 0 - finding.deadline.days_left, finding.owner])
}

deny contains message if {
	some finding in counted
	finding.side == "unknown"
	message := sprintf("%s in %s has no side: tell Seamline the base", [finding.id, finding["package"]])
}

# a verdict from old or partial data is none
deny contains message if {
	input.database.kind != "osv"
	message := sprintf("judged with %s advisories", [input.database.kind])
}

deny contains "the advisories are too old" if input.database.stale

deny contains message if {
	some ecosystem in input.database.missing
	message := sprintf("no advisories of %s", [ecosystem])
}

warn contains message if {
	some gap in input.gaps
	message := sprintf("not checked: %s", [gap.message.id])
}
