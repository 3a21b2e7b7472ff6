package inject

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	wrappers "google.golang.org/protobuf/types/known/wrapperspb"
	"istio.io/istio/pilot/cmd/pilot-agent/status"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/model"

	corev1 "k8s.io/api/core/v1"
)

// annotated are the library's annotations for the metrics of an application.
func told(port, path string) map[string]string {
	return map[string]string{
		"prometheus.io/scrape": "true", "prometheus.io/port": port, "prometheus.io/path": path, "prometheus.istio.io/merge-metrics": "true",
	}
}

const scraping = "ISTIO_PROMETHEUS_ANNOTATIONS"

func scrapingOf(pod corev1.PodTemplateSpec) string {
	for _, c := range append(pod.Spec.InitContainers, pod.Spec.Containers...) {
		for _, e := range c.Env {
			if e.Name == scraping {
				return e.Value
			}
		}
	}
	return ""
}

// Pods with metrics request merging, whether the mesh merges metrics or not.
func TestTheSidecarTakesThePlaceOfTheApplication(t *testing.T) {
	for _, merge := range []*wrappers.BoolValue{nil, wrappers.Bool(true), wrappers.Bool(false)} {
		config := mesh.DefaultMeshConfig()
		config.EnablePrometheusMerge = merge
		i, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		out, err := i.Inject(workload, template(told("9102", "/stats"), corev1.Container{Name: "app", Image: "app"}))
		if err != nil {
			t.Fatal(err)
		}
		for key, value := range map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": "15020", "prometheus.io/path": "/stats/prometheus"} {
			if out.Annotations[key] != value {
				t.Errorf("merge %v: %s is %q", merge, key, out.Annotations[key])
			}
		}
		if got := scrapingOf(out); got != `{"scrape":"true","path":"/stats","port":"9102"}` {
			t.Errorf("merge %v: the agent receives %q", merge, got)
		}
	}
}

// A gateway has no metrics annotations, and Prometheus finds it by the port of the agent as well.
func TestGatewaysAreFoundWithoutAWord(t *testing.T) {
	out, err := injector(t).Inject(workload, template(map[string]string{"inject.istio.io/templates": "gateway"}, corev1.Container{Name: "istio-proxy", Image: "auto"}))
	if err != nil {
		t.Fatal(err)
	}
	if out.Annotations["prometheus.io/port"] != "15020" || out.Annotations["prometheus.io/scrape"] != "true" {
		t.Errorf("annotations: %v", out.Annotations)
	}
}

// Without the annotation the mesh decides. If it does not merge, Prometheus scrapes the application, and STRICT refuses it.
func TestWithoutTheWordTheMeshDecides(t *testing.T) {
	config := mesh.DefaultMeshConfig()
	config.EnablePrometheusMerge = wrappers.Bool(false)
	i, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	annotations := told("9102", "/stats")
	delete(annotations, "prometheus.istio.io/merge-metrics")
	out, err := i.Inject(workload, template(annotations, corev1.Container{Name: "app", Image: "app"}))
	if err != nil {
		t.Fatal(err)
	}
	if out.Annotations["prometheus.io/port"] != "9102" || scrapingOf(out) != "" {
		t.Errorf("annotations: %v", out.Annotations)
	}
}

// Istio's agent, with the configuration of the injector, answers a scrape with the metrics of the application and of its proxy.
func TestTheAgentAnswersForBoth(t *testing.T) {
	serve := func(path, text string) int {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != path {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/plain; version=0.0.4")
			fmt.Fprintln(w, text)
		}))
		t.Cleanup(server.Close)
		at, _ := url.Parse(server.URL)
		port, _ := strconv.Atoi(at.Port())
		return port
	}
	app, envoy := serve("/stats", "orders_total 7"), serve("/stats/prometheus", "envoy_requests 3")
	out, err := injector(t).Inject(workload, template(told(strconv.Itoa(app), "/stats"), corev1.Container{Name: "app", Image: "app"}))
	if err != nil {
		t.Fatal(err)
	}
	given := scrapingOf(out)
	if !json.Valid([]byte(given)) {
		t.Fatalf("the agent receives %q", given)
	}
	t.Setenv(scraping, given)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	agent, err := status.NewServer(status.Options{
		PodIP: "127.0.0.1", NodeType: model.SidecarProxy, StatusPort: uint16(port), EnvoyPrometheusPort: envoy, Context: ctx, Shutdown: func(error) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	go agent.Run(ctx)
	var text string
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end) && !strings.Contains(text, "orders_total"); time.Sleep(50 * time.Millisecond) {
		answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/stats/prometheus", port))
		if err != nil {
			continue
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		text = string(body)
	}
	for _, metric := range []string{"orders_total 7", "envoy_requests 3", "istio_agent_"} {
		if !strings.Contains(text, metric) {
			t.Errorf("no %s in the answer:\n%.500s", metric, text)
		}
	}
}
