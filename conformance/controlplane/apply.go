package controlplane

import (
	"context"
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"istio.io/istio/pkg/config"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
)

// Apply changes the objects of istiod from the present state to another, and skips equal objects.
func (s *Server) Apply(next *cluster.State) error {
	s.access.set(next)
	if err := s.applyObjects(next); err != nil {
		return err
	}
	if err := s.applyConfigs(next); err != nil {
		return err
	}
	s.state = next
	return nil
}

func objectKey(o runtime.Object) string {
	accessor, _ := meta.Accessor(o)
	return fmt.Sprintf("%T %s/%s", o, accessor.GetNamespace(), accessor.GetName())
}

func (s *Server) applyObjects(next *cluster.State) error {
	before := map[string]runtime.Object{}
	for _, o := range s.state.Objects {
		before[objectKey(o)] = o
	}
	for _, o := range next.Objects {
		key := objectKey(o)
		old, exists := before[key]
		delete(before, key)
		if exists && same(old, o) {
			continue
		}
		if err := s.put(o, exists); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	for key, o := range before {
		if err := s.remove(o); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// store has the methods of all typed Kubernetes clients.
type store[T runtime.Object] interface {
	Create(context.Context, T, metav1.CreateOptions) (T, error)
	Update(context.Context, T, metav1.UpdateOptions) (T, error)
	Delete(context.Context, string, metav1.DeleteOptions) error
}

func write[T runtime.Object](c store[T], o T, exists bool) error {
	var err error
	if exists {
		_, err = c.Update(context.Background(), o, metav1.UpdateOptions{})
	} else {
		_, err = c.Create(context.Background(), o, metav1.CreateOptions{})
	}
	return err
}

func (s *Server) put(o runtime.Object, exists bool) error {
	core, slices := s.fake.KubeClient().Kube().CoreV1(), s.fake.KubeClient().Kube().DiscoveryV1()
	switch v := o.DeepCopyObject().(type) {
	case *corev1.Namespace:
		return write(core.Namespaces(), v, exists)
	case *corev1.Node:
		return write(core.Nodes(), v, exists)
	case *corev1.Pod:
		return write(core.Pods(v.Namespace), v, exists)
	case *corev1.Service:
		return write(core.Services(v.Namespace), v, exists)
	case *corev1.Secret:
		return write(core.Secrets(v.Namespace), v, exists)
	case *corev1.ConfigMap:
		return write(core.ConfigMaps(v.Namespace), v, exists)
	case *corev1.ServiceAccount:
		return write(core.ServiceAccounts(v.Namespace), v, exists)
	case *discoveryv1.EndpointSlice:
		return write(slices.EndpointSlices(v.Namespace), v, exists)
	}
	return fmt.Errorf("cannot be changed during a run")
}

func (s *Server) remove(o runtime.Object) error {
	core, slices := s.fake.KubeClient().Kube().CoreV1(), s.fake.KubeClient().Kube().DiscoveryV1()
	none, ctx := metav1.DeleteOptions{}, context.Background()
	switch v := o.(type) {
	case *corev1.Namespace:
		return core.Namespaces().Delete(ctx, v.Name, none)
	case *corev1.Node:
		return core.Nodes().Delete(ctx, v.Name, none)
	case *corev1.Pod:
		return core.Pods(v.Namespace).Delete(ctx, v.Name, none)
	case *corev1.Service:
		return core.Services(v.Namespace).Delete(ctx, v.Name, none)
	case *corev1.Secret:
		return core.Secrets(v.Namespace).Delete(ctx, v.Name, none)
	case *corev1.ConfigMap:
		return core.ConfigMaps(v.Namespace).Delete(ctx, v.Name, none)
	case *corev1.ServiceAccount:
		return core.ServiceAccounts(v.Namespace).Delete(ctx, v.Name, none)
	case *discoveryv1.EndpointSlice:
		return slices.EndpointSlices(v.Namespace).Delete(ctx, v.Name, none)
	}
	return fmt.Errorf("cannot be removed during a run")
}

func (s *Server) applyConfigs(next *cluster.State) error {
	before := map[string]config.Config{}
	for _, c := range s.state.Configs {
		before[c.Key()] = c
	}
	for _, c := range next.Configs {
		old, exists := before[c.Key()]
		delete(before, c.Key())
		if exists && same(old.Spec, c.Spec) && same(old.Labels, c.Labels) && same(old.Annotations, c.Annotations) && same(old.Status, c.Status) {
			continue
		}
		var err error
		if exists {
			_, err = s.fake.Store().Update(c.DeepCopy())
		} else {
			_, err = s.fake.Store().Create(c.DeepCopy())
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.Key(), err)
		}
	}
	for _, c := range before {
		if err := s.fake.Store().Delete(c.GroupVersionKind, c.Name, c.Namespace, nil); err != nil {
			return fmt.Errorf("%s: %w", c.Key(), err)
		}
	}
	return nil
}
