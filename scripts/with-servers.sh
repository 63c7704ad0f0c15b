#!/usr/bin/env bash
# Runs a command with real servers beside it and stops them afterwards, whatever happens:
#   HAIDANG_TEST_KAFKA     address of an Apache Kafka node
#   HAIDANG_TEST_SMTP      folder of an SMTP server that delivers into files (scripts/smtp.sh)
#   HAIDANG_TEST_POSTGRES  address of a PostgreSQL server on which databases may be made; tests of state run on it
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ $# -gt 0 ]] || { echo "usage: with-servers.sh COMMAND [ARG…]" >&2; exit 2; }

state=$(mktemp -d)
stop() {
	"$here/kafka.sh" stop "$state/kafka" || true
	"$here/smtp.sh" stop "$state/smtp" || true
	"$here/postgres.sh" stop "$state/postgres" || true
	rm -rf "$state"
}
trap stop EXIT

HAIDANG_TEST_KAFKA=$("$here/kafka.sh" start "$state/kafka" | tail -n 1)
"$here/smtp.sh" start "$state/smtp" >/dev/null
HAIDANG_TEST_POSTGRES=$("$here/postgres.sh" start "$state/postgres" | tail -n 1)
export HAIDANG_TEST_POSTGRES HAIDANG_TEST_KAFKA HAIDANG_TEST_KAFKA_DIR=$state/kafka HAIDANG_TEST_SMTP=$state/smtp
"$@"
