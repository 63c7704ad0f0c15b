#!/usr/bin/env bash
# Runs a command with real servers beside it and stops them afterwards, whatever happens:
#   HAIDANG_TEST_KAFKA  address of an Apache Kafka node
#   HAIDANG_TEST_SMTP   folder of an SMTP server that delivers into files (scripts/smtp.sh)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ $# -gt 0 ]] || { echo "usage: with-servers.sh COMMAND [ARG…]" >&2; exit 2; }

state=$(mktemp -d)
stop() {
	"$here/kafka.sh" stop "$state/kafka" || true
	"$here/smtp.sh" stop "$state/smtp" || true
	rm -rf "$state"
}
trap stop EXIT

HAIDANG_TEST_KAFKA=$("$here/kafka.sh" start "$state/kafka" | tail -n 1)
"$here/smtp.sh" start "$state/smtp" >/dev/null
export HAIDANG_TEST_KAFKA HAIDANG_TEST_KAFKA_DIR=$state/kafka HAIDANG_TEST_SMTP=$state/smtp
"$@"
