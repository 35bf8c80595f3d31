"""The terminal: arguments in, text out, exit codes. The only room that prints and exits."""
