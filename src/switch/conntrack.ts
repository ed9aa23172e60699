// conntrack.ts -- flows that stateful security groups let through: how many, for
// how long, and which there are.

import { Conntrack, TrackedFlow, TrackState } from '../../assembly/abi/conntrack.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { FlowTable } from '../kernel/flows.ts';
import { formatIp } from '../wire/address.ts';
import type { Builder } from './builder.ts';
import { parseTime } from './quantity.ts';

const SIZE = 65536;
const SECOND = 10n ** 12n;
/** Seconds after the last packet: those of Linux's nf_conntrack. */
const TIMEOUTS: Readonly<Record<keyof typeof TrackState, bigint>> = {
  SYN_SENT: 120n, SYN_RECEIVED: 60n, ESTABLISHED: 432_000n, FIN_WAIT: 120n, TIME_WAIT: 120n, CLOSED: 10n, UDP: 30n, UDP_STREAM: 120n, ICMP: 30n, OTHER: 600n,
};
/** Key of the file, and the states it is for. */
const GIVEN = { tcp: ['ESTABLISHED'], udp: ['UDP_STREAM', 'UDP'], icmp: ['ICMP'], other: ['OTHER'] } as const;

export function checkConntrack(b: Builder): void {
  for (const key of Object.keys(GIVEN) as (keyof typeof GIVEN)[]) timeout(b, key);
}

function timeout(b: Builder, key: keyof typeof GIVEN): bigint | undefined {
  const text = b.config.conntrack?.[key], ps = text === undefined ? undefined : b.try(['conntrack', key], () => parseTime(text));
  if (ps === 0n) b.fault(['conntrack', key], `${text}: a flow would be over at once`);
  return ps;
}

/** The Conntrack of a switch, made on first use. */
export function conntrackOf(b: Builder): number {
  if (b.conntrack) return b.conntrack.at;
  const { k } = b, at = k.alloc(Conntrack.SIZEOF, 'connection tracking');
  const table = new FlowTable(k, b.config.conntrack?.size ?? SIZE, b.config.seed ?? b.number);
  k.view.setUint32(at + Conntrack.TABLE, table.at, true);
  const set = (state: keyof typeof TrackState, ps: bigint) => { k.view.setBigInt64(at + Conntrack.TIMEOUTS + TrackState[state] * 8, ps, true); };
  for (const [state, seconds] of Object.entries(TIMEOUTS)) set(state as keyof typeof TrackState, seconds * SECOND);
  for (const [key, states] of Object.entries(GIVEN)) {
    const ps = timeout(b, key as keyof typeof GIVEN);
    // What nobody answered is not kept longer than what somebody did, nor longer than by default.
    if (ps !== undefined) for (const state of states) set(state, state === 'UDP' && ps > TIMEOUTS.UDP * SECOND ? TIMEOUTS.UDP * SECOND : ps);
  }
  b.conntrack = { at, table };
  return at;
}

export interface FlowRow {
  readonly interface: string;
  readonly protocol: string;
  /** Ends as the first packet had them; with ports, or the identifier of an echo. */
  readonly source: string;
  readonly destination: string;
  readonly state: string;
  /** Picoseconds until it is forgotten. */
  readonly left: bigint;
  /** Rule that allowed it: `2 of web`. */
  readonly rule: string;
}

/** Flows that are not over, in no useful order, and how many had to make room. */
export function listFlows(b: Builder): { flows: FlowRow[]; evicted: bigint } {
  const { k } = b, { view } = k;
  if (!b.conntrack) return { flows: [], evicted: 0n };
  const now = view.getBigInt64(b.sw + Switch.NOW, true), { table } = b.conntrack;
  return { evicted: table.evicted, flows: [...table.entries(now)].map(at => flowRow(b, at, now)) };
}

/** Words of a key: lib/flow_key. */
const KEY = { ports: 32, protocol: 36, family: 37, domain: 38, expires: 40 } as const;

function flowRow(b: Builder, at: number, now: bigint): FlowRow {
  const { view, bytes } = b.k, size = view.getUint8(at + KEY.family) === 6 ? 16 : 4, protocol = view.getUint8(at + KEY.protocol);
  const ends = [0, 1].map(i => {
    const address = formatIp(bytes.slice(at + i * size, at + (i + 1) * size)), port = view.getUint16(at + KEY.ports + i * 2);
    return port === 0 ? address : size === 16 ? `[${address}]:${port}` : `${address}:${port}`;
  });
  if (view.getUint8(at + TrackedFlow.ORIGIN) !== 0) ends.reverse();
  const rule = b.rules.find(r => r.at === view.getUint32(at + TrackedFlow.RULE, true));
  return {
    interface: b.interfaces[view.getUint16(at + KEY.domain, true) - 1]?.name ?? '', protocol: IP_PROTOCOL[protocol] ?? String(protocol),
    source: ends[0]!, destination: ends[1]!, state: TrackState[view.getUint8(at + TrackedFlow.STATE)]!,
    left: view.getBigInt64(at + KEY.expires, true) - now, rule: rule ? `${rule.number} of ${rule.group}` : '',
  };
}
