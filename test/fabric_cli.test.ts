// fabric_cli.test.ts -- `weft fabric`: what it exports, and what it refuses. It
// runs dist/weft.js.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFile, scratchPath } from './capture_files.ts';
import { weft } from './weft.ts';

const FILE = scratchFile('fabric.yaml', Buffer.from('topology: {kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 2}\nworkload: [{kind: cross-leaf, bytes: 64kB}]\n'));

test('fabric topo: lines, Mermaid, Graphviz, JSON', () => {
  const { code, out } = weft(['fabric', 'topo', FILE]);
  assert.is(code, 0);
  assert.match(out, /^switches between +1: 2 pairs, 3: 4 pairs$/m);
  assert.match(out, /^PFC headroom +leaf1: 7\d\d\.\d kB of 64\.0 MB, and 4 of 4 ports can be at xoff$/m);
  assert.match(weft(['fabric', 'topo', FILE, '--mermaid']).out, /^flowchart TB\n/);
  assert.match(weft(['fabric', 'topo', FILE, '--dot']).out, /^graph fabric \{\n/);
  const facts = JSON.parse(weft(['fabric', 'topo', FILE, '--json']).out), graph = JSON.parse(weft(['fabric', 'topo', FILE, '--json', '--graph']).out);
  assert.equal([facts.hosts, facts.switches, facts.cost, facts.headroom.length, facts.devices], [4, { leaf: 2, spine: 2 }, { switches: 4, transceivers: { '400G': 8 }, copper: 4 }, 2, undefined]);
  assert.equal([graph.devices.length, graph.links.length, graph.links[0]], [8, 8, { ends: ['host1:e1', 'leaf1:e1'], rate: 400e9, delay: 15_000 }]);
});

test('fabric run --flows: a line for each message that is done', () => {
  const path = scratchPath('flows.csv');
  assert.is(weft(['fabric', 'run', FILE, '--flows', path]).code, 0);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  assert.is(lines.length, 5);
  assert.match(lines[4]!, /^3->1,4,host4,host2,0,/);
});

for (const [args, message] of [
  [['run', FILE, '--dot'], '--dot goes with fabric topo'],
  [['topo', FILE, '--flows', 'x.csv'], '--flows goes with fabric run'],
  [['topo', FILE, '--graph'], '--graph goes with --json'],
  [['run', FILE, '--flows', 'x.csv', '--seed', '1..2'], '--flows is of one run, here are 2'],
] as const)
  test(`refused: fabric ${args.filter(a => a !== FILE).join(' ')}`, () => {
    const { code, err } = weft(['fabric', ...args]);
    assert.is(code, 2);
    assert.ok(err.includes(message), err);
  });

test.run();
