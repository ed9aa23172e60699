// runtime.ts -- where the time goes, node by node, as `show runtime` of VPP has
// it. The graph is stepped with a clock around each call of a node.

import { Switch as Sw } from '../../assembly/abi/switch.ts';
import type { Network } from '../switch/network.ts';
import type { Switch } from '../switch/switch.ts';
import { count, type Report, report, type Watcher } from './report.ts';

const RIGHT = ['Calls', 'Vectors', 'Suspends', 'ns/packet', 'Vectors/Call'].map(title => ({ title, right: true }));

export class Runtime implements Watcher {
  /** By switch and node: nanoseconds in it, and how often it waited for buffers. */
  readonly #ns = new Map<Switch, number[]>();
  readonly #suspends = new Map<Switch, number[]>();
  /** Packets of a node's first call, which took the time to compile it. */
  readonly #first = new Map<Switch, number[]>();

  constructor(readonly network: Network, readonly clock: () => bigint) {
    for (const sw of network.switches) {
      this.#ns.set(sw, sw.graph.names.map(() => 0));
      this.#suspends.set(sw, sw.graph.names.map(() => 0));
      this.#first.set(sw, []);
    }
  }

  readonly run = (sw: Switch): boolean => {
    const { graph } = sw, ns = this.#ns.get(sw)!, suspends = this.#suspends.get(sw)!, first = this.#first.get(sw)!, { view } = graph.k;
    for (;;) {
      const start = this.clock(), node = graph.step();
      if (node < 0) return graph.run(); // idle, or stuck: it knows which
      if (first[node] === undefined) first[node] = Number(graph.nodes()[node]!.packets);
      else ns[node]! += Number(this.clock() - start);
      if (view.getUint32(sw.at + Sw.WAITING, true) === node + 1) suspends[node]!++;
    }
  };

  report(): Report {
    return report(this.network, [{ title: 'Name' }, { title: 'State' }, ...RIGHT], sw => sw.graph.nodes().flatMap(({ node, calls, packets }, i) => {
      if (calls === 0n) return [];
      const suspends = this.#suspends.get(sw)![i]!, ns = this.#ns.get(sw)![i]!, timed = Number(packets) - (this.#first.get(sw)![i] ?? 0), perPacket = timed > 0 ? ns / timed : undefined, perCall = Number(packets) / Number(calls);
      return [{
        cells: [node, 'active', count(calls), count(packets), count(suspends), perPacket?.toFixed(1) ?? '-', perCall.toFixed(2)],
        json: { node, state: 'active', calls, vectors: packets, suspends, ns, nsPerPacket: perPacket ?? null, vectorsPerCall: perCall },
      }];
    }), ['Vectors are packets. The first call of each node, which compiles it, is not timed.']);
  }
}
