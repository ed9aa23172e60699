// layers.test.ts -- the architecture as tests: who may import whom, files that
// two compilers read, and no state outside the memory. Widening MAY is an
// architecture decision.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const KERNEL_LIB = ['assembly/abi', 'assembly/wire', 'assembly/lib'];
const MAY: Record<string, readonly string[]> = {
  'assembly/abi': [],
  'assembly/wire': [],
  'assembly/lib': ['assembly/abi', 'assembly/wire'],
  'assembly/tables': KERNEL_LIB,
  'assembly/balance': [...KERNEL_LIB, 'assembly/tables'],
  'assembly/originate': [...KERNEL_LIB, 'assembly/tables'],
  'assembly/tenant': [...KERNEL_LIB, 'assembly/tables'],
  'assembly/nodes': [...KERNEL_LIB, 'assembly/tables', 'assembly/balance', 'assembly/originate', 'assembly/tenant'],
  'assembly/express': [...KERNEL_LIB, 'assembly/tables', 'assembly/originate'],
  'assembly/graph': [...KERNEL_LIB, 'assembly/express'],
  'assembly/capture': KERNEL_LIB,
  'assembly/sim': [...KERNEL_LIB, 'assembly/balance'],
  'src/wire': ['assembly/wire'],
  'src/kernel': ['assembly/abi'],
  'src/crypto': ['assembly/wire'],
  'src/capture': ['assembly/abi', 'assembly/wire', 'src/kernel', 'src/wire'],
  'src/filter': ['assembly/wire', 'src/kernel', 'src/wire'],
  'src/graph': ['assembly/abi', 'src/kernel'],
  'src/fabric': ['assembly/abi', 'build/fabric_schema.ts', 'src/kernel', 'src/switch'],
  'src/replay': ['assembly/abi', 'src/capture', 'src/filter', 'src/graph', 'src/kernel', 'src/switch', 'src/wire'],
  'src/explain': ['assembly/abi', 'assembly/wire', 'src/capture', 'src/graph', 'src/kernel', 'src/replay', 'src/switch', 'src/wire'],
  'src/show': ['assembly/abi', 'src/capture', 'src/explain', 'src/graph', 'src/kernel', 'src/replay', 'src/switch', 'src/wire'],
  'src/switch': ['assembly/abi', 'src/crypto', 'assembly/wire', 'build/switch_schema.ts', 'src/kernel', 'src/graph', 'src/wire'],
};

const root = fileURLToPath(new URL('..', import.meta.url));
const files = (dir: string): string[] => readdirSync(dir).flatMap(f => {
  const p = join(dir, f);
  return statSync(p).isDirectory() ? files(p) : p.endsWith('.ts') ? [p] : [];
});
const layer = (path: string) => Object.keys(MAY).find(l => path === l || path.startsWith(l + '/'));
const code = (file: string) => readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

for (const [from, allowed] of Object.entries(MAY))
  test(`${from} imports only ${[from, ...allowed].join(', ')}`, () => {
    const at = join(root, from);
    for (const file of statSync(at).isDirectory() ? files(at) : [at])
      for (const [, spec] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)[^'"]*from\s+['"](\.[^'"]+)/gm)) {
        const target = relative(root, join(dirname(file), spec!)).split(sep).join('/').replace(/(\.m?[tj]s)?$/, '.ts');
        const to = layer(target) ?? target;
        assert.ok(to === from || allowed.includes(to), `${relative(root, file)} imports ${target}`);
        if (from === 'assembly/nodes') assert.not.ok(to === from, `${relative(root, file)}: nodes do not import nodes`);
      }
  });

test('only src/kernel says WebAssembly', () => {
  for (const file of files(join(root, 'src')).filter(f => !f.includes(`${sep}kernel${sep}`)))
    assert.not.match(code(file), /\bWebAssembly\b/, relative(root, file));
});

test('below the command line nobody reads a clock or draws lots', () => {
  for (const file of [...files(join(root, 'assembly')), ...files(join(root, 'src')).filter(f => !f.includes(`${sep}cli${sep}`))])
    assert.not.match(code(file), /Math\.random|Date\.now|performance\.now|hrtime/, relative(root, file));
});

test('no mutable globals in assembly', () => {
  for (const file of files(join(root, 'assembly')))
    assert.not.match(code(file), /^(export )?(let|var) /m, relative(root, file));
});

test('files read by both compilers hold only enum and integer const', () => {
  for (const file of [...files(join(root, 'assembly/abi')), ...files(join(root, 'assembly/wire'))]) {
    const rest = code(file).replace(/export enum \w+ \{[\s\w=,-]*\}|export const \w+ = -?\w+;/g, '').trim();
    assert.is(rest, '', relative(root, file));
  }
});

test('every test file runs its suites', () => {
  for (const file of files(join(root, 'test')).filter(f => f.endsWith('.test.ts')))
    assert.match(readFileSync(file, 'utf8'), /\btest\.run\(\);/, `${relative(root, file)} forgets test.run()`);
});

test.run();
