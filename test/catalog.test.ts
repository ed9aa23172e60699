// catalog.test.ts -- a node is registered everywhere or nowhere, and every
// drop reason is in words, in a vector and in the README.

import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Drop } from '../assembly/abi/drop.ts';
import { catalog } from '../src/graph/catalog.ts';
import { DROPS } from '../src/graph/drops.ts';
import { pipeline } from '../src/graph/pipeline.ts';
import { renderReadme } from '../scripts/readme.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { readVectors } from './vectors.ts';

const names = (dir: string) => readdirSync(new URL(dir, import.meta.url)).map(f => f.replace(/\.\w+$/, '')).sort();
const reasons = Object.keys(DROPS);
/** Dropped by the capture reader, before any node: test/capture*.test.ts. */
const AT_THE_READER = ['OVERSIZE'];

test('assembly/nodes, catalog, pipeline, exports and vectors name the same nodes', () => {
  const nodes = names('../assembly/nodes/').filter(n => n !== 'README'), k = loadKernels({ memory: 64 * 2 ** 20 });
  assert.equal(Object.keys(catalog).sort(), nodes);
  assert.equal(Object.keys(pipeline).sort(), nodes);
  assert.equal(names('vectors/').filter(n => catalog[n]), nodes);
  for (const n of nodes) assert.type(k.fn[n], 'function', `${n} is not exported by assembly/index.ts`);
});

test('every drop reason has a sentence', () => {
  assert.equal(reasons.sort(), Object.keys(Drop).filter(n => Number.isNaN(Number(n)) && n !== 'NONE').sort());
});

test('every drop reason has a vector', () => {
  const seen = new Set(names('vectors/').filter(n => catalog[n]).flatMap(n => readVectors(n).map(c => c.drop)));
  assert.equal(reasons.filter(n => !seen.has(n) && !AT_THE_READER.includes(n)), []);
});

test('the README has every drop reason, verb and example (npx tsx scripts/readme.ts)', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  assert.fixture(readme, renderReadme(readme));
  assert.equal(reasons.filter(n => !readme.includes(`\`${n}\``)), []);
});

test.run();
