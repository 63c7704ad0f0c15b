# One command each; `make check` is what CI runs, without the servers.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
TOOLS := -modfile=$(CURDIR)/.ci/tools/go.mod
GO_FILES = $(shell git ls-files '*.go')

.PHONY: test integration on-servers bench bench-peers bench-archive lint check demo build

test: ## unit and end-to-end tests on the embedded defaults; needs Go only
	go test -race -timeout 12m ./...

integration: ## the same house on real Apache Kafka, PostgreSQL, a real SMTP server and Chromium, which scripts/ start and stop
	scripts/with-servers.sh $(MAKE) --no-print-directory on-servers

on-servers: # what integration runs; whatever keeps state passes all of its tests on PostgreSQL too
	go test -tags integration -timeout 15m -run Integration ./...
	go test -timeout 5m ./internal/store/... ./alerting/... ./crawler/...

bench: ## speed and memory, each beside its rival in the same run
	go test -run '^$$' -bench . -benchmem -timeout 60m ./...

bench-peers: ## the matcher beside six others, Lucene Monitor among them, in one run; takes an hour
	mvn -q -B -f bench/lucene-monitor/pom.xml package
	cd bench && go test -count=1 -v -timeout 2h -measure .

bench-archive: ## half a million articles beside bare bleve and SQLite FTS5, in one run; takes two hours
	cd bench && go run ./archive -documents 500000 -out archive/results.md

lint: ## formatting, vet, staticcheck, modules as committed, shell scripts
	@out=$$(go tool $(TOOLS) gofumpt -l $(GO_FILES)); if [ -n "$$out" ]; then echo "gofumpt differs in:"; echo "$$out"; exit 1; fi
	go vet ./...
	go vet -tags integration ./...
	go tool $(TOOLS) staticcheck -tags integration ./...
	@out=$$(go fix -diff ./... 2>&1 || true); if [ -n "$$out" ]; then echo "$$out"; echo "run: go fix ./..."; exit 1; fi
	go mod tidy -diff
	go mod verify
	cd bench && go vet ./... && go tool $(TOOLS) staticcheck ./... && go mod tidy -diff
	shellcheck .ci/run scripts/*.sh

check: lint test build ## all that needs no server

build: ## one static binary in bin/
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/haidang ./cmd/haidang

demo: ## three fictional outlets, crawled for real
	go run ./cmd/haidang demo
