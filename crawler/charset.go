package crawler

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/unicode/norm"
)

var (
	xmlDeclaration  = regexp.MustCompile(`(?s)^\s*<\?xml\s[^>]{0,400}?\?>`)
	declaredInXML   = regexp.MustCompile(`encoding\s*=\s*["']\s*([A-Za-z0-9._:-]+)`)
	declaredInMeta  = regexp.MustCompile(`(?i)<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)`)
	asciiOnlyLabels = regexp.MustCompile(`(?i)^(iso-2022-|hz-gb|utf-7)`)
)

// decodeText turns a document into UTF-8. The bytes are believed before any label, because labels lie: a byte order
// mark, then UTF-16 seen in its zeros, then valid UTF-8 with at least one character beyond ASCII, then the old encoding of
// Vietnamese in which the words make sense, then the label of the response, then that in the document, then what Vietnamese
// and western sites used before.
func decodeText(data []byte, contentType string, vietnamese bool) string {
	if enc := bomEncoding(data); enc != nil {
		return decodeWith(enc, data)
	}
	labels := declaredLabels(data, contentType)
	if valid, ascii := utf8.Valid(data), isASCII(data); valid {
		for _, label := range labels {
			if ascii && asciiOnlyLabels.MatchString(label) {
				if enc, _ := charset.Lookup(label); enc != nil {
					return decodeWith(enc, data)
				}
			}
		}
		if ascii {
			return string(data)
		}
		return mended(string(data))
	}
	stands, foreign := byLabel(data, labels, vietnamese)
	if !foreign || vietnamese {
		if guess, ok := guessVietnamese(data, stands); ok {
			return guess
		}
	}
	return stands
}

// byLabel reads what is no UTF-8 as the document says, and else as sites of its kind used to write. foreign is whether it is
// labelled with what nobody puts on Vietnamese by mistake.
func byLabel(data []byte, labels []string, vietnamese bool) (read string, foreign bool) {
	for _, label := range labels {
		if table := tableLabels[strings.ToLower(label)]; table != nil {
			return table.decode(data), false
		}
		enc, name := charset.Lookup(label)
		if enc == nil || name == "x-user-defined" || enc == encoding.Replacement || name == "utf-8" || strings.HasPrefix(name, "utf-16") {
			continue
		}
		if name == "windows-1252" && vietnamese {
			continue // the usual mislabel of windows-1258
		}
		return decodeWith(enc, data), name != "windows-1252" && name != "windows-1258"
	}
	if mostlyUTF8(data) {
		return strings.ToValidUTF8(string(data), "\ufffd"), false
	}
	if vietnamese {
		return decodeWith(charmap.Windows1258, data), false
	}
	return decodeWith(charmap.Windows1252, data), false
}

// bomEncoding recognises byte order marks and, by their zeros, UTF-16 and UTF-32 without one.
func bomEncoding(b []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return unicode.UTF8BOM
	case bytes.HasPrefix(b, []byte{0xff, 0xfe, 0, 0}), bytes.HasPrefix(b, []byte{'<', 0, 0, 0}):
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
	case bytes.HasPrefix(b, []byte{0, 0, 0xfe, 0xff}), bytes.HasPrefix(b, []byte{0, 0, 0, '<'}):
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM)
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}), bytes.HasPrefix(b, []byte{'<', 0}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}), bytes.HasPrefix(b, []byte{0, '<'}):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	return nil
}

func declaredLabels(data []byte, contentType string) []string {
	var labels []string
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		labels = append(labels, params["charset"])
	}
	head := data[:min(len(data), 4096)]
	for _, pattern := range []*regexp.Regexp{declaredInXML, declaredInMeta} {
		if m := pattern.FindSubmatch(head); m != nil {
			labels = append(labels, string(m[1]))
		}
	}
	return labels
}

// decodeWith never fails: what an encoding does not know becomes U+FFFD. windows-1258 writes tones as combining marks,
// so its text is composed.
func decodeWith(enc encoding.Encoding, data []byte) string {
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\ufffd")
	}
	if enc == charmap.Windows1258 {
		out = norm.NFC.Bytes(out)
	}
	return strings.TrimPrefix(string(out), "\ufeff")
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// mostlyUTF8 tells UTF-8 with a few broken bytes from another encoding.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good++
		}
		i += size
	}
	return good > 4*bad
}
