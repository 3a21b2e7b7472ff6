import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { refusal } from '../helpers/build';
import { option } from '../helpers/option';
import { MeshCluster, MeshNamespace } from 'cdk8s-istio';

option('MeshCluster.synthFolders', 'writes the charts of each cluster into its folder, and nothing of what is refused', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'clusters-'));
  try {
    const root = new App({ outdir });
    for (const name of ['a', 'b']) {
      new MeshNamespace(new Chart(new MeshCluster(root, name), 'shop'), 'shop', { labels: { cluster: name } });
    }
    MeshCluster.synthFolders(root);
    expect(readdirSync(outdir, { recursive: true }).sort()).toEqual(['a', 'a/shop.k8s.yaml', 'b', 'b/shop.k8s.yaml']);
    expect(readFileSync(join(outdir, 'b', 'shop.k8s.yaml'), 'utf8')).toContain('cluster: b');

    const stray = new Chart(root, 'stray');
    expect(refusal(() => MeshCluster.synthFolders(root)).message).toBe(`IM1013 at ${stray.node.path}: the chart is in no MeshCluster, and belongs to no folder.
  next     make the chart a child of a MeshCluster`);
    const long = new App({ outdir });
    new Chart(new MeshCluster(long, 'a'.repeat(256)), 'shop');
    expect(refusal(() => MeshCluster.synthFolders(long)).message.split('\n')[0]).toMatch(/^IM0106 at a{256}\/shop: no file system takes the name of its file or folder\.$/);
    expect(refusal(() => MeshCluster.synthFolders({} as never)).code).toBe('IM0001');
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
