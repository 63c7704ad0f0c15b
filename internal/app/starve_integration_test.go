//go:build integration

package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"haidang/crawler"
	"haidang/internal/article"
	"haidang/internal/settings"
)

// TestIntegrationNoHostStarves puts links of two hundred hosts on the bus behind those of one that has two thousand, and of
// twenty that want a minute between two requests: every one of the others is read while these still wait.
func TestIntegrationNoHostStarves(t *testing.T) {
	const hosts, slow, crowd = 200, 20, 2000
	var lc net.ListenConfig
	opts := quietOptions(t)
	opts.Roles, opts.Fetch = AllRoles(), true // fetches, and has no pages
	opts.Quiet = true
	crawl := &opts.Config.Crawler
	crawl.Delay, crawl.AllowAddresses = settings.Duration(200*time.Millisecond), []string{"127.0.0.0/8"}
	var addresses []string
	for i := range hosts {
		l, err := lc.Listen(t.Context(), "tcp4", fmt.Sprintf("127.0.1.%d:0", 1+i))
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				if i > 0 && i <= slow {
					fmt.Fprint(w, "user-agent: *\ncrawl-delay: 60\n")
				}
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, "<html lang=vi><title>Trạm bơm %[1]s</title><h1>Trạm bơm %[1]s</h1>%[2]s", r.URL.Path, strings.Repeat("<p>Trạm bơm "+r.URL.Path+" được bàn giao sáng nay, nước về đến từng thửa ruộng ở cuối nguồn.</p>", 3))
		})}
		go func() { _ = server.Serve(l) }() // ends with Close
		t.Cleanup(func() { _ = server.Close() })
		addresses = append(addresses, l.Addr().String())
	}
	a := start(t, opts)
	var links []crawler.Link
	add := func(host, n int) {
		address := fmt.Sprintf("http://%s/tin/%d.html", addresses[host], n)
		links = append(links, crawler.Link{
			Schema: crawler.LinkSchema, URL: address, CanonicalURL: address, ArticleID: article.ID(address), Host: article.Host(address), Source: "tat",
			Item: crawler.Item{Title: "Trạm bơm"}, Hash: "x", FirstSeen: time.Now(), Origin: article.Backfill,
		})
	}
	for n := range crowd {
		add(0, n)
	}
	for n := range 3 {
		for host := 1; host < hosts; host++ {
			add(host, n)
		}
	}
	if err := (publisher{a.bus}).PublishLinks(t.Context(), links); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second) // far less than the crowd takes
	defer cancel()
	for {
		pages := pagesRead(t, a)
		others, ofCrowd := 0, pages[article.Host("http://"+addresses[0])]
		for _, address := range addresses[slow+1:] {
			others += pages[article.Host("http://"+address)]
		}
		if others == 3*(hosts-slow-1) {
			t.Logf("three pages of each of %d hosts after %v; %d of the crowd's %d", hosts-slow-1, time.Since(began).Round(time.Millisecond), ofCrowd, crowd)
			return
		}
		if pause(ctx, 250*time.Millisecond) != nil {
			t.Fatalf("%d of %d pages were read, and %d of the crowd's", others, 3*(hosts-slow-1), ofCrowd)
		}
	}
}

// pagesRead counts the pages that were read, by host.
func pagesRead(t *testing.T, a *App) map[string]int {
	t.Helper()
	rows, err := a.db.Query(t.Context(), "SELECT final_url FROM crawl_pages WHERE final_url <> ''")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	pages := map[string]int{}
	for rows.Next() {
		var address string
		if err := rows.Scan(&address); err != nil {
			t.Fatal(err)
		}
		pages[article.Host(address)]++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return pages
}
