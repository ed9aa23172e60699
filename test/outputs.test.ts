// outputs.test.ts -- what leaves a switch is no more malformed than what came
// in: every example, fed the first frames of every shared capture, addressed
// to its ports; tshark judges both sides.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Pool, VEC_MAX } from '../assembly/abi/packet.ts';
import { createCapture, openCapture } from '../src/capture/open.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { frame, receive, Vector } from '../src/kernel/packets.ts';
import { portMac } from '../src/replay/replay.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { needs, noProgram, noRecording, shared } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';

/** Frames of each capture. */
const FIRST = 60;
const work = mkdtempSync(join(tmpdir(), 'weft-outputs-'));
test.after(() => { rmSync(work, { recursive: true }); });

async function frames(): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [], folder = join(shared, 'pcaps');
  for (const file of readdirSync(folder).filter(f => /\.pcap(ng)?$/.test(f)).sort()) {
    const k = loadKernels({ memory: 64 * 2 ** 20, small: 256, jumbo: 64, huge: 8 }), vector = new Vector(k), reader = openCapture(k, join(folder, file));
    for (let kept = 0; kept < FIRST; ) {
      const n = reader.next(vector.at, Math.min(VEC_MAX, FIRST - kept));
      if (n === 0 && !await reader.fill()) break;
      for (let i = 0; i < n; i++) {
        const d = k.u32[(vector.at >> 2) + i]!;
        all.push(frame(k, d).slice());
        k.fn['free']!(k.pool, d);
      }
      kept += n;
    }
    reader.close();
  }
  return all;
}

/** Numbers (frame.number, or what `field` says) of the malformed frames of a capture. */
function malformed(file: string, field: string): Set<number> {
  return new Set(tsharkFields(file, [field, '_ws.malformed']).filter(([, m]) => m).map(([n]) => Number(n)));
}

needs(noProgram('tshark'), noRecording('pcaps'))('nothing leaves any example more malformed than it came', async () => {
  const seeds = await frames(), examples = fileURLToPath(new URL('../examples/', import.meta.url));
  let left = 0;
  for (const example of readdirSync(examples).filter(f => f.endsWith('.yaml'))) {
    const k = loadKernels({ memory: 256 * 2 ** 20, small: 1024, jumbo: 64, huge: 16 }), network = new Network(k, SwitchFile.read(join(examples, example)));
    const out = join(work, `${example}.pcapng`), list = k.view.getUint32(k.pool + Pool.TX_LIST, true), vector = new Vector(k);
    const writer = createCapture(k, out, { ports: network.ports.map((p, port) => ({ port, name: p.name })) });
    const sent = seeds.map((bytes, i) => {
      const port = i % network.ports.length, copy = bytes.slice();
      if (copy.length >= 14 && i % 3 > 0) copy.set(portMac(network, port), 0);
      const d = receive(k, copy, { port: network.ports[port]!.port, id: i + 1, time: BigInt(i) * 1_000_000n });
      vector.put([d]);
      network.input(port, vector.at, 1);
      network.run({ sent: n => { left += n; writer.write(list, n); } });
      return copy;
    });
    writer.close();
    const before = join(work, `${example}.in.pcap`);
    writeCapture(before, sent);
    const faulty = malformed(before, 'frame.number');
    // An ICMP error quotes what it is about; its number is the cause's, above 2^32.
    const fresh = [...malformed(out, 'frame.packet_id')].filter(id => !faulty.has(id % 2 ** 32));
    assert.equal(fresh, [], `${example}: numbers of frames that were fine before`);
  }
  assert.ok(left > 1000, `${left} frames left in all`);
});

test.run();
