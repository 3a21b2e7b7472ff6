// Package traffic sends the requests of a scenario, compares the results with
// the expectation, and finds the hop that stopped a request.
package traffic

import (
	"math"
	"sort"
)

// The requirements of a weight check, which determine the sample size.
const (
	// Shift is the change of a share that a check must detect.
	Shift = 0.05
	// Power is the probability of detection.
	Power = 0.99
	// FalseAlarms is the maximum probability that any weight check of a run fails for correct weights.
	FalseAlarms = 1e-4
)

// Region is the range of counts that a share of n requests is accepted in.
type Region struct{ Low, High int }

// Accept is the exact two-sided binomial region: right shares fall outside it with at most probability alpha.
func Accept(n int, share, alpha float64) Region {
	if share <= 0 {
		return Region{0, 0}
	}
	if share >= 1 {
		return Region{n, n}
	}
	r := Region{0, n}
	tail := 0.0
	for k := 0; k <= n; k++ {
		if tail += pmf(n, k, share); tail > alpha/2 {
			r.Low = k
			break
		}
	}
	tail = 0
	for k := n; k >= 0; k-- {
		if tail += pmf(n, k, share); tail > alpha/2 {
			r.High = k
			break
		}
	}
	return r
}

// Has reports whether a count is accepted.
func (r Region) Has(k int) bool { return k >= r.Low && k <= r.High }

// Misses is the probability that a share falls outside a region.
func (r Region) Misses(n int, share float64) float64 {
	inside := 0.0
	for k := r.Low; k <= r.High; k++ {
		inside += pmf(n, k, share)
	}
	return math.Max(0, 1-inside)
}

func pmf(n, k int, p float64) float64 {
	switch {
	case p <= 0:
		return indicator(k == 0)
	case p >= 1:
		return indicator(k == n)
	}
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return math.Exp(a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// SampleSize is the least number of requests (in steps of 20) with which every move of Shift from one share to
// another is detected with Power, if each share has a false alarm with probability alpha at most.
func SampleSize(shares []float64, alpha float64) int {
	if len(shares) < 2 {
		shares = append(append([]float64{}, shares...), 0)
	}
	sort.Float64s(shares)
	low, high := 1, 2
	for worstPower(20*high, shares, alpha) < Power && high < 2000 {
		low, high = high, high*2
	}
	for low+1 < high {
		if mid := (low + high) / 2; worstPower(20*mid, shares, alpha) < Power {
			low = mid
		} else {
			high = mid
		}
	}
	// Counts are whole, so power wobbles a little as n grows; a fortieth more keeps it above the line.
	return 20 * (high + high/40)
}

func worstPower(n int, shares []float64, alpha float64) float64 {
	worst := 1.0
	for i, from := range shares {
		if from < Shift {
			continue
		}
		loses := Accept(n, from, alpha).Misses(n, from-Shift)
		for j, to := range shares {
			if i != j && to+Shift <= 1 {
				// Either of the two shares may notice.
				worst = math.Min(worst, math.Max(loses, Accept(n, to, alpha).Misses(n, to+Shift)))
			}
		}
	}
	return worst
}
