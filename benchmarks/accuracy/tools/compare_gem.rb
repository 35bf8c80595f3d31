STDIN.each_line(chomp: true) do |line|
  one, other = line.split("\t", -1)
  puts Gem::Version.correct?(one) && Gem::Version.correct?(other) ? (Gem::Version.new(one) <=> Gem::Version.new(other)) : "?"
end
