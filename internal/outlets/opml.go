package outlets

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"haidang/crawler"
	"haidang/internal/filters"
)

// Bounds of a list that somebody else wrote.
const (
	maxOPML     = 5 << 20
	maxOutlines = 5000
	maxNesting  = 32
)

// opml is a list of feeds as feed readers exchange it.
type opml struct {
	XMLName xml.Name  `xml:"opml"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"head>title"`
	Created string    `xml:"head>dateCreated"`
	Outline []outline `xml:"body>outline"`
}

type outline struct {
	Text     string    `xml:"text,attr"`
	Title    string    `xml:"title,attr,omitempty"`
	Type     string    `xml:"type,attr,omitempty"`
	Address  string    `xml:"xmlUrl,attr,omitempty"`
	Language string    `xml:"language,attr,omitempty"`
	Outline  []outline `xml:"outline"`
}

// ExportOPML writes the feeds of all sources, one group for each source.
func ExportOPML(sources []crawler.Source, now time.Time, out io.Writer) error {
	list := opml{Version: "2.0", Title: "Hải Đăng", Created: stamp(now)}
	for _, s := range sources {
		group := outline{Text: s.Name}
		for _, f := range s.Feeds {
			group.Outline = append(group.Outline, outline{Text: s.Name, Title: s.Name, Type: "rss", Address: f, Language: s.Language})
		}
		if len(group.Outline) > 0 {
			list.Outline = append(list.Outline, group)
		}
	}
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(out)
	enc.Indent("", "  ")
	if err := enc.Encode(list); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

var idSpoil = regexp.MustCompile(`[^a-z0-9]+`)

// ImportOPML makes sources of a list of feeds, one for each host, without the feeds that existing sources have. The list
// is not trusted: its size, depth and number of feeds are bounded, and only web addresses without credentials count.
// What is left out is told on told. Nothing is fetched; every source is marked unverified.
func ImportOPML(in io.Reader, existing []crawler.Source, told io.Writer) ([]crawler.Source, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxOPML+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxOPML {
		return nil, fmt.Errorf("the list is larger than %d MB", maxOPML>>20)
	}
	i := importer{told: told, feeds: map[string]bool{}, ids: map[string]bool{}, byHost: map[string]int{}}
	for _, s := range existing {
		i.ids[s.ID] = true
		for _, f := range s.Feeds {
			i.feeds[f] = true
		}
	}
	if err := i.read(string(data)); err != nil {
		return nil, err
	}
	if i.count == 0 {
		return nil, errors.New("the list holds no feed: no outline has an xmlUrl")
	}
	return i.out, nil
}

type importer struct {
	told   io.Writer
	feeds  map[string]bool
	ids    map[string]bool
	byHost map[string]int
	out    []crawler.Source
	count  int // outlines with a feed
}

// read goes through the elements as a stream: what the list nests costs nothing.
func (i *importer) read(list string) error {
	decoder := xml.NewDecoder(strings.NewReader(list))
	decoder.Strict = false
	decoder.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") || strings.EqualFold(charset, "ascii") {
			return in, nil
		}
		return nil, fmt.Errorf("the list is written in %q; save it as UTF-8", filters.Plain(charset))
	}
	known, depth := false, 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("the list cannot be read: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxNesting {
				return fmt.Errorf("the list nests deeper than %d", maxNesting)
			}
			known = known || strings.EqualFold(t.Name.Local, "opml")
			if known && strings.EqualFold(t.Name.Local, "outline") {
				if err := i.outline(t); err != nil {
					return err
				}
			}
		case xml.EndElement:
			depth--
		}
	}
	if !known {
		return errors.New("this is no OPML: the element opml is missing")
	}
	return nil
}

func (i *importer) outline(t xml.StartElement) error {
	attr := map[string]string{}
	for _, a := range t.Attr {
		attr[strings.ToLower(a.Name.Local)] = strings.TrimSpace(a.Value)
	}
	address := attr["xmlurl"]
	if address == "" {
		return nil
	}
	if i.count++; i.count > maxOutlines {
		return fmt.Errorf("the list holds more than %d feeds", maxOutlines)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(address) > 2048 || address != filters.Plain(address) {
		fmt.Fprintf(i.told, "left out, not a web address without a password: %s\n", filters.Plain(address))
		return nil
	}
	if i.feeds[address] {
		fmt.Fprintf(i.told, "left out, known already: %s\n", address)
		return nil
	}
	i.feeds[address] = true
	host := strings.ToLower(u.Host)
	if at, ok := i.byHost[host]; ok {
		i.out[at].Feeds = append(i.out[at].Feeds, address)
		return nil
	}
	i.byHost[host] = len(i.out)
	i.out = append(i.out, i.source(u, attr, address))
	return nil
}

func (i *importer) source(u *url.URL, attr map[string]string, address string) crawler.Source {
	name := attr["title"]
	if name == "" {
		name = attr["text"]
	}
	if name = filters.Plain(name); name == "" {
		name = u.Hostname()
	}
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:120])
	}
	s := crawler.Source{ID: i.id(u.Hostname()), Name: name, Tier: 3, Kind: "press", Feeds: []string{address}, Unverified: true}
	if language, _, _ := strings.Cut(strings.ToLower(attr["language"]), "-"); len(language) == 2 && language[0] >= 'a' && language[1] >= 'a' {
		s.Language = language
	}
	if strings.HasSuffix(u.Hostname(), ".vn") {
		s.Country, s.Timezone = "VN", "Asia/Ho_Chi_Minh"
		if s.Language == "" {
			s.Language = "vi"
		}
	}
	return s
}

// id makes an ID of a host that no source has yet.
func (i *importer) id(host string) string {
	host = strings.TrimPrefix(strings.ToLower(host), "www.")
	base := strings.Trim(idSpoil.ReplaceAllString(host, "-"), "-")
	base = base[:min(len(base), 34)]
	if base == "" {
		base = "outlet"
	}
	id := base
	for n := 2; i.ids[id]; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	i.ids[id] = true
	return id
}
