import { IstioRelease, KubernetesRelease } from 'cdk8s-istio';

test('releases by the names that people write', () => {
  const versions = (releases: object) => Object.fromEntries(Object.entries(releases).map(([name, { version }]) => [name, version]));
  expect(versions(IstioRelease)).toEqual({
    V1_22: '1.22', V1_23: '1.23', V1_24: '1.24', V1_25: '1.25', V1_26: '1.26', V1_27: '1.27', V1_28: '1.28', V1_29: '1.29', V1_30: '1.30', V1_31: '1.31',
  });
  expect(versions(KubernetesRelease)).toEqual({
    V1_28: '1.28', V1_29: '1.29', V1_30: '1.30', V1_31: '1.31', V1_32: '1.32', V1_33: '1.33', V1_34: '1.34',
  });
});

test.each([
  [IstioRelease.V1_31, IstioRelease.V1_22, true],
  [IstioRelease.V1_22, IstioRelease.V1_31, false],
  [IstioRelease.V1_27, IstioRelease.V1_27, true],
])('%s is at least %s: %p', (a, b, expected) => {
  expect(a.atLeast(b)).toBe(expected);
});

test('releases of Kubernetes are compared alike', () => {
  expect(KubernetesRelease.V1_34.atLeast(KubernetesRelease.V1_28)).toBe(true);
  expect(KubernetesRelease.V1_28.atLeast(KubernetesRelease.V1_34)).toBe(false);
});
