package crawler

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestClientRefusesSpecialAddressesUnlessAllowed(t *testing.T) {
	hits := 0
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ }))
	defer srv.Close()
	t.Setenv("HTTP_PROXY", srv.URL)
	get := func(allow ...string) error {
		client, err := NewClient(allow)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Get(srv.URL)
		if err == nil {
			err = res.Body.Close()
		}
		return err
	}
	if err := get(); err == nil || hits != 0 {
		t.Errorf("loopback was dialled: %v, %d hits", err, hits)
	}
	if err := get("127.0.0.1"); err != nil || hits != 1 {
		t.Errorf("an allowed address: %v, %d hits", err, hits)
	}
	if _, err := NewClient([]string{"nonsense/99"}); err == nil {
		t.Error("an allow list of nonsense is accepted")
	}
}
