package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"haidang/configs"
	"haidang/internal/bus"
)

// Role is a part of the pipeline that can run in a process of its own.
type Role string

// The roles.
const (
	Crawl    Role = "crawl"    // polls feeds, fetches pages
	Classify Role = "classify" // gives verdicts
	Serve    Role = "serve"    // keeps the archive, serves pages and the API
	Alert    Role = "alert"    // keeps the stories, tells the receivers, sends the digest
)

// AllRoles lists every role, in the order of the pipeline.
func AllRoles() []Role { return []Role{Crawl, Classify, Serve, Alert} }

// ParseRoles reads roles separated by commas; an empty string means all of them.
func ParseRoles(s string) ([]Role, error) {
	if s == "" {
		return AllRoles(), nil
	}
	var roles []Role
	for name := range strings.SplitSeq(s, ",") {
		role := Role(strings.TrimSpace(name))
		if !slices.Contains(AllRoles(), role) {
			return nil, fmt.Errorf("role %q is not known; write one or more of crawl,classify,serve,alert", name)
		}
		if !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles, nil
}

// checkRoles refuses what cannot work: an embedded broker belongs to the one process that runs everything.
func checkRoles(roles []Role, cfg configs.Config) error {
	if cfg.Bus.Mode == bus.Embedded && len(roles) < len(AllRoles()) {
		return errors.New("roles in separate processes need Apache Kafka: write bus.mode: external and bus.brokers in the configuration")
	}
	return nil
}
