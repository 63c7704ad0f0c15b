package crawler
import ("testing";"encoding/json";"os";"strings")
func TestDbg(t *testing.T){
	data, _ := os.ReadFile(extractionData + "article-extraction-benchmark/ground-truth.json")
	var truth map[string]struct { Body string `json:"articleBody"`; URL string `json:"url"` }
	json.Unmarshal(data,&truth)
	for id,want:=range truth{
		if !strings.HasPrefix(id,os.Getenv("ID")){continue}
		html:=gunzipped(t, extractionData+"article-extraction-benchmark/html/"+id+".html.gz")
		p,_:=Extract(html,want.URL,"",nil)
		t.Logf("OURS %+v\n\nWANT %s\n\nTRAF %s",p,want.Body,trafilaturaAlone(html,want.URL))
	}
}
