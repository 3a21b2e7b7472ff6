/** The highest median of a row that meets its target. */
export const TARGETS: Readonly<Record<string, number>> = {
  '10 services, beside plain objects of cdk8s': 0.3,
  '100 services, beside plain objects of cdk8s': 0.5,
  '300 services, beside plain objects of cdk8s': 0.5,
  '1,000 services, beside plain objects of cdk8s': 0.5,
  '3,000 services, beside plain objects of cdk8s': 0.5,
  '300 services, beside imported classes and cdk8s-plus': 0.35,
  '300 services, beside the earlier build': 0.2,
  'cdk8s-istio with the synthesis of cdk8s: 300 services, beside plain objects of cdk8s': 1.8,
  'one service of 3,000, beside one of 300: cdk8s-istio': 1.1,
  '1,000 services in charts of ten, beside the earlier build': 0.08,
  '1,000 hosts at one gateway, beside the earlier build': 0.25,
  '1,000 routes of one host, beside the earlier build': 0.25,
  '1,000 services that call a hub, beside the earlier build': 0.25,
  'whole process, 300 services, beside plain objects of cdk8s': 0.8,
  'whole process, 1,000 services, beside plain objects of cdk8s': 0.8,
  'CPU time of the whole process, 300 services, beside plain objects of cdk8s': 0.9,
  'CPU time of the whole process, 1,000 services, beside plain objects of cdk8s': 0.9,
  'peak memory of the whole process, 1,000 services, beside plain objects of cdk8s': 1.1,
  'require of the library, beside cdk8s-plus-28': 1.2,
  'packed tarball, in MB': 0.7,
};

/** Whether a figure meets the target of its row. */
export function verdict(row: string, median: number): string | undefined {
  const target = TARGETS[row];
  return target === undefined ? undefined : `≤ ${target}: ${median <= target ? 'met' : 'missed'}`;
}
