package traffic

// pods requires this number of responding pods.
func (j *judgement) pods() {
	want := j.q.Expect.Pods
	if want == 0 {
		return
	}
	who := map[string]bool{}
	for _, o := range j.seen {
		if o.Echo != nil {
			who[o.Echo.Who.Name()] = true
		}
	}
	if len(who) != want {
		j.fail(nil, "pods", "%d pods answered, not %d", len(who), want)
	}
}

// unanswered requires this number of calls without a response.
func (j *judgement) unanswered() {
	if j.q.Expect.Unanswered == nil {
		return
	}
	got := 0
	var last *Observation
	for _, o := range j.seen {
		if o.Status == 0 && o.Echo == nil {
			got, last = got+1, o
		}
	}
	if want := *j.q.Expect.Unanswered; got != want {
		j.fail(last, "unanswered", "%d calls had no answer, not %d", got, want)
	}
}

// connections requires this number of connections of the first proxy.
func (j *judgement) connections() {
	want := j.q.Expect.Connections
	if want == 0 {
		return
	}
	opened := map[string]bool{}
	for _, o := range j.seen {
		chain := hops(j.r.Plane, o)
		if len(chain) == 0 || chain[0].UpstreamLocal == "" {
			j.missing[o] = true
			continue
		}
		opened[chain[0].UpstreamLocal] = true
	}
	if len(opened) != want || len(j.missing) > 0 {
		j.fail(nil, "connections", "the caller's proxy used %d connections, not %d", len(opened), want)
	}
}
