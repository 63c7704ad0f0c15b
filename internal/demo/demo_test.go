package demo

import "testing"

func TestLoadTmp(t *testing.T) {
	a, err := loadArticles()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(a))
}
