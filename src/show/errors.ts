// errors.ts -- the drops of a run, as `show errors` of VPP has them.

import type { Drop } from '../../assembly/abi/drop.ts';
import type { CaptureReader } from '../capture/reader.ts';
import { DROPS, type Reason } from '../graph/drops.ts';
import type { Network } from '../switch/network.ts';
import { count, type Report, type Row, report } from './report.ts';

/** Drops that happen where all is well. */
const INFO: ReadonlySet<string> = new Set<keyof typeof Drop>(['BLACKHOLE', 'LINK_LOCAL_GROUP', 'SAME_PORT', 'SPLIT_HORIZON', 'NO_MEMBER', 'ARP_NOT_FOR_US', 'ND_NOT_FOR_US', 'MULTICAST', 'UNREACHABLE', 'PROHIBITED']);

const COLUMNS = [{ title: 'Count', right: true }, { title: 'Node' }, { title: 'Reason' }, { title: 'Severity' }, { title: 'First', right: true }, { title: 'Because' }];

export function errors(network: Network, reader?: CaptureReader): Report {
  const all = report(network, COLUMNS, sw => sw.graph.drops().map(d => row(d.node, d.reason, d.packets, d.first)));
  const unread = (reader?.drops ?? []).map(d => row('reader', d.reason, BigInt(d.packets), d.first));
  const lead = network.switches.length > 1 ? [''] : [];
  return { ...all, rows: [...all.rows, ...unread.map(r => [...lead, ...r.cells])], json: [...(all.json as object[]), ...unread.map(r => r.json)] };
}

function row(node: string, reason: string, packets: bigint, first: number): Row {
  const severity = INFO.has(reason) ? 'info' : 'error', { sentence } = (DROPS as Readonly<Record<string, Reason>>)[reason]!;
  return { cells: [count(packets), node, reason, severity, `#${first}`, sentence], json: { count: packets, node, reason, severity, first, sentence } };
}
