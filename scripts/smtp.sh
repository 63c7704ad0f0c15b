#!/usr/bin/env bash
# One real mail server for tests: Debian's Postfix as a private instance, loopback only, without touching the system's.
#
#   scripts/smtp.sh start  [DIR]   installs Postfix when it is missing, starts it (a running one is left as it is) and
#                                  prints its address
#   scripts/smtp.sh stop   [DIR]   stops it and removes its spool
#   scripts/smtp.sh status [DIR]   prints its address, exit status 1 when it does not run
#
# It takes mail for haidang@, lead@, member@ and member1@ to member9@haidang.test into maildirs, refuses every other address for
# good, relays nothing, and offers STARTTLS. DIR (default .cache/smtp in the repository) holds "address", "cert.pem" to
# trust, and the link "mail" to the maildirs. The instance itself lives in /tmp: Postfix's own user must reach it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
action=${1:-}
dir=${2:-$(dirname "$here")/.cache/smtp}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
home=/tmp/haidang-smtp-$(printf '%s' "$dir" | sha256sum | cut -c1-12)

say() { printf 'smtp.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# shellcheck source=/dev/null
source "$here/ports.sh"

install() {
	[[ -x /usr/sbin/postfix ]] && return
	[[ $(id -u) == 0 ]] || die "postfix is missing: apt-get install postfix"
	say "installing Postfix"
	# "No configuration" keeps the package from starting a server of its own.
	printf 'postfix postfix/main_mailer_type select No configuration\n' | debconf-set-selections
	for _ in {1..30}; do
		if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postfix >"$dir/apt.log" 2>&1; then
			return
		fi
		grep -qi 'lock' "$dir/apt.log" || apt-get update -qq >>"$dir/apt.log" 2>&1 || true
		sleep 2 # somebody else may be installing
	done
	tail -n 20 "$dir/apt.log" >&2
	die "cannot install postfix"
}

certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
		-addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -addext 'basicConstraints=critical,CA:TRUE' \
		-keyout "$home/conf/key.pem" -out "$home/conf/cert.pem" 2>"$home/openssl.log" ||
		{ cat "$home/openssl.log" >&2; die "cannot make a certificate"; }
	cp "$home/conf/cert.pem" "$dir/cert.pem"
}

configure() {
	local port=$1
	mkdir -p "$home"/{conf,queue,data,mail}
	chmod 755 "$home" "$home/queue"
	chown postfix "$home/data"
	chown nobody:nogroup "$home/mail"
	ln -sfn "$home/mail" "$dir/mail"
	local mailbox
	for mailbox in haidang lead member member{1..9}; do # haidang gets what bounces
		printf '/^%s@haidang\\.test$/ %s/\n' "$mailbox" "$mailbox"
	done >"$home/conf/mailboxes"
	cat >"$home/conf/main.cf" <<END
compatibility_level = 3.6
queue_directory = $home/queue
data_directory = $home/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $home/mail.log
maillog_file_prefixes = $home
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.haidang.test
mydestination =
virtual_mailbox_domains = haidang.test
virtual_mailbox_base = $home/mail
virtual_mailbox_maps = regexp:$home/conf/mailboxes
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
virtual_minimum_uid = 1
smtpd_relay_restrictions = reject_unauth_destination
default_transport = error:this test server relays nothing
smtpd_tls_security_level = may
smtpd_tls_cert_file = $home/conf/cert.pem
smtpd_tls_key_file = $home/conf/key.pem
END
	cat >"$home/conf/master.cf" <<END
127.0.0.1:$port inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
END
}

running() { [[ -s $home/conf/main.cf ]] && postfix -c "$home/conf" status >/dev/null 2>&1; }

start() {
	if running; then
		cat "$dir/address"
		return
	fi
	install
	[[ $(id -u) == 0 ]] || die "Postfix must be started as root"
	local port
	for _ in {1..5}; do
		port=$(free_port)
		configure "$port"
		certificate
		postfix -c "$home/conf" start >"$home/start.log" 2>&1 || true
		for _ in {1..50}; do
			if running && taken "$port"; then
				printf '127.0.0.1:%s\n' "$port" | tee "$dir/address"
				return
			fi
			sleep 0.1
		done
		postfix -c "$home/conf" stop >/dev/null 2>&1 || true
	done
	cat "$home/start.log" "$home/mail.log" >&2 || true
	die "Postfix did not start"
}

stop() {
	if running; then
		postfix -c "$home/conf" stop >/dev/null 2>&1 || true
	fi
	rm -rf "$home"
	rm -f "$dir/address" "$dir/mail" "$dir/cert.pem"
}

case $action in
start) start ;;
stop) stop ;;
status) running && cat "$dir/address" ;;
*) die "usage: smtp.sh start|stop|status [DIR]" ;;
esac
