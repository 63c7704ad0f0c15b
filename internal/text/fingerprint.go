package text

import (
	"encoding/base64"
	"fmt"
)

// Fingerprint stands for the set of five-word shingles of a text, folded: enough of it to estimate what share two texts have in
// common, without the texts. It is a MinHash: each of its slots holds eight bits of one shingle, chosen so that two texts
// agree in a slot as often as they share shingles. The same text has the same fingerprint in every process and on every machine.
type Fingerprint []byte

const (
	slots       = 96 // a standard error of 5 points at half in common
	bandSize    = 3  // slots that make a key: see Bands
	shingleSize = 5  // words
)

// fingerprintVersion begins the text form. It changes with anything that changes fingerprints, so that old ones cannot be compared
// with new ones by mistake.
const fingerprintVersion = "1"

// NewFingerprint returns the fingerprint of d. A text of fewer than five words counts as one shingle; one without words has none,
// and nil is like nothing.
func NewFingerprint(d *Doc) Fingerprint {
	if len(d.Tokens) == 0 {
		return nil
	}
	least := sketch(d.shingles(make([]uint64, 0, 1024)))
	f := make(Fingerprint, slots)
	for i, v := range least {
		f[i] = byte(v)
	}
	return f
}

// shingles appends the hashes of all runs of five words.
func (d *Doc) shingles(dst []uint64) []uint64 {
	for i := 0; i < max(1, len(d.Tokens)-shingleSize+1); i++ {
		h := uint64(0)
		for _, t := range d.Tokens[i:min(i+shingleSize, len(d.Tokens))] {
			h = (h ^ t.Word.hash) * 0x9FB21C651E98DF25
			h ^= h >> 32
		}
		dst = append(dst, h)
	}
	return dst
}

// sketch returns the least value of each slot: Fast Similarity Sketching (Dahlgaard, Knudsen, Thorup 2017), which is as exact as
// a MinHash of that many permutations for texts of any length, at a cost of about two hashes a shingle and one a slot. Each
// round throws every shingle into one slot, with a value that is above those of all rounds before, until no slot is empty;
// after as many rounds as there are slots, which only a very short text needs, round by round into the next slot.
func sketch(shingles []uint64) (least [slots]uint64) {
	empty := slots
	for i := range least {
		least[i] = ^uint64(0)
	}
	for round := uint64(0); empty > 0; round++ {
		for _, s := range shingles {
			h := mix(s + round*0x9E3779B97F4A7C15)
			slot := (h >> 32) * slots >> 32
			if round >= slots {
				slot = round - slots
			}
			if least[slot] == ^uint64(0) {
				empty--
			}
			least[slot] = min(least[slot], round<<32|h&0xFFFFFFFF)
		}
	}
	return least
}

// mix spreads the bits of x (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// Similarity estimates the share of five-word shingles that two texts have in common: shared ones ÷ all distinct ones (Jaccard),
// from 0 to 1. At 0.5 the standard error is 0.05. Fingerprints that are no fingerprints are like nothing.
func Similarity(a, b Fingerprint) float64 {
	if len(a) != slots || len(b) != slots {
		return 0
	}
	equal := 0
	for i, v := range a {
		if v == b[i] {
			equal++
		}
	}
	const chance = 1.0 / 256 // that two different shingles agree in eight bits
	return max(0, (float64(equal)/slots-chance)/(1-chance))
}

const (
	// CopySimilarity is the estimate from which on two texts count as copies where there are only their fingerprints: it
	// finds 96 of 100 pairs with half or more of their shingles in common, and hardly any with less than two fifths.
	CopySimilarity = 0.46
	// MayBeCopy is the estimate from which on it is worth to compare the texts themselves.
	MayBeCopy = 0.4
)

// Jaccard is the share that Similarity estimates, worked out from the texts.
func Jaccard(a, b *Doc) float64 {
	if len(a.Tokens) == 0 || len(b.Tokens) == 0 {
		return 0
	}
	in := map[uint64]bool{} // whether b has the shingle too
	for _, s := range a.shingles(nil) {
		in[s] = false
	}
	both, all := 0, len(in)
	for _, s := range b.shingles(nil) {
		switch shared, known := in[s]; {
		case !known:
			all++
			in[s] = true
		case !shared:
			both++
			in[s] = true
		}
	}
	return float64(both) / float64(all)
}

// Bands returns the keys under which to file a text so that its near-duplicates are found: two texts with half of their shingles in
// common share one of the 32 keys in 98 cases of 100, with 0.7 in common in all but one of a million; two texts with nothing
// in common, in one of 500,000. Compare what shares a key with Similarity.
func (f Fingerprint) Bands() []uint64 {
	if len(f) != slots {
		return nil
	}
	keys := make([]uint64, 0, slots/bandSize)
	for i := 0; i < slots; i += bandSize {
		keys = append(keys, uint64(i/bandSize)<<24|uint64(f[i])<<16|uint64(f[i+1])<<8|uint64(f[i+2]))
	}
	return keys
}

// String returns f as 129 characters that ParseFingerprint reads and that may stand in a URL; "" for no fingerprint.
func (f Fingerprint) String() string {
	if len(f) == 0 {
		return ""
	}
	return fingerprintVersion + base64.RawURLEncoding.EncodeToString(f)
}

// ParseFingerprint reads what String wrote.
func ParseFingerprint(s string) (Fingerprint, error) {
	if s == "" {
		return nil, nil
	}
	if s[:1] != fingerprintVersion {
		return nil, fmt.Errorf("parse fingerprint %.20q: version %q, want %q: work it out again from the text", s, s[:1], fingerprintVersion)
	}
	f, err := base64.RawURLEncoding.DecodeString(s[1:])
	if err != nil {
		return nil, fmt.Errorf("parse fingerprint %.20q: %w", s, err)
	}
	if len(f) != slots {
		return nil, fmt.Errorf("parse fingerprint %.20q: %d bytes, want %d", s, len(f), slots)
	}
	return f, nil
}
