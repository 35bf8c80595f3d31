const semver = require("semver");
// bounds of one or two numbers are read as npm's own ranges read them: 1.999 begins at 1.999.0
function read(text) {
  const whole = semver.parse(text, { loose: true });
  try {
    return whole || (/^[0-9]+(\.[0-9]+)?$/.test(text) ? semver.minVersion(text) : null);
  } catch (fault) {
    return null;
  }
}
for (const line of require("fs").readFileSync(0, "utf8").split("\n")) {
  if (!line) continue;
  const [one, other] = line.split("\t").map(read);
  console.log(one && other ? semver.compare(one, other) : "?");
}
