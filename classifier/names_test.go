package classifier_test

import "testing"

func TestPlaceName(t *testing.T) {
	c := load(t)
	for _, tt := range []struct{ id, language, want string }{
		{"da-nang", "vi", "Đà Nẵng"}, {"da-nang", "en", "Da Nang"}, {"atlantis", "vi", "atlantis"},
	} {
		if got := c.PlaceName(tt.id, tt.language); got != tt.want {
			t.Errorf("PlaceName(%q, %q) = %q, want %q", tt.id, tt.language, got, tt.want)
		}
	}
}
