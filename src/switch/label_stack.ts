// label_stack.ts -- hops that push labels, and the neighbours behind them.

import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { LABELS_MAX, LabelFlag, LabelStack } from '../../assembly/abi/mpls.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { MPLS, MPLS_ENTRY, MPLS_LABEL } from '../../assembly/wire/mpls.ts';
import { PW } from '../../assembly/wire/pw.ts';
import { parseIp } from '../wire/address.ts';
import type { Builder } from './builder.ts';
import type { EntropyConfig } from './config.ts';
import type { Path } from './file.ts';

/** A neighbour that takes MPLS packets; it is in the default VRF unless `port` says where. */
export interface MplsNeighbor { via?: string | undefined; port?: string | undefined }

/** Labels to push, outermost first, and the way they go. */
export interface Imposition extends MplsNeighbor { labels: readonly number[]; entropy?: EntropyConfig | undefined; tc?: number | undefined }

/** TTL of a pipe (RFC 3443 section 3.2). */
const PIPE_TTL = 255;

/** LabelFlag.UNIFORM if that is the switch's TTL model. */
export const ttlModel = (b: Builder): number => (b.config.mpls?.ttl === 'pipe' ? 0 : LabelFlag.UNIFORM);

/** Hop to a neighbour for MPLS packets; undefined and a fault when there is none or its MAC is not known. */
export const mplsHop = (b: Builder, n: MplsNeighbor, path: Path): number | undefined => staticHop(b, n, ETHERTYPE.MPLS, 'MPLS', path);

/** The same for packets of another ethertype, `what` in messages. */
export function staticHop(b: Builder, n: MplsNeighbor, ethertype: ETHERTYPE, what: string, path: Path): number | undefined {
  if (n.via === undefined) return void b.fault(path, 'lacks "via", the neighbour to send to');
  const at = [...path, 'via'], text = n.via, via = b.try(at, () => parseIp(text));
  const hop = via && b.gatewayHop(0, via, n.port, ethertype, at);
  if (hop !== undefined && b.k.view.getUint8(hop + Hop.KIND) === HopKind.GLEAN) {
    b.fault(at, `${text} is not under \`neighbors\`: ${what === 'MPLS' ? 'an' : 'a'} ${what} next hop is not resolved by ARP or ND`);
    return undefined;
  }
  return hop;
}

/** Labels as Label.LABELS holds them; faults at labels that nobody may send. */
export function labelWords(b: Builder, labels: readonly number[], path: Path): Uint8Array {
  const bytes = new Uint8Array(LABELS_MAX * MPLS.LEN), view = new DataView(bytes.buffer);
  labels.forEach((label, i) => {
    const explicitNull = label === MPLS_LABEL.IPV4_EXPLICIT_NULL || label === MPLS_LABEL.IPV6_EXPLICIT_NULL;
    if (!explicitNull && (label < MPLS_LABEL.FIRST || label > MPLS_LABEL.LAST))
      b.fault(path, `${label} is no label to send: expected ${MPLS_LABEL.FIRST} to ${MPLS_LABEL.LAST}, or an explicit null, 0 or 2 (RFC 7274)`);
    view.setUint32(i * MPLS.LEN, label << MPLS_ENTRY.LABEL_SHIFT);
  });
  return bytes;
}

/**
 * Hop that pushes labels and sends to a neighbour.
 * @param path of the route or pseudowire
 * @param key  under which it lists the labels
 * @param flags LabelFlag bits of a pseudowire
 */
export function pushHop(b: Builder, i: Imposition, path: Path, key: string, flags = 0): number | undefined {
  const { k } = b, via = mplsHop(b, i, path), words = labelWords(b, i.labels, [...path, key]);
  const above = i.entropy === true ? i.labels.length : Number(i.entropy ?? 0);
  if (above > i.labels.length) b.fault([...path, 'entropy'], `there are only ${i.labels.length} labels to go below`);
  if (via === undefined) return undefined;
  const ethernet = flags & LabelFlag.ETHERNET; // a frame has no TTL to share
  const at = b.record('label stack', path.join('.'), LabelStack.SIZEOF, LabelStack.LINE, b.place(path), (view, bytes) => {
    view.setUint8(LabelStack.COUNT, i.labels.length);
    view.setUint8(LabelStack.ENTROPY, above);
    view.setUint8(LabelStack.FLAGS, flags | (ethernet ? 0 : ttlModel(b)) | (i.tc === undefined ? 0 : LabelFlag.FIXED_TC));
    view.setUint8(LabelStack.TC, i.tc ?? 0);
    view.setUint8(LabelStack.TTL, PIPE_TTL);
    bytes.set(words, LabelStack.LABELS);
  });
  const bytes = (i.labels.length + (above > 0 ? 2 : 0)) * MPLS.LEN + (flags & LabelFlag.CONTROL_WORD ? PW.LEN : 0);
  const iface = b.interfaces.find(f => f.at === k.view.getUint32(via + Hop.IFACE, true))!;
  return b.hop({ kind: HopKind.MPLS_PUSH, aux: at, via, iface, mtu: k.view.getUint16(via + Hop.MTU, true) - bytes, path });
}
