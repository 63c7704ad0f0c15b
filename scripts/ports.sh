#!/usr/bin/env bash
# Ports for servers of tests. Sourced by scripts that have a function die.

# taken tells whether somebody listens on a port.
taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port prints a port below the range that the system gives to outgoing connections, so that none takes it while
# the server is stopped for a moment.
free_port() {
	local port
	for _ in {1..200}; do
		port=$((RANDOM % 12000 + 20000))
		if ! taken "$port"; then
			printf '%s\n' "$port"
			return
		fi
	done
	die "no free port found"
}
