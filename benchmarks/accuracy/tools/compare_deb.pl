use strict; use warnings; use Dpkg::Version;
while (<STDIN>) {
    chomp; my ($one, $other) = split /\t/, $_, -1;
    my ($first, $second) = map { Dpkg::Version->new($_, check => 1) } $one, $other;
    print defined $first && defined $second ? version_compare($one, $other) : "?", "\n";
}
