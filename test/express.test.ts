// express.test.ts -- plain packets in one go (assembly/express) against the
// same packets node by node: what leaves, its records, every counter.
//
// The frames and switches are those of all node vectors, in bursts drawn from
// them: of everything, and of a few, so that whole vectors are plain.

import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Packet } from '../assembly/abi/packet.ts';
import { Port } from '../assembly/abi/port.ts';
import { Switch as Sw } from '../assembly/abi/switch.ts';
import { catalog } from '../src/graph/catalog.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { frame, receive, release, take, Vector } from '../src/kernel/packets.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { type Case, readVectors } from './vectors.ts';
import { random } from './wasm.ts';

/** One of the two networks. */
class Side {
  readonly network: Network;
  readonly #vector: Vector;
  #id = 0;

  constructor(config: string, express: boolean) {
    const k = loadKernels({ memory: 128 * 2 ** 20, small: 4096, jumbo: 300, huge: 300 });
    this.#vector = new Vector(k);
    this.network = new Network(k, new SwitchFile('express.yaml', config));
    for (const s of this.network.switches) s.graph.express(express);
  }

  /** A burst by one port. @returns what left, in order: port, bytes, record */
  send(port: string, burst: readonly Case[]): string[] {
    const { network } = this, { k } = network, number = port === '' ? 0 : network.ports.findIndex(p => p.name === port), inside = network.ports[number]!.port;
    const handles = burst.map(c => receive(k, c.in, { port: inside, id: ++this.#id, time: c.time, orig: c.orig ?? c.in.length })), left: string[] = [];
    assert.ok(handles.every(d => d !== 0));
    this.#vector.put(handles);
    network.input(number, this.#vector.at, handles.length);
    network.run({
      sent: () => {
        for (const d of take(k, 'TX')) {
          const room = k.view.getUint32(d + Packet.DATA, true) - k.view.getUint32(d + Packet.BUF, true);
          left.push(`${room} ${Buffer.from(frame(k, d)).toString('hex')} ${Buffer.from(k.bytes.subarray(d + Packet.LEN, d + Packet.BUF)).toString('hex')} ${record(k.bytes, d)}`);
          release(k, d);
        }
      },
    });
    return left;
  }

  /** All counters but how often nodes were called: a vector may pass in two parts. */
  counters(): unknown {
    const { network } = this, { view, fn, pool } = network.k;
    return network.switches.map(s => ({
      edges: s.graph.edges(), drops: s.graph.drops(), packets: s.graph.nodes().map(({ node, packets }) => ({ node, packets })),
      sums: [Sw.ORIGINATED, Sw.COPIES, Sw.CONSUMED, Sw.ICMP_SUPPRESSED].map(f => view.getBigUint64(s.at + f, true)), held: view.getUint32(s.at + Sw.HELD, true), now: view.getBigInt64(s.at + Sw.NOW, true),
      ports: s.portNames.map((_, i) => [Port.BAD_L4, Port.RX_PACKETS, Port.RX_BYTES, Port.TX_PACKETS, Port.TX_BYTES].map(f => view.getBigUint64(view.getUint32(s.at + Sw.PORTS, true) + i * Port.SIZEOF + f, true))),
      free: fn['pool_free']!(pool),
    }));
  }

  get calls(): bigint { return this.network.switches.reduce((sum, s) => sum + s.graph.nodes().reduce((n, { calls }) => n + calls, 0n), 0n); }
}

/** Fields that are no addresses: HIT is the same table of either, at the same place. */
const record = (bytes: Uint8Array, d: number): string => Buffer.from(bytes.subarray(d + Packet.HIT, d + Packet.SIZEOF)).toString('hex');

let same = 0n, fewer = 0n;
for (const node of Object.keys(catalog).filter(n => existsSync(new URL(`vectors/${n}.txt`, import.meta.url))))
  test(`${node}: its vectors in one go and node by node`, () => {
    const all = readVectors(node), next = random(node.length * 77 + 1);
    for (const config of new Set(all.map(c => c.config))) {
      const cases = all.filter(c => c.config === config), [fast, slow] = [new Side(config, true), new Side(config, false)] as const;
      for (let round = 0; round < 6; round++) {
        const { port } = cases[next() % cases.length]!, own = cases.filter(c => c.port === port);
        const few = round & 1 ? own : own.filter(() => next() % own.length < 2), from = few.length > 0 ? few : own;
        const burst = Array.from({ length: 1 + next() % (round < 4 ? 40 : 256) }, () => from[next() % from.length]!);
        assert.equal(fast.send(port, burst), slow.send(port, burst), `round ${round}, ${config}`);
      }
      assert.equal(fast.counters(), slow.counters(), config);
      same += slow.calls;
      fewer += fast.calls;
    }
  });

test('packets do pass in one go', () => {
  const side = new Side(readVectors('ip4_rewrite')[0]!.config, true), { switches: [s] } = side.network;
  assert.ok(side.network.k.view.getUint32(s!.at + Sw.EXPRESS, true) !== 0);
  assert.ok(fewer !== same, 'vectors passed in parts');
});

test.run();
