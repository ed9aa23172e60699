// shared_captures.test.ts -- every real capture through both router examples:
// nothing traps or goes unexplained, most of what is valid is looked up, and
// what is dropped, and why, is the golden table.
//
// WEFT_UPDATE=1 rewrites test/golden/shared_drops.txt; review the difference.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../src/capture/open.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { frame, Vector } from '../src/kernel/packets.ts';
import { portMac, replay, type ReplayResult } from '../src/replay/replay.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { dissect } from '../src/wire/dissect.ts';
import { needs, noRecording, shared } from './skip.ts';

const MIB = 2 ** 20, EXAMPLES = ['router', 'router-promisc'] as const;
const golden = new URL('golden/shared_drops.txt', import.meta.url);
const folder = join(shared, 'pcaps'), withCaptures = needs(noRecording('pcaps'));

interface Run { file: string; example: string; result: ReplayResult; looked: number }

async function run(file: string, example: string): Promise<Run> {
  const k = loadKernels({ memory: 128 * MIB, small: 1024, jumbo: 64, huge: 16 });
  const network = new Network(k, SwitchFile.read(new URL(`../examples/${example}.yaml`, import.meta.url).pathname));
  const reader = openCapture(k, join(folder, file), { port: () => 0, mac: p => portMac(network, p) });
  const result = await replay(network, reader);
  reader.close();
  const looked = network.switches[0]!.graph.edges().filter(e => /^ip[46]_input$/.test(e.node) && /^ip[46]_lookup$/.test(e.edge)).reduce((n, e) => n + Number(e.packets), 0);
  return { file, example, result, looked };
}

/** Frames whose first layer above Ethernet and tags is IP without a fault. */
async function validIp(file: string): Promise<number> {
  const k = loadKernels({ memory: 64 * MIB, small: 512, jumbo: 64, huge: 16 }), vector = new Vector(k), reader = openCapture(k, join(folder, file));
  let valid = 0;
  for (;;) {
    const n = reader.next(vector.at, 256);
    if (n === 0 && !await reader.fill()) break;
    for (let i = 0; i < n; i++) {
      const d = k.u32[(vector.at >> 2) + i]!, layer = dissect(frame(k, d)).find(l => !['eth', 'vlan', 'ieee8021ad'].includes(l.name));
      if (layer && (layer.name === 'ip' || layer.name === 'ipv6') && !layer.note) valid++;
      k.fn['free']!(k.pool, d);
    }
  }
  reader.close();
  return valid;
}

const runs: Run[] = [];
const captures = () => readdirSync(folder).filter(f => /\.(pcap|pcapng)(\.gz)?$/.test(f)).sort();

withCaptures('every capture goes through: nothing unexplained, faults have an offset', async () => {
  for (const file of captures())
    for (const example of EXAMPLES) {
      const r = await run(file, example);
      assert.is(r.result.unexplained, 0, `${file} through ${example}`);
      if (r.result.fault) assert.type(r.result.fault.offset, 'number');
      assert.not.ok(r.result.drops.some(d => d.reason === 'NONE'), file);
      runs.push(r);
    }
});

withCaptures('the promiscuous router looks up at least half of the valid IP frames', async () => {
  let valid = 0;
  for (const file of captures()) valid += await validIp(file);
  const looked = runs.filter(r => r.example === 'router-promisc').reduce((n, r) => n + r.looked, 0);
  assert.ok(looked * 2 >= valid, `${looked} of ${valid}`);
});

withCaptures('the drop table over all captures', () => {
  const table = runs.flatMap(({ file, example, result: { drops } }) => drops.map(d => `${example.padEnd(15)} ${file.padEnd(48)} ${String(d.packets).padStart(6)} ${d.node.padEnd(15)} ${d.reason}`)).join('\n') + '\n';
  if (process.env['WEFT_UPDATE']) writeFileSync(golden, table);
  assert.fixture(table, readFileSync(golden, 'utf8'));
});

test.run();
