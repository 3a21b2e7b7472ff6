package scenario

// Share is a part of the calls: those that satisfy all of its fields.
type Share struct {
	// Percent of all calls.
	Percent float64 `yaml:"percent"`
	// Status that was answered.
	Status int `yaml:"status"`
	// Hits is the workload or pod that receives the request or its mirror.
	Hits Ref `yaml:"hits"`
	// AtLeast is how long the answer took.
	AtLeast Duration `yaml:"atLeast"`
}

// Answered is the part of a rollout's answers that one workload gave.
type Answered struct {
	By      Ref     `yaml:"by"`
	AtLeast float64 `yaml:"atLeast"`
	AtMost  float64 `yaml:"atMost"`
}

func (f *File) checkShares(r *Request) error {
	for _, s := range r.Expect.Shares {
		if s.Percent <= 0 || s.Percent >= 100 {
			return f.Bad(r.Line, "request %q: a share is more than 0 and less than 100 per cent: what holds for all calls or none needs no statistics", r.Name)
		}
		if s.Status == 0 && s.Hits.IsZero() && s.AtLeast == 0 {
			return f.Bad(r.Line, "request %q: a share says of which calls it is: `status`, `hits` or `atLeast`", r.Name)
		}
		if s.Status != 0 && (s.Status < 100 || s.Status > 599) {
			return f.Bad(r.Line, "request %q: a status is a number from 100 to 599, not %d", r.Name, s.Status)
		}
	}
	return nil
}
