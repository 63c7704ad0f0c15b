package index

import (
	"hash/fnv"
	"slices"
	"sync"
)

// bloom remembers which IDs a shard may hold, so that an article is looked up in the few shards that may have it and
// not in all of them. At 10 bits an ID about one in a hundred answers is a wrong "maybe"; a "no" is never wrong.
type bloom struct {
	mu   sync.RWMutex
	bits []uint64
	size uint64
}

const (
	bloomBitsPerID = 10
	bloomProbes    = 7
)

func newBloom(capacity int) *bloom { return bloomOf(make([]uint64, bloomWords(capacity)), capacity) }

func bloomWords(capacity int) int { return (max(capacity, 1024)*bloomBitsPerID + 63) / 64 }

// bloomOf returns a filter with bits that were kept, or nil where they are too few for so many IDs.
func bloomOf(bits []uint64, capacity int) *bloom {
	if len(bits) < bloomWords(capacity) {
		return nil
	}
	return &bloom{bits: bits, size: uint64(len(bits)) * 64}
}

// snapshot returns a copy of the bits.
func (b *bloom) snapshot() []uint64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.Clone(b.bits)
}

func (b *bloom) add(id string) {
	h, step := bloomHash(id)
	b.mu.Lock()
	defer b.mu.Unlock()
	for range bloomProbes {
		b.bits[h%b.size/64] |= 1 << (h % 64)
		h += step
	}
}

func (b *bloom) mayHold(id string) bool {
	h, step := bloomHash(id)
	b.mu.RLock()
	defer b.mu.RUnlock()
	for range bloomProbes {
		if b.bits[h%b.size/64]&(1<<(h%64)) == 0 {
			return false
		}
		h += step
	}
	return true
}

// bloomHash gives the start and the step of the probes. b.size is a multiple of 64, so h%b.size and h%64 name the
// same bit.
func bloomHash(id string) (start, step uint64) {
	f := fnv.New64a()
	_, _ = f.Write([]byte(id)) // never fails
	h := f.Sum64()
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd // FNV's upper bits mix poorly on short IDs
	h ^= h >> 33
	return h, h>>17 | 1
}
