package text

// EvasionKind says how a word was hidden.
type EvasionKind string

// The ways of hiding a word that are recognised.
const (
	Separated EvasionKind = "separated" // v.ỡ đ.ậ.p, l ừ a đ ả o
	Digits    EvasionKind = "digits"    // l0i h4i
	Chat      EvasionKind = "chat"      // ko, hok for không
	Mixed     EvasionKind = "mixed"     // letters of two scripts
	Invisible EvasionKind = "invisible" // zero-width characters inside a word
)

// Evasion is a place where the text as written hides a word. It serves scored matching only.
type Evasion struct {
	Kind        EvasionKind
	Start, End  int // byte range in the text
	First, Last int // the tokens it replaces: Tokens[First:Last]
	Words       []*Word
}

// Evasions returns the hidden words of d, in order.
func (d *Doc) Evasions() []Evasion { return nil }
