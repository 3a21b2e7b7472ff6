package echo

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

func start(t *testing.T) (string, *Hits) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	hits := NewHits()
	go Serve(l, Options{Who: Who{Namespace: "shop", Pod: "cart-1", Workload: "cart"}, Port: 80, Hits: hits})
	return l.Addr().String(), hits
}

func get(t *testing.T, at string, http2 bool, headers map[string]string) (*http.Response, Report) {
	t.Helper()
	protocols := &http.Protocols{}
	protocols.SetHTTP1(!http2)
	protocols.SetUnencryptedHTTP2(http2)
	client := http.Client{Transport: &http.Transport{Protocols: protocols}}
	r, _ := http.NewRequest("GET", "http://"+at+"/a/b?c=d", nil)
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var report Report
	if err := json.NewDecoder(response.Body).Decode(&report); err != nil {
		t.Fatal(err)
	}
	return response, report
}

func TestHTTPAnswersWithWhatItSaw(t *testing.T) {
	at, hits := start(t)
	for _, http2 := range []bool{false, true} {
		_, r := get(t, at, http2, map[string]string{"x-user": "jason", HeaderID: fmt.Sprint("id", http2)})
		want := map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"}[http2]
		if r.Path != "/a/b?c=d" || r.Headers["x-user"] != "jason" || r.Protocol != want || r.Who.Name() != "shop/cart-1" {
			t.Errorf("%+v", r)
		}
		if n := len(hits.Of(fmt.Sprint("id", http2))); n != 1 {
			t.Errorf("%d hits", n)
		}
	}
}

func TestBehaviourIsLimited(t *testing.T) {
	at, hits := start(t)
	// A mirrored request at another workload is no attempt here.
	hits.Add("copied", "shop/copy-1", &Report{Who: Who{Namespace: "shop", Pod: "copy-1", Workload: "copy"}})
	for i, c := range []struct {
		headers map[string]string
		want    int
	}{
		{map[string]string{HeaderStatus: "503"}, 503},
		{map[string]string{HeaderStatus: "503", HeaderOnly: "shop/other"}, 200},
		{map[string]string{HeaderStatus: "503", HeaderOnly: "shop/cart"}, 503},
		{map[string]string{HeaderStatus: "503", HeaderOnly: "shop/cart", HeaderFirstHits: "1", HeaderID: "copied"}, 503},
		{map[string]string{HeaderStatus: "503", HeaderFirstHits: "1", HeaderID: "x"}, 503},
		{map[string]string{HeaderStatus: "503", HeaderFirstHits: "1", HeaderID: "x"}, 200},
	} {
		if response, _ := get(t, at, false, c.headers); response.StatusCode != c.want {
			t.Errorf("case %d: %d, want %d", i, response.StatusCode, c.want)
		}
	}
}

func TestPlainTCP(t *testing.T) {
	at, hits := start(t)
	c, err := net.Dial("tcp4", at)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintln(c, "hello id=7")
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || !strings.Contains(line, `"protocol":"TCP"`) || len(hits.Of("7")) != 1 {
		t.Error(line, err)
	}
}
