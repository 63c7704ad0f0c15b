#!/usr/bin/env bash
# One real PostgreSQL for tests: Debian's package as a private server in a temporary folder, loopback only, without
# touching the system's.
#
#   scripts/postgres.sh start  [DIR]   installs PostgreSQL when it is missing, starts it (a running one is left as it is)
#                                      and prints its address, which may create databases
#   scripts/postgres.sh stop   [DIR]   stops it and removes its data
#   scripts/postgres.sh status [DIR]   prints its address, exit status 1 when it does not run
#
# DIR (default .cache/postgres in the repository) holds "address". The data lives in /tmp: PostgreSQL refuses to run as
# root, and its own user must reach it. Commits do not wait for the disk: what is tested is the code, not the disk.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
action=${1:-}
dir=${2:-$(dirname "$here")/.cache/postgres}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
home=/tmp/haidang-postgres-$(printf '%s' "$dir" | sha256sum | cut -c1-12)

say() { printf 'postgres.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# shellcheck source=/dev/null
source "$here/ports.sh"

programs() { printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1; }

install() {
	[[ -x $(programs)/initdb ]] && return
	[[ $(id -u) == 0 ]] || die "PostgreSQL is missing: apt-get install postgresql"
	say "installing PostgreSQL"
	# Without a cluster of its own the package starts no server.
	mkdir -p /etc/postgresql-common
	[[ -e /etc/postgresql-common/createcluster.conf ]] || printf 'create_main_cluster = false\n' >/etc/postgresql-common/createcluster.conf
	for _ in {1..30}; do
		if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold postgresql >"$dir/apt.log" 2>&1; then
			return
		fi
		grep -qi 'lock' "$dir/apt.log" || apt-get update -qq >>"$dir/apt.log" 2>&1 || true
		sleep 2 # somebody else may be installing
	done
	tail -n 20 "$dir/apt.log" >&2
	die "cannot install postgresql"
}

# as runs one of PostgreSQL's programs as a user that it accepts.
as() {
	local program=$1
	shift
	if [[ $(id -u) == 0 ]]; then
		(cd "$home" && runuser -u postgres -- "$(programs)/$program" "$@")
	else
		"$(programs)/$program" "$@"
	fi
}

running() { [[ -s $home/data/postmaster.pid ]] && as pg_ctl -D "$home/data" status >/dev/null 2>&1; }

start() {
	if running; then
		cat "$dir/address"
		return
	fi
	install
	rm -rf "$home"
	mkdir -p "$home"
	[[ $(id -u) != 0 ]] || chown postgres "$home"
	as initdb -D "$home/data" --username=haidang --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 ||
		{ cat "$dir/initdb.log" >&2; die "cannot make a database"; }
	local port
	for _ in {1..5}; do
		port=$(free_port)
		if as pg_ctl -D "$home/data" -l "$home/server.log" -w -t 30 \
			-o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=300" \
			start >"$dir/start.log" 2>&1; then
			printf 'postgres://haidang@127.0.0.1:%s/postgres?sslmode=disable\n' "$port" | tee "$dir/address"
			return
		fi
	done
	cat "$dir/start.log" "$home/server.log" >&2 || true
	die "PostgreSQL did not start"
}

stop() {
	if running; then
		as pg_ctl -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true
	fi
	rm -rf "$home"
	rm -f "$dir/address"
}

case $action in
start) start ;;
stop) stop ;;
status) running && cat "$dir/address" ;;
*) die "usage: postgres.sh start|stop|status [DIR]" ;;
esac
