<?php
require "/usr/share/php/Composer/Semver/autoload.php";
use Composer\Semver\Comparator;
use Composer\Semver\VersionParser;
$parser = new VersionParser();
while (($line = fgets(STDIN)) !== false) {
    [$one, $other] = explode("\t", rtrim($line, "\n"));
    try {
        $one = $parser->normalize($one);
        $other = $parser->normalize($other);
        echo Comparator::equalTo($one, $other) ? 0 : (Comparator::lessThan($one, $other) ? -1 : 1), "\n";
    } catch (UnexpectedValueException $fault) {
        echo "?\n";
    }
}
