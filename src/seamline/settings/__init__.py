"""What a team decided: whose bases and sides are whose, how long they have, what does not count, what a gate demands."""
