package scenario

import "slices"

// Job is a Job or CronJob, and what ends the proxies of its pods.
type Job struct {
	Job Ref `yaml:"job"`
	// Ends is `native sidecar`, `deadline` or `no sidecar`.
	Ends string `yaml:"ends"`
}

func (f *File) checkJobs() error {
	for _, j := range f.Jobs {
		if j.Job.IsZero() || !slices.Contains([]string{"native sidecar", "deadline", "no sidecar"}, j.Ends) {
			return f.Bad(max(j.Job.Line, 1), "each of `jobs` names a job, and what `ends` it: native sidecar, deadline or no sidecar, not %q", j.Ends)
		}
	}
	return nil
}
