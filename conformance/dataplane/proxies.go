package dataplane

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/network"
)

// Proxies counts the proxies of a cluster.
func (p *Plane) Proxies(clusterName string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, r := range p.pods {
		if r.proxy != nil && r.pod.Cluster == clusterName {
			n++
		}
	}
	return n
}

func (p *Plane) proxies() []*proxy {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*proxy
	for _, r := range p.pods {
		if r.proxy != nil {
			all = append(all, r.proxy)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].pod.Key() < all[j].pod.Key() })
	return all
}

// Ready waits until every Envoy is ready.
func (p *Plane) Ready(limit time.Duration) error {
	deadline := time.Now().Add(limit)
	for _, proxy := range p.proxies() {
		for {
			ok, err := proxy.ready()
			if err != nil {
				return err
			}
			if ok {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("Envoy of %s was not ready within %s: %s", proxy.pod.Ref(), limit, proxy.last())
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return nil
}

// Rejections are the configurations that Envoys refused.
func (p *Plane) Rejections() []string {
	var out []string
	for _, proxy := range p.proxies() {
		out = append(out, proxy.rejections()...)
	}
	return out
}

// Stop ends everything of the run.
func (p *Plane) Stop() {
	proxies := p.proxies()
	for _, proxy := range proxies {
		_ = proxy.cmd.Process.Kill()
	}
	for _, proxy := range proxies {
		<-proxy.exit
	}
	p.mu.Lock()
	for _, r := range p.pods {
		for _, l := range r.listeners {
			_ = l.Close()
		}
	}
	p.mu.Unlock()
	for _, stop := range p.stops {
		stop()
	}
	p.net.Close()
}

// Space is the namespace of a pod or an outside machine.
func (p *Plane) Space(key string) *network.Namespace {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.pods[key]; r != nil {
		return r.space
	}
	return p.machines[strings.TrimPrefix(key, "outside/")]
}
