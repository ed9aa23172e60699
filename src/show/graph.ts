// graph.ts -- the nodes of a switch and the edges between them, with what went
// along each: as a table or as a Mermaid flowchart.

import type { CaptureReader } from '../capture/reader.ts';
import type { EdgeCount } from '../graph/graph.ts';
import type { Network } from '../switch/network.ts';
import type { Switch } from '../switch/switch.ts';
import { count, type Report, report } from './report.ts';

/** Edges, all of them, or those that packets of the capture took. */
const edgesOf = (sw: Switch, taken: boolean): EdgeCount[] => sw.graph.edges().filter(e => !taken || e.packets > 0n);

export function graph(network: Network, reader?: CaptureReader): Report {
  const columns = [{ title: 'Node' }, { title: 'Edge' }, { title: 'Next' }, { title: 'Packets', right: true }, { title: 'Bytes', right: true }];
  return report(network, columns, sw => edgesOf(sw, reader !== undefined).map(e => ({ cells: [e.node, e.edge, e.next, count(e.packets), count(e.bytes)], json: e })));
}

/** Lines of a Mermaid flowchart, one subgraph a switch; edges are labelled with their packets, once there are any. */
export function mermaid(network: Network, reader?: CaptureReader): string[] {
  const blocks = network.switches.flatMap((sw, s) => {
    const edges = edgesOf(sw, reader !== undefined), id = (node: string) => `s${s}_${node}`;
    const nodes = new Set(edges.flatMap(e => [e.node, e.next])), drops = sw.graph.drops();
    return [
      `  subgraph s${s}["${sw.name}"]`,
      ...[...nodes].map(n => `    ${id(n)}["${n}"]`),
      ...edges.map(e => `    ${id(e.node)} -->|"${label(e)}"| ${id(e.next)}`),
      ...drops.map(d => `    ${id(d.node)} -.->|"${count(d.packets)}"| ${id(d.reason)}(["${d.reason}"])`),
      '  end',
    ];
  });
  return ['flowchart LR', ...blocks];
}

function label({ edge, next, packets }: EdgeCount): string {
  const amount = packets > 0n ? count(packets) : '';
  return [edge === next ? '' : edge, amount].filter(Boolean).join(' ') || ' ';
}
