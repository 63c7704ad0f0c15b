package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Running is what a running process writes into its data folder, so that other commands find it: search asks it,
// import sends through it.
type Running struct {
	PID int `json:"pid"`
	// Instance is a random name that the process also answers with: another one may have the port by now.
	Instance string    `json:"instance"`
	Web      string    `json:"web"`    // host:port of the pages and the API
	Broker   string    `json:"broker"` // host:port of a broker
	Groups   []string  `json:"groups"` // consumer groups that must have caught up before an article is done
	Started  time.Time `json:"started"`
}

const runningFile = "running.json"

// FindRunning reports the process that serves this data folder, if it still answers by the name that it wrote down. A
// file left behind by a crash names a port that nobody listens on, or another process by now, and counts as none.
func FindRunning(ctx context.Context, dataDir string) (Running, bool) {
	data, err := os.ReadFile(filepath.Join(dataDir, runningFile))
	if err != nil {
		return Running{}, false
	}
	var r Running
	if json.Unmarshal(data, &r) != nil || r.Web == "" {
		return Running{}, false
	}
	var is struct {
		Instance string `json:"instance"`
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := ask(ctx, r.Web, "/api/instance", nil, &is); err != nil || is.Instance != r.Instance {
		return Running{}, false
	}
	return r, true
}

// lastBroker is the address that the broker of this folder had when it last ran, so that it can have it again and
// clients that outlive a restart find it.
func lastBroker(dataDir string) string {
	data, err := os.ReadFile(filepath.Join(dataDir, runningFile))
	if err != nil {
		return ""
	}
	var r Running
	if json.Unmarshal(data, &r) != nil || r.Broker == "" {
		return ""
	}
	l, err := net.Listen("tcp", r.Broker)
	if err != nil {
		return ""
	}
	if l.Close() != nil {
		return ""
	}
	return r.Broker
}

// announce writes the file whole or not at all.
func (r Running) announce(dataDir string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(dataDir, runningFile)
	if err := os.WriteFile(path+".tmp", append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("announce this process: %w", err)
	}
	return os.Rename(path+".tmp", path)
}

// withdraw says that nobody serves the folder any more. The broker's address stays, for the next start.
func (r Running) withdraw(dataDir string) error {
	r.Web, r.PID = "", 0
	err := r.announce(dataDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the folder was taken away under us: nobody is left to be told
	}
	return err
}
