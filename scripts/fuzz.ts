// fuzz.ts -- mutated frames through every example switch: no trap, no endless
// loop, no byte written outside a buffer, every packet accounted for.
//
//     npx tsx scripts/fuzz.ts [--seconds 60] [--seed 1] [--example NAME]
//
// Frames come from the captures in pcaps/ and, where WEFT_SHARED or ../shared
// has them, from real ones. A failure prints the seed, the example and the
// frames of its burst as hex, ready for a vector.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Packet, Pool, VEC_MAX } from '../assembly/abi/packet.ts';
import { Switch as Sw } from '../assembly/abi/switch.ts';
import { openCapture } from '../src/capture/open.ts';
import type { Kernels } from '../src/kernel/kernels.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { frame, receive, Vector } from '../src/kernel/packets.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' }, example: { type: 'string' } } });
const MIB = 2 ** 20;
/** Bytes at both ends of every buffer that nothing may touch. */
const GUARD = 64, PATTERN = 0xa5;
/** Bursts through one switch before it is built anew. */
const BURSTS = 64;
/** Frames of each capture kept as seeds. */
const SEEDS = 200;

let state = Number(values.seed) >>> 0 || 1;
const random = (n: number): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>>= 0) % n;
};

const shared = process.env['WEFT_SHARED'] ?? join(root, '../shared');
const folders = [join(root, 'pcaps'), join(shared, 'pcaps'), join(shared, 'oracles/linux'), join(shared, 'oracles/ovs')].filter(existsSync);
const seeds = await readSeeds(folders.flatMap(d => readdirSync(d).filter(f => /\.pcap(ng)?$/.test(f)).map(f => join(d, f))));
const examples = readdirSync(join(root, 'examples')).filter(f => f.endsWith('.yaml') && (!values.example || f.startsWith(values.example)));
console.log(`${seeds.length} frames from ${folders.length} folders, ${examples.length} examples, seed ${values.seed}`);

const end = process.hrtime.bigint() + BigInt(Math.round(Number(values.seconds) * 1e9));
let packets = 0, rounds = 0;
const reasons = new Set<string>();
while (process.hrtime.bigint() < end) {
  await round(examples[rounds++ % examples.length]!);
  if (rounds % 50 === 0) console.error(`${packets} packets, ${rounds} switches, ${reasons.size} (node, reason) pairs`);
}
console.log(`${packets} packets through ${rounds} switches, ${reasons.size} (node, reason) pairs, no fault`);
console.log('1 passed, 0 failed, 0 skipped');

async function readSeeds(paths: readonly string[]): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for (const path of paths) {
    const k = loadKernels({ memory: 64 * MIB, small: 512, jumbo: 32, huge: 8 }), vector = new Vector(k);
    const reader = openCapture(k, path);
    for (let kept = 0; kept < SEEDS; ) {
      const n = reader.next(vector.at, Math.min(VEC_MAX, SEEDS - kept));
      if (n === 0 && !await reader.fill()) break;
      for (let i = 0; i < n; i++) {
        const d = k.u32[(vector.at >> 2) + i]!;
        frames.push(frame(k, d).slice());
        k.fn['free']!(k.pool, d);
      }
      kept += n;
    }
    reader.close();
  }
  return frames;
}

async function round(example: string): Promise<void> {
  const k = loadKernels({ memory: 256 * MIB, small: 1024, jumbo: 64, huge: 16 });
  guard(k);
  const network = new Network(k, SwitchFile.read(join(root, 'examples', example)));
  const vector = new Vector(k), list = k.view.getUint32(k.pool + Pool.TX_LIST, true), size = k.fn['pool_free']!(k.pool);
  let id = 0, sent = 0, time = 0n, entered = 0;
  for (let burst = 0; burst < BURSTS; burst++) {
    const from = state, port = random(network.ports.length), handles: number[] = [], frames: Uint8Array[] = [];
    for (let i = 1 + random(48); i > 0; i--) {
      const bytes = mutate(addressed(network, port, seeds[random(seeds.length)]!));
      if (bytes.length > 1600 && bytes.length < 2112 || bytes.length > 8900) continue; // the guards shorten buffers
      time += BigInt(random(4) === 0 ? random(2 ** 31) * 1000 : random(1_000_000));
      const orig = random(16) === 0 ? bytes.length + random(200) : bytes.length;
      const d = receive(k, bytes, { port: network.ports[port]!.port, id: ++id, time, orig });
      if (d !== 0) handles.push(d);
      frames.push(bytes);
    }
    if (handles.length === 0) continue;
    vector.put(handles);
    try {
      network.input(port, vector.at, handles.length);
      network.run({ sent: n => { sent += n; k.fn['free_list']!(k.pool, list, n); } });
      entered += handles.length;
      check(k, network, entered, sent, size);
    } catch (e) {
      console.log(`${example}: ${(e as Error).stack}\nstate before the burst: ${from}, port ${network.ports[port]!.name}, burst ${burst}`);
      for (const f of frames) console.log(Buffer.from(f).toString('hex'));
      console.log('0 passed, 1 failed, 0 skipped');
      process.exit(1);
    }
  }
  packets += entered;
  for (const s of network.switches) for (const d of s.graph.drops()) reasons.add(`${d.node} ${d.reason}`);
}

/** Half of the frames go to the port's own MAC, so that they get past it. */
function addressed(network: Network, port: number, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice(), iface = network.ports[port]!.sw.built.interfaces.find(i => i.port === network.ports[port]!.port);
  if (iface && copy.length >= 6 && random(2) === 0) copy.set(iface.mac, 0);
  return copy;
}

/** A few of: bit flips, interesting bytes and words, cuts, growth, splices, duplicated or removed ranges. */
function mutate(bytes: Uint8Array): Uint8Array {
  let b = bytes;
  for (let n = random(5); n > 0; n--) {
    const at = random(Math.max(1, Math.min(b.length, random(3) === 0 ? b.length : 120)));
    switch (random(8)) {
      case 0: b[at] = (b[at] ?? 0) ^ (1 << random(8)); break;
      case 1: b[at] = [0, 1, 0x7f, 0x80, 0xff, 4, 6, 43, 41, 17][random(10)]!; break;
      case 2: b[at] = random(256); if (at + 1 < b.length) b[at + 1] = random(256); break;
      case 3: b = b.slice(0, at); break;
      case 4: b = Uint8Array.from([...b, ...new Uint8Array(random(64))]); break;
      case 5: { const other = seeds[random(seeds.length)]!, cut = random(Math.max(1, other.length)); b = Uint8Array.from([...b.subarray(0, at), ...other.subarray(cut)]); break; }
      case 6: { const to = at + random(40); b = Uint8Array.from([...b.subarray(0, to), ...b.subarray(at)]); break; }
      default: b = Uint8Array.from([...b.subarray(0, at), ...b.subarray(at + random(24))]);
    }
  }
  return b;
}

/** Shrink every buffer by a guard at both ends. */
function guard(k: Kernels): void {
  forEachRecord(k, d => {
    const from = k.view.getUint32(d + Packet.BUF, true), to = k.view.getUint32(d + Packet.END, true);
    k.bytes.fill(PATTERN, from, from + GUARD);
    k.bytes.fill(PATTERN, to - GUARD, to);
    k.view.setUint32(d + Packet.BUF, from + GUARD, true);
    k.view.setUint32(d + Packet.END, to - GUARD, true);
  });
}

function forEachRecord(k: Kernels, visit: (d: number) => void): void {
  for (let c = 0; c < 3; c++) {
    const n = k.view.getUint32(k.pool + Pool.FREE + c * 4, true), stack = k.view.getUint32(k.pool + Pool.STACK + c * 4, true);
    for (let i = 0; i < n; i++) visit(k.u32[(stack >> 2) + i]!);
  }
}

function check(k: Kernels, network: Network, entered: number, sent: number, size: number): void {
  let dropped = 0, made = 0, ended = 0, held = 0;
  for (const s of network.switches) {
    for (const d of s.graph.drops()) {
      if (d.reason === 'NONE') throw new Error(`${d.node} dropped without a reason`);
      dropped += Number(d.packets);
    }
    made += Number(k.view.getBigUint64(s.at + Sw.ORIGINATED, true) + k.view.getBigUint64(s.at + Sw.COPIES, true));
    ended += Number(k.view.getBigUint64(s.at + Sw.CONSUMED, true));
    held += k.view.getUint32(s.at + Sw.HELD, true);
  }
  if (entered + made !== sent + dropped + ended + held) throw new Error(`conservation: ${entered} in + ${made} made, ${sent} out + ${dropped} dropped + ${ended} consumed + ${held} held`);
  const free = k.fn['pool_free']!(k.pool);
  if (free + held !== size) throw new Error(`${size} buffers, ${free} free, ${held} held`);
  forEachRecord(k, d => {
    const from = k.view.getUint32(d + Packet.BUF, true), to = k.view.getUint32(d + Packet.END, true);
    for (let i = 0; i < GUARD; i++)
      if (k.bytes[from - GUARD + i] !== PATTERN || k.bytes[to + i] !== PATTERN) throw new Error(`a guard byte of buffer ${from} changed`);
  });
}
