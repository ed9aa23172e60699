// bench_switch.ts -- a switch on the test bench: built from YAML text, fed
// single frames, observed at one node and at its ports.

import { Packet } from '../assembly/abi/packet.ts';
import { takeTrace, type Visit } from '../src/graph/trace.ts';
import type { Kernels, Sizes } from '../src/kernel/kernels.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { frame, receive, release, take, Vector } from '../src/kernel/packets.ts';
import { Network } from '../src/switch/network.ts';
import { SwitchFile } from '../src/switch/file.ts';

export interface Input { port?: string; bytes: Uint8Array; time?: bigint; orig?: number; id: number }
export interface Sent { port: string; bytes: Uint8Array; id: number; time: bigint }
/** What came of a burst of frames; visits switch by switch. */
export interface Outcome { visits: (Visit & { sw: string })[]; sent: Sent[] }

const TRACE = 8 * 2 ** 20;

export class BenchSwitch {
  readonly k: Kernels;
  readonly network: Network;
  readonly #vector: Vector;

  constructor(yaml: string, pool: Sizes = {}) {
    this.k = loadKernels({ memory: 256 * 2 ** 20, small: 512, jumbo: 64, huge: 16, ...pool });
    this.#vector = new Vector(this.k);
    this.network = new Network(this.k, new SwitchFile('vectors.yaml', yaml));
    for (const s of this.network.switches) s.graph.trace(TRACE);
  }

  /** Number of a port by name; the first one for "". */
  port(name: string): number {
    const i = name === '' ? 0 : this.network.ports.findIndex(p => p.name === name);
    if (i < 0) throw new Error(`no port ${name}`);
    return i;
  }

  /** One packet in the pool, as a port would bring it in. @param mark trace it */
  enter(f: Input, mark = true): number {
    const { port } = this.network.ports[this.port(f.port ?? '')]!;
    const d = receive(this.k, f.bytes, { port, time: f.time ?? 0n, id: f.id, orig: f.orig ?? f.bytes.length, mark });
    if (d === 0) throw new Error('pool exhausted');
    return d;
  }

  /** Run handles from enter() through the network; those of one port are one vector. */
  run(port: string, handles: readonly number[]): Outcome {
    const sent: Sent[] = [], { k } = this;
    this.#vector.put(handles);
    this.network.input(this.port(port), this.#vector.at, handles.length);
    this.network.run({
      sent: () => {
        for (const d of take(k, 'TX')) {
          sent.push({ port: this.network.ports[k.view.getUint16(d + Packet.TX_PORT, true)]!.name, bytes: frame(k, d).slice(), id: k.view.getUint32(d + Packet.ID, true), time: k.view.getBigInt64(d + Packet.TIME, true) });
          release(k, d);
        }
      },
    });
    return { sent, visits: this.network.switches.flatMap(s => takeTrace(s.graph).visits.map(v => ({ ...v, sw: s.name }))) };
  }

  /** Frames of one port, one vector. */
  send(frames: readonly Input[], mark = true): Outcome {
    return this.run(frames[0]?.port ?? '', frames.map(f => this.enter(f, mark)));
  }
}
