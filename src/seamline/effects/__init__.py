"""The only sockets, time, retries, threads, files of the machine and child processes."""
