import { writeSync } from 'node:fs';
import { App } from 'cdk8s';

/** Synthesizes an App, and prints what the synthesis and the process took. */
export function measured(fill: () => App): void {
  const start = performance.now();
  fill().synth();
  const first = performance.now() - start;
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeSync(1, JSON.stringify({ first, cpu: (userCPUTime + systemCPUTime) / 1000, peak: maxRSS * 1024 }));
  });
}
