package cluster

import (
	"encoding/json"
	"path"

	corev1 "k8s.io/api/core/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

// File is the file of a pod's proxy at a path: a key of a Secret that the annotations of the pod mount into the sidecar; nil without one.
func (s *State) File(p *Pod, name string) []byte {
	var volumes map[string]corev1.VolumeSource
	var mounts map[string]corev1.VolumeMount
	if json.Unmarshal([]byte(p.Annotations["sidecar.istio.io/userVolume"]), &volumes) != nil ||
		json.Unmarshal([]byte(p.Annotations["sidecar.istio.io/userVolumeMount"]), &mounts) != nil {
		return nil
	}
	folder, key := path.Split(name)
	for volume, mount := range mounts {
		source := volumes[volume].Secret
		if source == nil || path.Clean(mount.MountPath) != path.Clean(folder) {
			continue
		}
		for _, o := range s.Objects {
			if secret, ok := o.(*corev1.Secret); ok && secret.Namespace == p.Namespace && secret.Name == source.SecretName {
				return secret.Data[key]
			}
		}
	}
	return nil
}

// capturesDNS reports whether a ProxyConfig for the whole namespace of a pod has its sidecar answer DNS.
func capturesDNS(custom []*manifests.Object, p *Pod) bool {
	for _, o := range custom {
		spec, _ := o.Object["spec"].(map[string]any)
		if o.GetKind() != "ProxyConfig" || o.GetNamespace() != p.Namespace || spec["selector"] != nil {
			continue
		}
		variables, _ := spec["environmentVariables"].(map[string]any)
		if variables["ISTIO_META_DNS_CAPTURE"] == "true" {
			return true
		}
	}
	return false
}
