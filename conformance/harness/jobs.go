package harness

import (
	"github.com/cdk8s-istio/cdk8s-istio/conformance/report"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/traffic"
)

// jobs compares what ends the injected pods of each job with the expectation.
func (l *loaded) jobs(out *report.Report) {
	for _, job := range l.file.Jobs {
		result := &traffic.Result{Name: job.Job.String() + " ends", From: job.Job.String(), Expected: job.Ends, Seen: l.end(job)}
		if result.OK = result.Seen == job.Ends; !result.OK {
			result.Failures = []string{"what ends its pods is: " + result.Seen + ", not: " + job.Ends}
		}
		out.Requests = append(out.Requests, result)
	}
}

func (l *loaded) end(job scenario.Job) string {
	for _, m := range l.members {
		if job.Job.Cluster == "" || job.Job.Cluster == m.name {
			if by, known := m.ends[job.Job.Namespace+"/"+job.Job.Name]; known && by != "" {
				return by
			} else if known {
				return "nothing"
			}
		}
	}
	return "no job"
}
