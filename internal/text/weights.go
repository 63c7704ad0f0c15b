package text

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// weight is what a folded word, written without marks, says about its language.
type weight struct {
	lean     int8  // bits towards Vietnamese (above 0) or English (below)
	surprise uint8 // bits: how rarely careful Vietnamese leaves it without marks
}

// weightsFile has a line per pair of weights: lean, surprise, words. TestWeights writes it from word counts, with -update.
//
//go:embed weights.txt
var weightsFile string

// weights returns the table of weightsFile, read at first use.
var weights = sync.OnceValue(func() map[string]weight {
	table := map[string]weight{}
	for line := range strings.Lines(weightsFile) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] == "#" {
			continue
		}
		w := weight{lean: int8(small(fields[0])), surprise: uint8(small(fields[1]))}
		for _, word := range fields[2:] {
			table[word] = w
		}
	}
	return table
})

// small reads an integer of one or two digits with a sign or without.
func small(s string) (n int) {
	digits, negative := strings.CutPrefix(s, "-")
	for _, c := range digits {
		n = n*10 + int(c-'0')
	}
	if negative {
		return -n
	}
	return n
}

// elsewhere are words of other languages in Latin letters that neither Vietnamese nor English texts have often.
var elsewhere = wordSet(`
	le les des du une est et dans que qui sur avec pas sont aux cette ses leur ont été
	el los las del una por para con como más pero sus este esta entre sobre ser muy también
	der das und dem ein eine ist nicht mit von zu auf für im sich auch nach wird bei werden
	il lo gli della delle che nel sono alla degli anche più dei
	os uma não em ao dos das pela mais foi
	het een voor niet zijn ook aan naar bij deze
	yang untuk dengan tidak dari pada ini itu dalam akan juga oleh telah sebagai adalah orang kepada bahwa
	och att som på är för inte ett av til ikke og
	ng mga
	się że
	bir ve için ile olarak`)

// nameless are names of this field: news of every language is full of them, Vietnamese without marks a little less (it
// writes Viet Nam, Ha Noi).
var nameless = wordSet(`vietnam hanoi saigon danang asean covid facebook tiktok youtube google zalo`)

// isVietnameseSpelling reports whether all letters and marks of canon are those of Vietnamese.
func isVietnameseSpelling(canon string) bool {
	for _, r := range norm.NFD.String(canon) {
		switch r {
		case grave, acute, tilde, hook, dot, circumflex, breve, horn, 'đ':
		default:
			if r < 'a' || r > 'z' {
				return false
			}
		}
	}
	return true
}

// onlyVietnamese reports whether canon has a letter that no other language writes so: ơ, ư, đ, a hook, a dot below, or two marks on one.
func onlyVietnamese(canon string) bool {
	marks := 0
	for _, r := range norm.NFD.String(canon) {
		switch {
		case r == hook || r == dot || r == horn || r == breve || r == 'đ':
			return true
		case r >= 0x300:
			marks++
		default:
			marks = 0
		}
		if marks > 1 {
			return true
		}
	}
	return false
}
