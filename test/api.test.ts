// api.test.ts -- the package as another program imports it: dist/index.js, and
// its types.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The program at the head of src/index.ts. */
const PROGRAM = `
import { createCapture, loadKernels, Network, openCapture, portMac, type ReplayResult, replay, SwitchFile, WeftError } from 'weft-dataplane';

const k = loadKernels();
const network = new Network(k, SwitchFile.read(process.argv[2]!));
const reader = openCapture(k, process.argv[3]!, { mac: port => portMac(network, port), port: (_, name) => network.ports.findIndex(p => p.name === name) });
const writer = createCapture(k, 'out.pcapng', { ports: network.ports.map((p, port) => ({ port, name: p.name })) });
const result: ReplayResult = await replay(network, reader, { writer });
writer.close();
reader.close();
const error: Error = new WeftError(2, 'x');
console.log(result.in.packets, result.unexplained, error.message);
`;

test('a program that uses the package: its types, and what it does', () => {
  const work = mkdtempSync(join(tmpdir(), 'weft-api-'));
  try {
    mkdirSync(join(work, 'node_modules'));
    symlinkSync(root, join(work, 'node_modules/weft-dataplane'));
    symlinkSync(join(root, 'node_modules/@types'), join(work, 'node_modules/@types'));
    writeFileSync(join(work, 'package.json'), '{"type": "module"}');
    writeFileSync(join(work, 'program.mts'), PROGRAM);
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: work, encoding: 'utf8' });
      assert.is(status, 0, stdout + stderr);
      return stdout;
    };
    run(join(root, 'node_modules/typescript/bin/tsc'), '--strict', '--target', 'es2022', '--module', 'nodenext', '--types', 'node', 'program.mts');
    assert.is(run('program.mjs', join(root, 'examples/demo.yaml'), join(root, 'pcaps/demo.pcapng')), '3827 0 x\n');
    assert.ok(readFileSync(join(work, 'out.pcapng')).length > 100_000);
  } finally {
    rmSync(work, { recursive: true });
  }
});

test.run();
