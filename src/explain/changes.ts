// changes.ts -- what a node did to a packet: by bytes, and by header fields.

import type { Visit } from '../graph/trace.ts';
import { dissect, type Layer, Link } from '../wire/dissect.ts';
import { hexdump } from '../wire/hexdump.ts';

/** Bytes replaced at an offset of the packet as it was before; hex, one side empty where bytes came or went. */
export interface Change { readonly offset: number; readonly before: string; readonly after: string }

export type Snapshot = Pick<Visit, 'bytes' | 'length' | 'l3' | 'node' | 'edge' | 'originated'>;

/**
 * How two versions of a packet lie over each other: equal bytes at the front,
 * then byte i of the first over byte i + shift of the second. A shift is what
 * headers put in or taken out do; without one a difference in length is at the end.
 */
interface Overlay { readonly front: number; readonly shift: number }

function overlay(a: Snapshot, b: Snapshot): Overlay {
  const shift = b.length - a.length;
  let front = 0;
  while (front < Math.min(a.bytes.length, b.bytes.length) && a.bytes[front] === b.bytes[front]) front++;
  const equal = (by: number): number => {
    let n = 0;
    for (let i = Math.max(front, front - by); i < a.bytes.length; i++) if (a.bytes[i] === b.bytes[i + by]) n++;
    return n;
  };
  return { front, shift: equal(shift) > equal(0) ? shift : 0 };
}

/** What changed, as runs of bytes; as far as the trace has them. */
export function byteChanges(a: Snapshot, b: Snapshot): Change[] {
  const { front, shift } = overlay(a, b), changes: Change[] = [], first = front + Math.max(0, -shift);
  const add = (offset: number, before: Uint8Array, after: Uint8Array) => {
    if (before.length + after.length > 0) changes.push({ offset, before: hex(before), after: hex(after) });
  };
  add(front, a.bytes.subarray(front, first), b.bytes.subarray(front, front + Math.max(0, shift)));
  const end = Math.min(a.bytes.length, b.bytes.length - shift);
  for (let i = first; i < end; ) {
    const from = i;
    while (i < end && a.bytes[i] !== b.bytes[i + shift]) i++;
    add(from, a.bytes.subarray(from, i), b.bytes.subarray(from + shift, i + shift));
    if (i === from) i++;
  }
  if (shift === 0 && a.length !== b.length) add(end, a.bytes.subarray(end), b.bytes.subarray(end));
  return changes;
}

/** Rows of a hex dump of the packet afterwards that hold changed bytes, those in brackets. */
export function changedRows(a: Snapshot, b: Snapshot): string[] {
  const { front, shift } = overlay(a, b);
  const reference = b.bytes.map((octet, i) => (i < front || (i >= front + Math.max(0, shift) && a.bytes[i - shift] === octet) ? octet : ~octet));
  return hexdump(b.bytes, reference).split('\n').filter(row => row.includes('['));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Fields that follow from others. */
const DERIVED = /checksum|^data\.|^eth\.type$|\.etype$|^ip\.flags$|\.dsfield$|tclass$/;

/**
 * Changes in words: `ip.ttl 64 -> 63`, and headers that came (`+ vlan`) and
 * went (`- vlan`), outermost first.
 */
export function headerChanges(a: Snapshot, b: Snapshot): string[] {
  const was = layersOf(a), is = layersOf(b), changes: string[] = [];
  for (const [from, to] of aligned(was, is)) {
    if (!from) changes.push(`+ ${to!.name}${identity(to!)}`);
    else if (!to) changes.push(`- ${from.name}${identity(from)}`);
    else changes.push(...fieldChanges(from, to));
  }
  if (changes.length === 0 && a.length !== b.length) changes.push(`length ${a.length} -> ${b.length}`);
  return changes;
}

function fieldChanges(from: Layer, to: Layer): string[] {
  const seen = new Map<string, number>();
  return to.fields.flatMap(({ name, value }) => {
    const nth = seen.get(name) ?? 0, old = from.fields.filter(f => f.name === name)[nth]?.value;
    seen.set(name, nth + 1);
    return old === undefined || old === value || DERIVED.test(name) ? [] : [`${name} ${old} -> ${value}`];
  });
}

/** What tells a header from others of its kind. */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  bier: ['bier.bitstring'], vlan: ['vlan.id'], ieee8021ad: ['ieee8021ad.id'], mpls: ['mpls.label'], vxlan: ['vxlan.vni'], ip: ['ip.src', 'ip.dst'], ipv6: ['ipv6.src', 'ipv6.dst'],
  'ipv6.routing': ['ipv6.routing.segleft'],
};

function identity(l: Layer): string {
  const found = (IDENTITY[l.name] ?? []).flatMap(name => l.fields.filter(f => f.name === name).map(f => f.value));
  return found.length > 0 ? ` (${found.join(' > ')})` : '';
}

/** Layers side by side: the longest common sequence of names, the innermost ones where there is a choice. */
function aligned(was: readonly Layer[], is: readonly Layer[]): [Layer | undefined, Layer | undefined][] {
  const best = Array.from({ length: was.length + 1 }, () => new Array<number>(is.length + 1).fill(0));
  was.forEach((w, i) => {
    is.forEach((s, j) => { best[i + 1]![j + 1] = w.name === s.name ? best[i]![j]! + 1 : Math.max(best[i]![j + 1]!, best[i + 1]![j]!); });
  });
  const pairs: [Layer | undefined, Layer | undefined][] = [];
  for (let i = was.length, j = is.length; i > 0 || j > 0; ) {
    if (i > 0 && j > 0 && was[i - 1]!.name === is[j - 1]!.name) pairs.unshift([was[--i], is[--j]]);
    else if (j > 0 && (i === 0 || best[i]![j - 1]! >= best[i - 1]![j]!)) pairs.unshift([undefined, is[--j]]);
    else pairs.unshift([was[--i], undefined]);
  }
  return pairs;
}

/** Nodes whose packets may begin with the IP header. */
const LAYER3 = /^(ip[46]|srv6(?!_d[xt]2)|sr_|vrf|udp|vxlan_encap|bier_decap|bier_encap)/;

/** The packet layer by layer, wherever it begins. */
export function layersOf({ bytes, length, l3, node, edge, originated }: Snapshot): Layer[] {
  if (node === 'bier_encap' && edge === 'bier_forward') return dissect(bytes.subarray(l3), length - l3, Link.BIER);
  const version = (bytes[l3] ?? 0) >> 4, ip = version === 4 ? Link.IPV4 : Link.IPV6;
  if (l3 === 0 && (version === 4 || version === 6) && (originated || LAYER3.test(node))) return dissect(bytes, length, ip);
  const layers = dissect(bytes, length);
  // In front of the network header stands what is left of headers taken off.
  if (l3 > 0 && (version === 4 || version === 6) && !layers.some(l => l.start === l3)) return dissect(bytes.subarray(l3), length - l3, ip);
  return layers;
}
