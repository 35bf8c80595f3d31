"""What an intruder who got in would find: programs, privileges, accounts. Touches tree, formats and model."""
