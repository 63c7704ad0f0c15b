package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// turnSize is how many documents a side indexes in one turn.
const turnSize = 10_000

// process is one side in a process of its own.
type process struct {
	name, dir string
	opened    time.Duration
	cmd       *exec.Cmd
	in        io.WriteCloser
	out       *json.Decoder
}

func startSide(name, dir string) (*process, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	p := &process{name: name, dir: dir, cmd: exec.Command(os.Args[0], "-child", name, "-dir", dir)}
	p.cmd.Stderr = os.Stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = json.NewDecoder(bufio.NewReader(out))
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	ready, err := p.read()
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	p.opened = ready.Took
	return p, nil
}

func (p *process) read() (answer, error) {
	var a answer
	if err := p.out.Decode(&a); err != nil {
		return a, fmt.Errorf("%s: %w", p.name, err)
	}
	if a.Err != "" {
		return a, fmt.Errorf("%s: %s", p.name, a.Err)
	}
	return a, nil
}

func (p *process) tell(c command) (answer, error) {
	if err := json.NewEncoder(p.in).Encode(c); err != nil {
		return answer{}, err
	}
	return p.read()
}

// pause keeps a side from working, on its merges too, while it is not its turn.
func (p *process) pause() error  { return p.cmd.Process.Signal(syscall.SIGSTOP) }
func (p *process) resume() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

func (p *process) stop() error { return errors.Join(p.resume(), p.in.Close(), p.cmd.Wait()) }

// measurement is everything that one run found.
type measurement struct {
	options options
	stages  []*stage // at options.early and at the end
}

// stage is what was found at one size.
type stage struct {
	documents int
	dir       string // a folder for each side is in it
	bombs     []bombed
	sides     map[string]*sideResult
}

type sideResult struct {
	indexing
	bytes  int64 // on the disk
	opened time.Duration
	rss    memory                     // after all questions
	cold   map[string][]time.Duration // by kind
	one    map[string][]time.Duration
	cost   map[string][]time.Duration // processor time of the same
	many   map[string][]time.Duration
}

// indexing is what it took a side to index the documents of a stage.
type indexing struct {
	Turns []time.Duration // processor time of each turn
	Clock []time.Duration // and the clock's
	Seal  time.Duration
	Peak  int64 // bytes of memory at most
}

func newResult() *sideResult {
	none := func() map[string][]time.Duration { return map[string][]time.Duration{} }
	return &sideResult{cold: none(), one: none(), cost: none(), many: none()}
}

func measure(o options) (string, error) {
	c, err := newCorpus(o.documents)
	if err != nil {
		return "", err
	}
	m := &measurement{options: o}
	for _, n := range slices.Compact([]int{min(o.early, o.documents), o.documents}) {
		st := &stage{documents: n, dir: filepath.Join(o.dir, strconv.Itoa(n)), sides: map[string]*sideResult{}}
		for _, name := range sideNames {
			st.sides[name] = newResult()
		}
		if err := st.index(o); err != nil {
			return "", err
		}
		m.stages = append(m.stages, st)
	}
	if o.only == onlyIndex {
		return "", nil
	}
	for _, st := range m.stages {
		for _, name := range sideNames {
			if err := askSide(o, c, st, name); err != nil {
				return "", err
			}
		}
	}
	return m.report(), nil
}

// index fills the stage's folder, or reads what it took a run before to do so.
func (st *stage) index(o options) error {
	if o.only == onlyAsk {
		return st.readIndexed()
	}
	if err := os.RemoveAll(st.dir); err != nil {
		return err
	}
	return errors.Join(st.indexTurns(o.documents), st.writeIndexed())
}

func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

// side is the folder of a side.
func (st *stage) side(name string) string {
	return filepath.Join(st.dir, strings.ReplaceAll(strings.ToLower(name), " ", "-"))
}

// indexTurns lets the sides index in turns. total documents are spread over the years.
func (st *stage) indexTurns(total int) (err error) {
	var sides []*process
	defer func() {
		for _, p := range sides {
			err = errors.Join(err, p.stop())
		}
	}()
	for _, name := range sideNames {
		p, err := startSide(name, st.side(name))
		if err != nil {
			return err
		}
		sides = append(sides, p)
		if err := p.pause(); err != nil {
			return err
		}
	}
	for n := 0; n < st.documents; n += turnSize {
		end := min(n+turnSize, st.documents)
		for _, p := range sides {
			if err := takeTurn(p, st.sides[p.name], command{Do: "put", First: n, End: end, Total: total}); err != nil {
				return err
			}
		}
		progress("%d documents", end)
	}
	for _, p := range sides {
		r := st.sides[p.name]
		if err := p.resume(); err != nil {
			return err
		}
		a, err := p.tell(command{Do: "seal"})
		if err != nil {
			return err
		}
		r.Seal = a.Took
		if err := p.pause(); err != nil {
			return err
		}
	}
	return nil
}

func takeTurn(p *process, r *sideResult, c command) error {
	if err := p.resume(); err != nil {
		return err
	}
	a, err := p.tell(c)
	if err != nil {
		return err
	}
	r.Turns, r.Clock, r.Peak = append(r.Turns, a.Spent), append(r.Clock, a.Took), a.Peak
	return p.pause()
}

// coldStarts is how often a side is started with nothing of it in memory.
const coldStarts = 5

func askSide(o options, c *corpus, st *stage, name string) error {
	r, dir := st.sides[name], st.side(name)
	a := asker{c, st.documents, rand.New(rand.NewPCG(5, 6))}
	asked := slices.Clone(kinds)
	if name != archiveSide {
		asked = slices.DeleteFunc(asked, func(k kind) bool { return !k.everySide() })
	}
	var err error
	if r.bytes, err = forget(dir); err != nil {
		return err
	}
	for range coldStarts {
		if _, err := forget(dir); err != nil {
			return err
		}
		if err := oneCold(r, dir, name, a, asked); err != nil {
			return err
		}
	}
	p, err := startSide(name, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	r.opened = p.opened
	for _, k := range asked {
		if err := askOne(o, p, r, a, k); err != nil {
			return err
		}
	}
	last, err := askMany(o, p, r, a)
	if err != nil {
		return err
	}
	r.rss = last.RSS
	if name == archiveSide {
		last, err = p.tell(command{Do: "bombs", Words: a.frequent(900)})
		st.bombs = last.Bombs
	}
	progress("%s at %d documents: asked", name, st.documents)
	return err
}

// oneCold asks one question of each kind in a process that was just started.
func oneCold(r *sideResult, dir, name string, a asker, asked []kind) error {
	p, err := startSide(name, dir)
	if err != nil {
		return err
	}
	for _, k := range asked {
		got, err := p.tell(command{Do: "ask", Users: 1, Questions: a.questions(k, 1)})
		if err != nil {
			return errors.Join(err, p.stop())
		}
		r.cold[k.name] = append(r.cold[k.name], got.Times...)
	}
	return p.stop()
}

// askOne finds out how fast a side answers one kind of question, and then asks at half that rate.
func askOne(o options, p *process, r *sideResult, a asker, k kind) error {
	warm, err := p.tell(command{Do: "ask", Users: 1, Questions: a.questions(k, max(1, o.questions/5)), Budget: o.budget / 4})
	if err != nil {
		return err
	}
	interval := 2 * sum(warm.Times) / time.Duration(len(warm.Times))
	got, err := p.tell(command{Do: "ask", Users: 1, Questions: a.questions(k, o.questions), Interval: interval, Budget: o.budget})
	r.one[k.name], r.cost[k.name] = got.Times, got.Costs
	progress("%s: %d of %q asked", p.name, len(got.Times), k.name)
	return err
}

// users ask all kinds mixed, each once a second.
const users = 16

func askMany(o options, p *process, r *sideResult, a asker) (answer, error) {
	var mix []question
	for n := range int(o.mixed.Seconds() * users) {
		mix = append(mix, a.question(kinds[n%10]))
	}
	got, err := p.tell(command{Do: "ask", Users: users, Questions: mix, Interval: time.Second / users})
	for n, t := range got.Times {
		name := mix[n].Kind
		r.many[name] = append(r.many[name], t)
	}
	return got, err
}

// forget drops a folder's files from the page cache and returns their size.
func forget(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		total += info.Size()
		return errors.Join(f.Sync(), unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED))
	})
	return total, err
}
