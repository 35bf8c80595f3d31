const semver = require("semver");
for (const line of require("fs").readFileSync(0, "utf8").split("\n")) {
  if (!line) continue;
  const [one, other] = line.split("\t").map((each) => semver.parse(each, { loose: true }));
  console.log(one && other ? semver.compare(one, other) : "?");
}
