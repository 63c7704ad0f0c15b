#!/usr/bin/env bash
# One Apache Kafka node for tests, without Docker: jars from Maven Central, Java 17, loopback only.
#
#   scripts/kafka.sh start   [DIR]   starts it (a running one is left as it is) and prints its address
#   scripts/kafka.sh stop    [DIR]   stops it; its log and its ports stay for the next start
#   scripts/kafka.sh restart [DIR]
#   scripts/kafka.sh status  [DIR]   prints its address, exit status 1 when it does not run
#
# DIR (default .cache/kafka in the repository) holds the log, the address in the file "address", and in "address-sasl"
# that of a listener which wants a sign-in (PLAIN or SCRAM; user haidang, password haidang-secret).
# The jars are kept in ${HAIDANG_CACHE:-~/.cache/haidang}/kafka, one folder per version of scripts/kafka/pom.xml.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
action=${1:-}
dir=${2:-$(dirname "$here")/.cache/kafka}
pom=$here/kafka/pom.xml
cache=${HAIDANG_CACHE:-$HOME/.cache/haidang}/kafka
user=haidang
password=haidang-secret

say() { printf 'kafka.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# shellcheck source=/dev/null
source "$here/ports.sh"

# jars resolves Kafka once per version of the POM and prints the folder.
jars() {
	local sum lib tmp
	sum=$(sha256sum "$pom" | cut -c1-12)
	lib=$cache/$sum
	if [[ ! -d $lib ]]; then
		command -v mvn >/dev/null || die "mvn is missing: apt-get install maven"
		mkdir -p "$cache"
		tmp=$(mktemp -d "$cache/.tmp-XXXXXX")
		say "resolving Apache Kafka from Maven Central into $lib"
		if ! mvn -q -B -f "$pom" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$tmp" >"$tmp/mvn.log" 2>&1; then
			cat "$tmp/mvn.log" >&2
			rm -rf "$tmp"
			die "mvn could not resolve Apache Kafka"
		fi
		mv -T "$tmp" "$lib" 2>/dev/null || rm -rf "$tmp" # another run may have been faster
	fi
	[[ -d $lib ]] || die "no jars in $lib"
	printf '%s\n' "$lib"
}

# ours tells whether the process of the pid file is our broker and not one that got its number later.
ours() {
	[[ -s $dir/pid ]] || return 1
	local pid
	pid=$(<"$dir/pid")
	[[ -r /proc/$pid/cmdline ]] && tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF "$dir/server.properties"
}

configure() {
	local plain=$1 sasl=$2 controller=$3
	local login=org.apache.kafka.common.security
	cat >"$dir/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=PLAIN://127.0.0.1:$plain,SIGNIN://127.0.0.1:$sasl,CONTROLLER://127.0.0.1:$controller
listener.security.protocol.map=PLAIN:PLAINTEXT,SIGNIN:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAIN
listener.name.signin.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.signin.plain.sasl.jaas.config=$login.plain.PlainLoginModule required user_$user="$password";
listener.name.signin.scram-sha-256.sasl.jaas.config=$login.scram.ScramLoginModule required;
listener.name.signin.scram-sha-512.sasl.jaas.config=$login.scram.ScramLoginModule required;
log.dirs=$dir/log
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
END
}

format() {
	local lib=$1
	[[ -f $dir/log/meta.properties ]] && return
	java -Xmx128m -cp "$lib/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=error kafka.tools.StorageTool format \
		--cluster-id aGFpZGFuZy1rYWZrYS0wMQ --config "$dir/server.properties" \
		--add-scram "SCRAM-SHA-256=[name=$user,password=$password]" \
		--add-scram "SCRAM-SHA-512=[name=$user,password=$password]" >"$dir/format.log" 2>&1 ||
		{ cat "$dir/format.log" >&2; die "cannot format $dir/log"; }
}

launch() {
	local lib=$1
	: >"$dir/server.log"
	setsid java -Xms128m -Xmx512m -cp "$lib/*" \
		-Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
		-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info \
		kafka.Kafka "$dir/server.properties" >>"$dir/server.log" 2>&1 </dev/null &
	printf '%s\n' $! >"$dir/pid"
}

# await returns when the broker has said that it is ready and its port answers.
await() {
	local port=$1
	for _ in {1..300}; do
		if grep -q 'Kafka Server started' "$dir/server.log" && taken "$port"; then
			return 0
		fi
		kill -0 "$(<"$dir/pid")" 2>/dev/null || return 1
		sleep 0.2
	done
	return 1
}

start() {
	if ours; then
		cat "$dir/address"
		return
	fi
	command -v java >/dev/null || die "java is missing: apt-get install openjdk-17-jre-headless"
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	local lib plain sasl controller fresh=no
	lib=$(jars)
	for _ in {1..5}; do
		if [[ -s $dir/ports ]]; then
			read -r plain sasl controller <"$dir/ports"
		else
			plain=$(free_port) sasl=$(free_port) controller=$(free_port) fresh=yes
		fi
		configure "$plain" "$sasl" "$controller"
		format "$lib"
		launch "$lib"
		if await "$plain"; then
			printf '%s %s %s\n' "$plain" "$sasl" "$controller" >"$dir/ports"
			printf '127.0.0.1:%s\n' "$sasl" >"$dir/address-sasl"
			printf '127.0.0.1:%s\n' "$plain" | tee "$dir/address"
			return
		fi
		stop
		if [[ $fresh == no ]] || ! grep -q 'Address already in use' "$dir/server.log"; then
			break
		fi
	done
	tail -n 30 "$dir/server.log" >&2
	die "the broker did not start; its log is $dir/server.log"
}

# stop ends the broker's process group, gently first.
stop() {
	ours || { rm -f "$dir/pid"; return 0; }
	local pid
	pid=$(<"$dir/pid")
	kill -TERM -- "-$pid" 2>/dev/null || true
	for _ in {1..100}; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.2
	done
	kill -KILL -- "-$pid" 2>/dev/null || true
	rm -f "$dir/pid"
}

[[ -d $dir ]] && dir=$(cd "$dir" && pwd)
case $action in
start) start ;;
stop) stop ;;
restart) stop && start ;;
status) ours && cat "$dir/address" ;;
*) die "usage: kafka.sh start|stop|restart|status [DIR]" ;;
esac
