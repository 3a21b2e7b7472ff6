package apiserver

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func restrictedPod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "x"},
		Spec: corev1.PodSpec{
			SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: ptr.To(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
			Containers: []corev1.Container{{Name: "a", Image: "a", SecurityContext: &corev1.SecurityContext{
				AllowPrivilegeEscalation: ptr.To(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			}}},
		},
	}
}

func TestPodSecurity(t *testing.T) {
	s, err := NewPodSecurity()
	if err != nil {
		t.Fatal(err)
	}
	level, err := Enforced(map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if said := s.Judge(level, restrictedPod()); said != "" {
		t.Error(said)
	}
	for want, change := range map[string]func(p *corev1.Pod){
		"runAsNonRoot != true":              func(p *corev1.Pod) { p.Spec.SecurityContext.RunAsNonRoot = nil },
		"unrestricted capabilities":         func(p *corev1.Pod) { p.Spec.Containers[0].SecurityContext.Capabilities = nil },
		"allowPrivilegeEscalation != false": func(p *corev1.Pod) { p.Spec.Containers[0].SecurityContext.AllowPrivilegeEscalation = nil },
		"seccompProfile":                    func(p *corev1.Pod) { p.Spec.SecurityContext.SeccompProfile = nil },
		"hostNetwork=true":                  func(p *corev1.Pod) { p.Spec.HostNetwork = true },
	} {
		p := restrictedPod()
		change(p)
		if said := s.Judge(level, p); !strings.Contains(said, want) || !strings.HasPrefix(said, `violates PodSecurity "restricted:latest": `) {
			t.Errorf("%s: %q", want, said)
		}
	}
}

func TestEnforcedLevels(t *testing.T) {
	label := func(level string) map[string]string {
		return map[string]string{"pod-security.kubernetes.io/enforce": level}
	}
	for _, c := range []struct {
		labels      map[string]string
		asked, want string
	}{
		{nil, "", "privileged:latest"}, {nil, "restricted", "restricted:latest"}, {label("baseline"), "", "baseline:latest"},
		{label("restricted"), "baseline", "restricted:latest"}, {label("baseline"), "restricted", "restricted:latest"},
	} {
		if level, err := Enforced(c.labels, c.asked); err != nil || level.String() != c.want {
			t.Errorf("%v, %q: %s, %v", c.labels, c.asked, level.String(), err)
		}
	}
	if _, err := Enforced(label("strict"), ""); err == nil {
		t.Error("a level that does not exist is accepted")
	}
}

func TestJudgePod(t *testing.T) {
	if said := JudgePod(restrictedPod()); said != nil {
		t.Error(said)
	}
	p := restrictedPod()
	p.Spec.Volumes = []corev1.Volume{{Name: "v"}, {Name: "v"}}
	if said := JudgePod(p); len(said) != 1 || !strings.Contains(said[0], "Duplicate value") {
		t.Error(said)
	}
}
