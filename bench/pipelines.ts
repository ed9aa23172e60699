// pipelines.ts -- whole switches, hot (1k packets, all in L2) and cold (1M
// packets): ns a packet through the graph, beside C twins of the same job.

import { BufferClass, Packet, Pool, VEC_MAX } from '../assembly/abi.ts';
import type { Kernels } from '../src/kernel/kernels.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { receive } from '../src/kernel/packets.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { alternate, type Candidate, type Timing } from './harness.ts';
import type { Twins } from './twins.ts';

export interface Pipeline {
  readonly name: string;
  /** Switch file. */
  readonly yaml: () => string;
  /** The i-th frame of a set; `random` is uniform in 0 .. 2^32 - 1. */
  readonly frame: (random: () => number) => Uint8Array;
  /** Arguments for the C twin, built in the same memory. */
  readonly twin?: (k: Kernels) => { id: number; tables: number[] };
}

export interface Row extends Timing { readonly pipeline: string; readonly set: 'hot' | 'cold'; readonly packets: number }

/** xorshift32: the same frames on every machine. */
export function generator(seed: number): () => number {
  let s = seed >>> 0 || 1;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return (s >>>= 0);
  };
}

const MIB = 2 ** 20;

/** Run one pipeline over a set of `count` packets. */
export function measure(p: Pipeline, count: number, twins: Twins | undefined): Row[] {
  const set = count > 10_000 ? 'cold' : 'hot';
  const k = loadKernels({ memory: set === 'cold' ? 4095 * MIB : 1024 * MIB, small: count + 1024, jumbo: 8, huge: 8 });
  const network = new Network(k, new SwitchFile(`${p.name}.yaml`, p.yaml()));
  const random = generator(42), frames = Array.from({ length: Math.min(count, 65536) }, () => p.frame(random));
  const wide = Math.max(...frames.map(f => f.length));
  const handles = k.alloc(count * 4, 'handles'), offsets = k.alloc(count * 4, 'offsets');
  for (let i = 0; i < count; i++) {
    const d = receive(k, frames[i % frames.length]!, { id: i + 1 });
    k.u32[(handles >> 2) + i] = d;
    k.u32[(offsets >> 2) + i] = k.view.getUint32(d + Packet.DATA, true);
  }
  // Fresh records and buffers are contiguous: one block copy restores the records, a loop the frames' heads.
  const first = k.u32[handles >> 2]!, records = k.bytes.slice(first, first + count * Packet.SIZEOF);
  const data = k.u32[offsets >> 2]!, heads = frames.map(f => Uint8Array.from({ length: wide + 16 }, (_, i) => f[i] ?? 0));
  const restore = () => {
    k.bytes.set(records, first);
    for (let i = 0; i < count; i++) k.bytes.set(heads[i % heads.length]!, data + i * BufferClass.SMALL);
  };
  const sw = network.switches[0]!, entry = sw.graph.index('ethernet_input');
  let sent = 0;
  const run = () => {
    for (let at = 0; at < count; at += VEC_MAX) {
      k.fn['graph_input']!(sw.at, entry, handles + at * 4, Math.min(VEC_MAX, count - at));
      k.fn['graph_run']!(sw.at);
      sent += k.u32[(k.pool + Pool.TX_COUNT) >> 2]!;
      k.u32[(k.pool + Pool.TX_COUNT) >> 2] = 0;
    }
  };
  const candidates: Candidate[] = [{ name: 'weft', prepare: restore, run }];
  if (p.twin && twins) {
    const { id, tables } = p.twin(k);
    candidates.push({ name: 'C', prepare: restore, run: () => { twins.run(k.bytes.buffer, id, offsets, count, ...tables); } });
  }
  const [rounds, passes] = set === 'hot' ? [41, 50] : [7, 1];
  const timings = alternate(candidates, count, rounds, passes);
  const passesRun = (rounds + 3) * passes;
  if (sent !== passesRun * count) throw new Error(`${p.name}: ${sent / passesRun} of ${count} packets came out a pass: ${JSON.stringify(sw.graph.drops(), (_, v) => typeof v === 'bigint' ? Number(v) : v)}`);
  return timings.map(t => ({ ...t, pipeline: p.name, set, packets: count }));
}
