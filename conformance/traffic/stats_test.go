package traffic

import (
	"math/rand"
	"testing"
)

func TestSampleSizeKeepsItsPromise(t *testing.T) {
	for _, shares := range [][]float64{{.25, .25, .5}, {.5, .5}, {.9, .1}, {.05, .95}, {1}, {.2, .3, .1, .4}} {
		alpha := FalseAlarms / float64(len(shares))
		n := SampleSize(shares, alpha)
		if len(shares) > 1 && worstPower(n, append([]float64{}, shares...), alpha) < Power {
			t.Errorf("%v: n=%d has power %v", shares, n, worstPower(n, shares, alpha))
		}
		if n > 5000 {
			t.Errorf("%v: n=%d is more than a run can afford", shares, n)
		}
		alarm := 0.0
		for _, s := range shares {
			alarm += Accept(n, s, alpha).Misses(n, s)
		}
		if alarm > FalseAlarms {
			t.Errorf("%v: false alarms %v", shares, alarm)
		}
		t.Logf("%v: n=%d, false alarms %.1e", shares, n, alarm)
	}
}

// The same by simulation, with the shift that is hardest to detect.
func TestShiftIsSeenInSimulation(t *testing.T) {
	shares, moved := []float64{.25, .25, .5}, []float64{.20, .25, .55}
	alpha := FalseAlarms / 3
	n := SampleSize(append([]float64{}, shares...), alpha)
	random := rand.New(rand.NewSource(1))
	caught, alarms := 0, 0
	const runs = 1000
	for i := 0; i < runs; i++ {
		if !accepted(random, n, moved, shares, alpha) {
			caught++
		}
		if !accepted(random, n, shares, shares, alpha) {
			alarms++
		}
	}
	if caught < runs*985/1000 {
		t.Errorf("caught %d of %d", caught, runs)
	}
	if alarms > 2 {
		t.Errorf("%d false alarms of %d", alarms, runs)
	}
}

func accepted(r *rand.Rand, n int, real, expected []float64, alpha float64) bool {
	counts := make([]int, len(real))
	for i := 0; i < n; i++ {
		x := r.Float64()
		for j, p := range real {
			if x -= p; x < 0 {
				counts[j]++
				break
			}
		}
	}
	for j, p := range expected {
		if !Accept(n, p, alpha).Has(counts[j]) {
			return false
		}
	}
	return true
}
