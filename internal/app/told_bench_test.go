package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"haidang/alerting"
	"haidang/configs"
	"haidang/crawler"
	"haidang/internal/article"
	"haidang/internal/bus"
	"haidang/internal/settings"
	"haidang/internal/store/storetest"
)

// BenchmarkFetchedToTold publishes fifty articles a second as the crawler does, every fifth of which carries a critical
// claim of its own, and measures the time from "fetched" to the request at a webhook. It runs the whole process on the
// embedded broker and SQLite, or on what HAIDANG_TEST_KAFKA and HAIDANG_TEST_POSTGRES name. Set -benchtime=1x.
func BenchmarkFetchedToTold(b *testing.B) {
	const perSecond, seconds, every = 50, 20, 5
	told := &ear{want: perSecond * seconds / every, done: make(chan struct{})}
	hook := httptest.NewServer(told)
	defer hook.Close()
	dir := b.TempDir()
	cfg, err := configs.Load("", dir)
	if err != nil {
		b.Fatal(err)
	}
	cfg.Crawler.Sources = []crawler.Source{{ID: "tat", Name: "Báo Tắt", Feeds: []string{"http://tat.test/rss"}, Disabled: true}}
	cfg.Web.Listen, cfg.WebhookAllow = "127.0.0.1:0", []string{"127.0.0.0/8"}
	cfg.Alerting.Webhooks = []alerting.Webhook{{Name: "room", URL: hook.URL, Secret: settings.Secret(strings.Repeat("k", 32))}}
	if broker := os.Getenv("HAIDANG_TEST_KAFKA"); broker != "" {
		cfg.Bus.Mode, cfg.Bus.RetentionBytes, cfg.Bus.Brokers = bus.External, 0, []string{broker}
		cfg.Bus.TopicPrefix = "told-" + strconv.FormatInt(time.Now().UnixNano(), 36) + "."
	}
	if storetest.Postgres() {
		cfg.Store = storetest.Config(b, dir)
	}
	a, err := New(b.Context(), Options{Config: cfg, DataDir: dir, Roles: AllRoles(), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = a.Run(ctx) })
	defer func() { stop(); running.Wait(); _ = a.Close() }()
	for a.Ready(ctx) != nil {
		_ = pause(ctx, 100*time.Millisecond)
	}
	_ = pause(ctx, 5*time.Second) // every consumer has its partitions

	for b.Loop() {
		var fetchers errgroup.Group
		fetchers.SetLimit(32)
		began := time.Now()
		for n := range perSecond * seconds {
			_ = pause(ctx, time.Until(began.Add(time.Duration(n)*time.Second/perSecond)))
			fetchers.Go(func() error { return publisher{a.bus}.PublishArticle(ctx, fetched(n, n%every == 0)) })
		}
		if err := fetchers.Wait(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(perSecond*seconds/time.Since(began).Seconds(), "articles/s")
		select {
		case <-told.done:
		case <-time.After(time.Minute):
		}
	}
	told.report(b)
}

// ear is a webhook that remembers how old each article was when it was told of it.
type ear struct {
	mu   sync.Mutex
	want int
	ages []time.Duration
	done chan struct{}
}

func (e *ear) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	now := time.Now()
	var n alerting.Notification
	if err := json.NewDecoder(r.Body).Decode(&n); err != nil || n.Story.Severity != article.Critical {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ages = append(e.ages, now.Sub(n.Article.FirstSeen)); len(e.ages) == e.want {
		close(e.done)
	}
}

func (e *ear) report(b *testing.B) {
	b.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.ages) != e.want {
		b.Fatalf("told of %d critical stories, want %d", len(e.ages), e.want)
	}
	slices.Sort(e.ages)
	at := func(share float64) float64 {
		return float64(e.ages[int(share*float64(len(e.ages)-1))].Milliseconds())
	}
	b.ReportMetric(at(.5), "p50-ms")
	b.ReportMetric(at(.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
}

// fetched is an article as the crawler publishes it: a rumour about a dam of its own, or news of two kilobytes.
func fetched(n int, rumour bool) article.Article {
	now := time.Now()
	a := article.Article{
		ID: "told-" + strconv.Itoa(n), URL: "https://bao.example/" + strconv.Itoa(n), Outlet: fmt.Sprintf("Báo %d", n%7), OutletCountry: "VN", OutletTier: 2, Language: "vi",
		Published: now, FirstSeen: now, Origin: article.Live,
	}
	if rumour {
		first, second := []string{"Nậm", "Đăk", "Sông", "Suối", "Ia", "Krông", "Tà", "Khe"}, []string{"Pung", "Ròm", "Xuyên", "Bưởi", "Lốp", "Nẫm", "Trạch", "Mía", "Lâu", "Bồng", "Gièm", "Vực", "Thàn", "Cói", "Đục", "Phen", "Hoát", "Nưa", "Chày", "Luồng", "Quặn", "Mốc", "Sim", "Tơi", "Xép"}
		name := first[n/5%len(first)] + " " + second[n/5/len(first)%len(second)]
		a.Title = "Vỡ đập thủy điện " + name + ", nước đang tràn về hạ du"
		a.Text = "Theo thông tin lan truyền trên các nhóm Zalo, đập thủy điện " + name + " ở thượng nguồn vừa vỡ lúc rạng sáng, nhiều nhà bị cuốn trôi. Bà con hãy chia sẻ gấp cho người thân. " + chatter(n)
	} else {
		a.Title = fmt.Sprintf("Chợ phiên số %d mở lại sau mùa mưa", n)
		a.Text = strings.Repeat(fmt.Sprintf("Người bán hàng ở dãy %d kể rằng khách quen đã trở lại, giá rau ổn định và đường vào chợ khô ráo. ", n), 18)
	}
	a.Revise()
	return a
}

// chatter is sixty words that no other article has in this order: without them all rumours would be copies of one.
func chatter(n int) string {
	words := strings.Fields("sáng chiều đường cầu bến chợ ruộng vườn mưa gió lúa ngô xe thuyền trâu gà bếp nhà sân cổng trường thầy bạn quê làng xóm đèn lửa sách vở áo khăn mây nắng đồi suối đá cát rừng cây hoa lá")
	picks := rand.New(rand.NewPCG(uint64(n), 1))
	out := make([]string, 60)
	for i := range out {
		out[i] = words[picks.IntN(len(words))]
	}
	return strings.Join(out, " ") + "."
}
