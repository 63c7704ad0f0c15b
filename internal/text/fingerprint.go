package text

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/fnv"
)

// Fingerprint estimates how much two texts share, from a few dozen bytes.
type Fingerprint []byte

const slots, bands = 64, 16

// NewFingerprint returns the fingerprint of d. A document without words has none: nil.
func NewFingerprint(d *Doc) Fingerprint {
	if len(d.Tokens) == 0 {
		return nil
	}
	f := make(Fingerprint, slots)
	var best [slots]uint64
	for i := range best {
		best[i] = ^uint64(0)
	}
	for i := 0; i < max(1, len(d.Tokens)-4); i++ {
		h := fnv.New64a()
		for _, t := range d.Tokens[i:min(i+5, len(d.Tokens))] {
			h.Write([]byte(t.Word.Fold))
			h.Write([]byte{' '})
		}
		x := h.Sum64()
		for j := range best {
			x = x*6364136223846793005 + 1442695040888963407
			best[j] = min(best[j], x^x>>31)
		}
	}
	for i := range f {
		f[i] = byte(best[i] >> 8)
	}
	return f
}

// String returns f in a compact text form that ParseFingerprint reads.
func (f Fingerprint) String() string { return base64.RawURLEncoding.EncodeToString(f) }

// ParseFingerprint reads what String wrote.
func ParseFingerprint(s string) (Fingerprint, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != slots && len(b) != 0 {
		return nil, fmt.Errorf("parse fingerprint %.20q: not %d bytes in base64", s, slots)
	}
	return b, nil
}

// Similarity estimates the share of five-word shingles that two texts have in common (Jaccard).
func Similarity(a, b Fingerprint) float64 {
	if len(a) != slots || len(b) != slots {
		return 0
	}
	n := 0
	for i := range a {
		if a[i] == b[i] {
			n++
		}
	}
	return max(0, (float64(n)/slots-1.0/256)/(1-1.0/256))
}

// Bands returns keys of which two similar texts share at least one.
func (f Fingerprint) Bands() []uint64 {
	if len(f) != slots {
		return nil
	}
	keys := make([]uint64, bands)
	for i := range keys {
		keys[i] = uint64(i)<<32 | uint64(binary.LittleEndian.Uint32(f[i*4:]))
	}
	return keys
}
