package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"haidang/configs"
	"haidang/index"
	"haidang/internal/query"
)

// askTimeout bounds one question to the running process.
const askTimeout = 30 * time.Second

// Search answers a query: the process that runs on this data folder is asked, or else the archive is opened.
func Search(ctx context.Context, cfg configs.Config, dataDir string, r index.Request) (result index.Result, err error) {
	search, done, err := searcher(ctx, cfg, dataDir)
	if err != nil {
		return index.Result{}, err
	}
	defer func() { err = errors.Join(err, done()) }()
	return search(ctx, r)
}

// searcher returns what answers searches: the running process, or the archive, which is open until done is called.
func searcher(ctx context.Context, cfg configs.Config, dataDir string) (search func(context.Context, index.Request) (index.Result, error), done func() error, err error) {
	if running, ok := FindRunning(ctx, dataDir); ok {
		return func(ctx context.Context, r index.Request) (index.Result, error) {
			var result index.Result
			return result, ask(ctx, running.Web, "/api/search", searchParams(r), &result)
		}, func() error { return nil }, nil
	}
	archive, err := openArchive(cfg, dataDir)
	if err != nil {
		return nil, nil, err
	}
	if err := archive.Mend(ctx, nil); err != nil {
		return nil, nil, errors.Join(err, archive.Close())
	}
	return func(ctx context.Context, r index.Request) (index.Result, error) {
		result, err := archive.Search(ctx, r)
		if wrong := new(query.Error); r.Suggest && errors.As(err, &wrong) {
			meant, fail := archive.Suggest(ctx, r.Query)
			return result, errors.Join(advised(err, meant), fail)
		}
		return result, err
	}, archive.Close, nil
}

// advised says beside a mistake in a query what may have been meant.
func advised(err error, meant string) error {
	if meant == "" {
		return err
	}
	return fmt.Errorf("%w; did you mean: %s", err, meant)
}

// openArchive opens the archive of a folder on which nothing runs.
func openArchive(cfg configs.Config, dataDir string) (*index.Index, error) {
	if _, err := os.Stat(cfg.Index.Dir); err != nil {
		return nil, fmt.Errorf("there is no archive in %s; run or import first, or name another folder with --data", dataDir)
	}
	return index.Open(cfg.Index, index.Deps{Lists: cfg.List, Synonyms: cfg.SynonymSet()})
}

func searchParams(r index.Request) url.Values {
	params := url.Values{"q": {r.Query}, "sort": {string(r.Sort)}, "limit": {strconv.Itoa(r.Limit)}, "after": {r.After}}
	for name, t := range map[string]time.Time{"from": r.From, "to": r.To} {
		if !t.IsZero() {
			params.Set(name, t.Format(time.RFC3339))
		}
	}
	if r.Like != "" {
		params.Set("like", r.Like)
	}
	if r.Facets > 0 {
		params.Set("facets", strconv.Itoa(r.Facets))
	}
	if r.Fold {
		params.Set("copies", "fold")
	}
	if r.Suggest {
		params.Set("suggest", "1")
	}
	return params
}

// countAt asks the running process how many articles its archive holds.
func countAt(ctx context.Context, dataDir string) (int, error) {
	running, ok := FindRunning(ctx, dataDir)
	if !ok {
		return 0, errors.New("the process that ran on this data folder is gone")
	}
	var status struct {
		Articles int `json:"articles"`
	}
	return status.Articles, ask(ctx, running.Web, "/api/status", nil, &status)
}

// ask gets one JSON answer from the running process. An error answer carries its own sentence.
func ask(ctx context.Context, host, path string, params url.Values, into any) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	u := url.URL{Scheme: "http", Host: host, Path: path, RawQuery: params.Encode()}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("ask the running haidang: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 256<<20))
	if err != nil {
		return fmt.Errorf("ask the running haidang: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		var failure struct {
			Error string `json:"error"`
			Meant string `json:"did_you_mean"`
		}
		if json.Unmarshal(body, &failure) == nil && failure.Error != "" {
			return advised(errors.New(failure.Error), failure.Meant)
		}
		return fmt.Errorf("the running haidang answers %s", resp.Status)
	}
	return json.Unmarshal(body, into)
}

// SearchRequest and its like are the archive's own, for callers that may not reach below this package.
type (
	SearchRequest = index.Request
	SearchResult  = index.Result
	SearchSort    = index.Sort
	SearchHit     = index.Hit
)
