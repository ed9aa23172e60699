// build_host.mjs -- the host as published: dist/weft.js (the command line),
// dist/index.js (the public API), dist/fabric_worker.js (a thread of a sweep),
// the chunks they share, kernels.wasm beside
// them, and the API's types.

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url)), dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { weft: 'src/cli/main.ts', index: 'src/index.ts', fabric_worker: 'src/cli/fabric_worker.ts' },
  outdir: dist,
  bundle: true,
  // Verbs are chunks of their own, loaded when they are asked for. All lie in
  // one folder: modules look for kernels.wasm beside themselves.
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  legalComments: 'none',
  logLevel: 'warning',
});
chmodSync(join(dist, 'weft.js'), 0o755);
copyFileSync(join(root, 'build/kernels.wasm'), join(dist, 'kernels.wasm'));

execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' });
// Consumers resolve a module's types by the name its code has.
for (const file of readdirSync(join(dist, 'types'), { recursive: true, encoding: 'utf8' }).filter(f => f.endsWith('.d.ts'))) {
  const path = join(dist, 'types', file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/(from ['"]|import\(['"])(\.{1,2}\/[^'"]*)\.ts(['"])/g, '$1$2.js$3'));
}
