// mpls.ts -- labels: which interfaces take them, and what each one means.

import { Label, LABEL_SAME_VRF, LabelOp, LabelPayload } from '../../assembly/abi/mpls.ts';
import { IfaceFlag, IfaceKind } from '../../assembly/abi/port.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { MPLS_LABEL } from '../../assembly/wire/mpls.ts';
import { Exact32 } from '../kernel/tables.ts';
import type { Builder } from './builder.ts';
import type { LabelConfig } from './config.ts';
import { formatPosition, type Path, type Position } from './file.ts';
import { labelWords, mplsHop, ttlModel } from './label_stack.ts';
import { sidLabels } from './srgb.ts';
import { tableLines } from './table_file.ts';

/** A label of the switch, for people. */
export interface LabelRow {
  readonly label: number;
  readonly does: 'swap' | 'pop' | 'php' | 'pseudowire' | 'bier' | 'service';
  /** Labels that a swap puts in its place, outermost first. */
  readonly out: readonly number[];
  /** Neighbour, VRF, pseudowire, BIER table or service it leads to; "" for the VRF the packet came in by. */
  readonly to: string;
  readonly position: Position;
}

/** Fields of a Label in assembly/abi, and how a person reads them. */
export interface LabelInit extends Omit<LabelRow, 'out' | 'position'> {
  op: LabelOp;
  payload?: LabelPayload;
  flags?: number;
  hop?: number;
  /** Label.DOMAIN, Label.IFACE or Label.PROXY. */
  target?: number;
  out?: readonly number[];
}

/** A label and its record, as they are collected. */
export interface PlacedLabel extends Omit<LabelRow, 'position'> { readonly at: number; readonly position: () => Position }

export function declareMpls(b: Builder): void {
  (b.config.mpls?.ports ?? []).forEach((name, i) => {
    const path = ['mpls', 'ports', i], iface = b.interface(name, path);
    if (iface && iface.kind !== IfaceKind.L3) b.fault(path, `${name} belongs to a bridge: name the bridge itself`);
    else if (iface) iface.flags |= IfaceFlag.MPLS;
  });
}

/** Fill the label table: labels of the file, of pseudowires (collected before), and those every router knows. */
export function buildMpls(b: Builder): void {
  const labels = b.config.mpls?.labels ?? {};
  if (typeof labels === 'string') labelFile(b, labels);
  else for (const [key, entry] of Object.entries(labels)) configured(b, Number(key), entry, ['mpls', 'labels', key]);
  for (const { label, entry, path } of sidLabels(b)) configured(b, label, entry, path);
  special(b);
  const table = new Exact32(b.k, b.labels.size, 'label table');
  for (const l of b.labels.values()) table.put(l.label, l.at);
  b.k.view.setUint32(b.sw + Switch.LABELS, table.at, true);
}

/** All labels that mean something here, by number. */
export function showLabels(b: Pick<Builder, 'labels'>): LabelRow[] {
  return [...b.labels.values()].map(({ at: _, position, ...row }) => ({ ...row, position: position() })).sort((x, y) => x.label - y.label);
}

/** Explicit nulls and the entropy label indicator: popped, what is under them stays in its VRF. */
function special(b: Builder): void {
  const pop = (label: MPLS_LABEL, payload: LabelPayload) =>
    addLabel(b, { label, does: 'pop', to: '', op: LabelOp.POP, payload, flags: ttlModel(b), target: LABEL_SAME_VRF }, ['mpls']);
  pop(MPLS_LABEL.IPV4_EXPLICIT_NULL, LabelPayload.IP4);
  pop(MPLS_LABEL.IPV6_EXPLICIT_NULL, LabelPayload.IP6);
  pop(MPLS_LABEL.ENTROPY_INDICATOR, LabelPayload.IP);
}

function configured(b: Builder, label: number, entry: LabelConfig, path: Path, position?: () => Position): void {
  if (!ownLabel(b, label, path, true)) return;
  const ways = (['pop', 'swap', 'php'] as const).filter(w => entry[w] !== undefined);
  if (ways.length !== 1) b.fault(path, `expected one of pop, swap and php, has ${ways.length === 0 ? 'none' : ways.join(' and ')}`);
  else if (entry.pop !== undefined) popped(b, label, entry, path, position);
  else sent(b, label, entry, path, position);
}

/** A label that ends here. */
function popped(b: Builder, label: number, entry: LabelConfig, path: Path, position?: () => Position): void {
  const to = entry.pop!, target = b.vrf(to, [...path, 'pop']);
  if (entry.via !== undefined) b.fault([...path, 'via'], 'pop looks up what is uncovered: to send it to a neighbour say php', true);
  if (target !== undefined) addLabel(b, { label, does: 'pop', to, op: LabelOp.POP, payload: FAMILY[entry.family ?? 'any'], flags: ttlModel(b), target }, path, position);
}

const FAMILY = { any: LabelPayload.IP, ip4: LabelPayload.IP4, ip6: LabelPayload.IP6 } as const;

/** A label whose packets go to a neighbour. */
function sent(b: Builder, label: number, entry: LabelConfig, path: Path, position?: () => Position): void {
  if (entry.family !== undefined) b.fault([...path, 'family'], 'goes with pop only', true);
  const hop = mplsHop(b, entry, path);
  if (hop === undefined) return;
  const out = entry.swap === undefined ? [] : [entry.swap].flat(), common = { label, out, to: entry.via!, flags: ttlModel(b), hop };
  addLabel(b, entry.php ? { ...common, does: 'php', op: LabelOp.POP } : { ...common, does: 'swap', op: LabelOp.SWAP }, path, position);
}

/** Whether a label may be one of ours; faults when not. @param key the label is the key at `path` */
export function ownLabel(b: Builder, label: number, path: Path, key = false): boolean {
  const free = label >= MPLS_LABEL.FIRST && label <= MPLS_LABEL.LAST, taken = b.labels.get(label);
  if (!free) b.fault(path, `labels are ${MPLS_LABEL.FIRST} to ${MPLS_LABEL.LAST}; below are special-purpose ones (RFC 7274)`, key);
  else if (taken) b.fault(path, `label ${label} is taken already, at ${formatPosition(taken.position())}`, key);
  return free && !taken;
}

/** Add a label to the table. */
export function addLabel(b: Builder, { op, payload = LabelPayload.IP, flags = 0, hop = 0, target = 0, out = [], ...row }: LabelInit, path: Path, position = b.place(path)): void {
  const words = labelWords(b, out, [...path, 'swap']);
  const at = b.record('label', row.label, Label.SIZEOF, Label.LINE, position, (view, bytes) => {
    view.setUint8(Label.OP, op);
    view.setUint8(Label.PAYLOAD, payload);
    view.setUint8(Label.FLAGS, flags);
    view.setUint8(Label.COUNT, out.length);
    view.setUint32(Label.HOP, hop, true);
    view.setUint32(Label.DOMAIN, target, true);
    bytes.set(words, Label.LABELS);
  });
  b.labels.set(row.label, { ...row, out, position, at });
}

/** Lines `label pop vrf`, `label swap label[,label...] neighbour`, `label php neighbour`; `#` comments. */
function labelFile(b: Builder, name: string): void {
  const path = ['mpls', 'labels'];
  for (const { words: [label = '', op, ...args], position } of tableLines(b, name, path)) {
    const entry = lineEntry(op, args);
    if (!entry || !/^\d{1,7}$/.test(label)) b.fault(path, 'expected "label pop vrf", "label swap labels neighbour" or "label php neighbour"');
    else configured(b, Number(label), entry, path, position);
  }
}

function lineEntry(op: string | undefined, args: readonly string[]): LabelConfig | undefined {
  if (op === 'pop' && args.length === 1) return { pop: args[0]! };
  if (op === 'php' && args.length === 1) return { php: true, via: args[0]! };
  if (op === 'swap' && args.length === 2 && /^\d{1,7}(,\d{1,7}){0,11}$/.test(args[0]!)) return { swap: args[0]!.split(',').map(Number), via: args[1]! };
  return undefined;
}
