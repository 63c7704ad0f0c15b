package classifier_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"haidang/classifier"
)

// TestSchemaFileIsTheLoaders: the committed schema is what the loader's types say.
func TestSchemaFileIsTheLoaders(t *testing.T) {
	want, err := classifier.Schema()
	if err != nil {
		t.Fatal(err)
	}
	const file = "../configs/claims.schema.json"
	if *update {
		if err := os.WriteFile(file, append(want, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(bytes.TrimSpace(have), want) {
		t.Errorf("%s is not what the types say (%v); write it anew with go test ./classifier -run Schema -update", file, err)
	}
}

// TestSchemaTakesTheShippedClaimsAndRefusesMistakes: an editor that checks with it says what the loader says.
func TestSchemaTakesTheShippedClaimsAndRefusesMistakes(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	schema, err := compiler.Compile("../configs/claims.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(data []byte) error {
		var v any
		if err := yaml.Unmarshal(data, &v); err != nil {
			return err
		}
		return schema.Validate(v)
	}
	names, err := filepath.Glob("../configs/claims/*.yaml")
	if err != nil || len(names) < 8 {
		t.Fatalf("%d files of claims, %v", len(names), err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := check(raw); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if filepath.Base(name) != "health.yaml" {
			continue
		}
		for old, mistake := range map[string]string{"severity: critical": "severity: loud", "    kind: pattern": "    kinds: pattern", "field: health": "field: sport", "    version: 1\n": "", "version: 1": "version: one"} {
			if err := check([]byte(strings.Replace(string(raw), old, mistake, 1))); err == nil {
				t.Errorf("the schema takes %q", mistake)
			}
		}
	}
}
