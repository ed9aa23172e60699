// builder.ts -- what the features of a switch share while its tables are
// filled: names, interfaces, hops, positions and faults.
//
// Building has two steps for every feature (features.ts): `declare` names
// interfaces, VRFs and bridges; `build` fills tables and may refer to all of
// them. Faults are collected, so that one run shows all of them.

import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { Iface, IfaceKind } from '../../assembly/abi/port.ts';
import { IfacePolicy } from '../../assembly/abi/policy.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import type { Kernels } from '../kernel/kernels.ts';
import type { FlowTable } from '../kernel/flows.ts';
import type { Group } from '../kernel/tables.ts';
import { AddressError, maskAddress, parseMac, type Prefix } from '../wire/address.ts';
import type { BulkRoutes } from './bulk_routes.ts';
import type { Srv6PolicyConfig, SwitchConfig } from './config.ts';
import type { Path, Position, SwitchFile } from './file.ts';
import type { BuiltBier } from './bier.ts';
import type { Feature } from './features.ts';
import { Generation } from './generation.ts';
import type { BuiltBalancer } from './load_balancers.ts';
import type { IpsecTunnel } from './ipsec.ts';
import type { Listener } from './listeners.ts';
import type { PlacedLabel } from './mpls.ts';
import type { BuiltNat } from './nat.ts';
import { nearest } from './nearest.ts';
import { QuantityError } from './quantity.ts';
import type { Locator } from './srv6_csid.ts';
import type { RuleList, SecurityRule } from './security_groups.ts';
import type { PlacedService } from './services.ts';
import type { VxlanEntry } from './vxlan.ts';

/** An interface before and after it got its place in memory. */
export interface Interface {
  /** `e1`, `e1.100`, a bridge's or a tunnel's name. */
  readonly name: string;
  readonly path: Path;
  kind: IfaceKind;
  /** VRF or bridge domain index. */
  domain: number;
  /** Port it is on; -1 for a bridge's own interface and for tunnels. */
  readonly port: number;
  readonly mac: Uint8Array;
  readonly mtu: number;
  /** Tags on the wire, outermost first. */
  readonly tags: readonly { tpid: number; vid: number }[];
  /** Own addresses with the length of their networks; L3 only. */
  readonly addresses: readonly Prefix[];
  /** IfaceFlag bits. */
  flags: number;
  /** Single tags that are accepted, and taken off, besides `tags`. */
  readonly accepts?: Interface['tags'];
  /** Split-horizon group, 0 for none. */
  readonly horizon?: number;
  /** Number in Arg.FE2, 0 for none. */
  readonly fe2?: number;
  /** Index and address of its Iface, once declared ones are placed. */
  index: number;
  at: number;
}

/** A bridge's claim on an interface by name, before that is declared. */
export interface Member {
  readonly bridge: number;
  /** Where the file says so. */
  readonly path: Path;
  /** Whether an interface of that name was declared. */
  found: boolean;
}

/** A group that routes lead to: one for each VRF and family of the routes that name it. */
export interface BuiltGroup {
  readonly name: string;
  readonly vrf: number;
  readonly six: boolean;
  /** The kernels' group (Group in src/kernel/tables.ts), and the GROUP Hop that leads to it. */
  readonly group: Group;
  readonly hop: number;
  /** Each with a Hop of its own, which counts. */
  readonly members: readonly { readonly via: string; readonly weight: number; readonly hop: number }[];
}

/** An SRv6 policy in memory. */
export interface BuiltPolicy {
  readonly mode: NonNullable<Srv6PolicyConfig['mode']>;
  /** Each with the address of its Srv6Policy. */
  readonly lists: readonly { readonly segments: readonly string[]; readonly weight: number; readonly at: number; readonly path: Path }[];
  /** GROUP Hops of a policy with several lists, by next hop. */
  readonly groups: Map<number, number>;
}

/** What a lookup may lead to; fields of Hop in assembly/abi. */
export interface HopInit {
  kind: HopKind;
  path: Path;
  code?: number;
  reason?: number;
  iface?: Interface;
  /** L2 header: 14, 18 or 22 bytes; of a GLEAN hop the gateway's address, or none for "the destination itself". */
  rewrite?: Uint8Array;
  aux?: number;
  via?: number;
  mtu?: number;
}

export interface RouteInit { vrf: number; prefix: Prefix; hop: number; position: () => Position }

export class Builder {
  /** The switch; while the file of one that runs is read anew, a copy that packets do not see. */
  sw: number;
  faults: string[] = [];
  readonly portNames: string[];
  /** Rates of ports that have one, bit/s. */
  readonly speeds = new Map<string, bigint>();
  readonly vrfs = new Map<string, number>([['default', 0]]);
  readonly bridges = new Map<string, number>();
  /** Bridge members by interface name. */
  readonly members = new Map<string, Member>();
  /** Interfaces that are cross-connected, and where the file says so. */
  readonly crossed = new Map<string, Path>();
  /** SRv6 policies by name. */
  policies = new Map<string, BuiltPolicy>();
  /** Address of the table of SRv6 remotes (exact160: bridge domain, outer source), once it is placed. */
  srv6Remotes: number | undefined;
  /** VRFs of adjacencies of SIDs whose routes are among `routes`. */
  adjacencyVrfs = new Set<string>();
  /** HMAC keys of SRv6 by ID: addresses of their HmacKey. */
  hmacKeys = new Map<number, number>();
  /** SRv6 locators, in the order of the file. */
  locators: readonly Locator[] = [];
  readonly interfaces: Interface[] = [];
  /** What tunnels listen to, until its tables are made. */
  readonly listeners: Listener[] = [];
  /** IPsec tunnels by name. */
  readonly ipsec = new Map<string, IpsecTunnel>();
  /** VXLAN VNIs by name. */
  readonly vxlans = new Map<string, VxlanEntry>();
  /** Services behind segments, by name. */
  services = new Map<string, PlacedService>();
  routes: RouteInit[] = [];
  /** Routes of a table file. */
  bulk4: BulkRoutes | undefined;
  bulk6: BulkRoutes | undefined;
  /** By name, VRF and family; undefined for one with faults. */
  groups = new Map<string, BuiltGroup | undefined>();
  /** BIER tables and groups. */
  readonly bier: BuiltBier = { bifts: [], groups: new Map() };
  /** By label. */
  labels = new Map<number, PlacedLabel>();
  /** Static neighbours by `interface address`: hop makers need their MACs. */
  neighbors = new Map<string, { iface: Interface; mac: Uint8Array; path: Path }>();
  /** Places faults that belong to another file, while entries of it are built. */
  elsewhere: ((message: string) => string) | undefined;
  /** IfacePolicy by interface, of those that have one. */
  readonly policied = new Map<Interface, number>();
  /** Rules of security groups, in the order of the file; then what stands behind the last of them. */
  readonly rules: SecurityRule[] = [];
  /** The same by interface: of what comes in, and of what leaves. */
  readonly ruleLists = new Map<Interface, { rx: RuleList; tx: RuleList }>();
  /** Policer by name. */
  readonly policers = new Map<string, number>();
  /** Load balancers, in the order of the file. */
  readonly balancers: BuiltBalancer[] = [];
  /** NAT44 of the switch. */
  nat: BuiltNat | undefined;
  /** Conntrack of the switch, once an interface has stateful rules. */
  conntrack: { readonly at: number; readonly table: FlowTable } | undefined;
  generation: Generation<Feature>;
  /** What the switch is made of while its file is read anew. */
  before: Builder | undefined;
  /** What each part gave to the lists that all share. */
  readonly #parts: Map<Feature, { routes: readonly RouteInit[]; labels: readonly [number, PlacedLabel][] }>;
  /** Where this builder, and those of the generations that it took over, look for their places. */
  readonly #files: { file: SwitchFile }[];

  /**
   * @param number of the switch in its file, from 1: part of default MACs and of its seed
   * @param before what the switch is made of now, when its file is read anew
   */
  constructor(readonly k: Kernels, file: SwitchFile, readonly root: Path, readonly config: SwitchConfig, readonly name: string, readonly number: number, before?: Builder) {
    this.before = before;
    this.portNames = Object.keys(config.ports);
    if (!before) {
      this.sw = k.alloc(Switch.SIZEOF, `switch ${name}`);
      this.generation = new Generation(k.arena);
      this.#files = [{ file }];
      this.#parts = new Map();
      return;
    }
    const { faults, routes, groups, labels, policies, hmacKeys, locators, neighbors, adjacencyVrfs } = this;
    Object.assign(this, before, { before, config, root, faults, routes, groups, labels, policies, hmacKeys, locators, neighbors, adjacencyVrfs, vrfs: new Map(before.vrfs), bulk4: undefined, bulk6: undefined });
    this.generation = new Generation(k.arena, before.generation.places, before.generation);
    this.#files = [{ file }, ...before.#files];
    this.#parts = new Map(before.#parts);
    this.sw = this.generation.temporary(() => k.alloc(Switch.SIZEOF, `switch ${name}`));
    k.bytes.copyWithin(this.sw, before.sw, before.sw + Switch.SIZEOF);
  }

  /** Build a part of the switch. */
  build(part: Feature): void {
    const { length } = this.routes, { size } = this.labels;
    this.generation.build(part, () => part.build?.(this));
    this.#parts.set(part, { routes: this.routes.slice(length), labels: [...this.labels].slice(size) });
  }

  /** Take a part over as it was. */
  carry(part: Feature): void {
    const { routes, labels } = this.#parts.get(part)!;
    this.generation.carry(part);
    this.routes.push(...routes);
    for (const [label, placed] of labels) this.labels.set(label, placed);
  }

  get file(): SwitchFile {
    return this.#files[0]!.file;
  }

  /** What is built is what runs from here on, at `sw`; places of what was carried over are looked up in the new file. */
  commit(sw: number): void {
    for (const f of this.#files) f.file = this.file;
    this.sw = sw;
    this.generation.commit();
    this.before = undefined;
  }

  /** Note a fault at a value of this switch. */
  fault(path: Path, message: string, key = false): void {
    this.faults.push(this.elsewhere?.(message) ?? this.file.fault([...this.root, ...path], message, key));
  }

  /** A place in the file. */
  place(path: Path): () => Position {
    return () => this.file.position([...this.root, ...path]);
  }

  /** Id of a place in the file; tables carry it so that a match leads back to its line. */
  line(path: Path): number {
    return this.lineAt(this.place(path));
  }

  /** The same for a place known otherwise, such as a line of a table file. */
  lineAt(position: () => Position): number {
    return this.generation.line(position);
  }

  /** Where table entry `id` was written. */
  position(id: number): Position | undefined {
    return this.generation.places.get(id);
  }

  /** Call `read`; an address or quantity that does not parse becomes a fault at `path`. */
  try<T>(path: Path, read: () => T): T | undefined {
    try {
      return read();
    } catch (e) {
      if (!(e instanceof AddressError || e instanceof QuantityError)) throw e;
      this.fault(path, e.message);
      return undefined;
    }
  }

  /** All routes, those of table files too. */
  *allRoutes(): Generator<RouteInit> {
    yield* this.routes;
    if (this.bulk4) yield* this.bulk4.all();
    if (this.bulk6) yield* this.bulk6.all();
  }

  get routeCount(): number {
    return this.routes.length + (this.bulk4?.length ?? 0) + (this.bulk6?.length ?? 0);
  }

  /** Index of a VRF by name; undefined and a fault when there is none. */
  vrf(name: string | undefined, path: Path): number | undefined {
    return this.#lookup(this.vrfs, name ?? 'default', path, 'VRF');
  }

  policy(name: string, path: Path): BuiltPolicy | undefined {
    return this.#lookup(this.policies, name, path, 'SRv6 policy');
  }

  bridge(name: string, path: Path): number | undefined {
    return this.#lookup(this.bridges, name, path, 'bridge');
  }

  interface(name: string, path: Path): Interface | undefined {
    const found = this.interfaces.find(i => i.name === name);
    if (!found) this.#unknown('interface', name, this.interfaces.map(i => i.name), path);
    return found;
  }

  #lookup<T>(map: ReadonlyMap<string, T>, name: string, path: Path, what: string): T | undefined {
    const found = map.get(name);
    if (found === undefined) this.#unknown(what, name, [...map.keys()], path);
    return found;
  }

  #unknown(what: string, name: string, known: readonly string[], path: Path): void {
    const guess = nearest(name, known);
    this.fault(path, `no ${what} "${name}"${guess ? `, do you mean "${guess}"?` : known.length > 0 ? `: there are ${known.join(', ')}` : ''}`);
  }

  /** Bridge that lists the interface `name`, which the caller is about to declare; undefined when none does. */
  memberOf(name: string): number | undefined {
    const member = this.members.get(name);
    if (member) member.found = true;
    return member?.bridge;
  }

  /** Declare an interface. */
  addInterface(init: Omit<Interface, 'index' | 'at'>): Interface {
    const iface = { ...init, index: this.interfaces.length + 1, at: 0 };
    this.interfaces.push(iface);
    return iface;
  }

  /** IfacePolicy of an interface, made on first use. */
  policyOf(iface: Interface): number {
    let at = this.policied.get(iface);
    if (at === undefined) {
      at = this.k.alloc(IfacePolicy.SIZEOF, 'policies');
      this.k.view.setUint32(iface.at + Iface.POLICY, at, true);
      this.policied.set(iface, at);
    }
    return at;
  }

  /** Give the declared interfaces their places. */
  placeInterfaces(): void {
    const { k } = this, at = k.alloc((this.interfaces.length + 1) * Iface.SIZEOF, 'interfaces');
    k.view.setUint32(this.sw + Switch.IFACES, at, true);
    // The router-id: source of our messages out of interfaces without an address (RFC 1812 section 4.3.2.4).
    this.#placeAddresses(at, this.interfaces.flatMap(i => i.addresses));
    for (const i of this.interfaces) {
      i.at = at + i.index * Iface.SIZEOF;
      k.view.setUint8(i.at + Iface.KIND, i.kind);
      k.view.setUint16(i.at + Iface.FLAGS, i.flags, true);
      k.view.setUint16(i.at + Iface.PORT, Math.max(0, i.port), true);
      k.view.setUint32(i.at + Iface.DOMAIN, i.domain, true);
      k.bytes.set(i.mac, i.at + Iface.MAC);
      k.view.setUint16(i.at + Iface.MTU, i.mtu, true);
      k.view.setUint32(i.at + Iface.LINE, this.line(i.path), true);
      this.#placeAddresses(i.at, i.addresses);
      k.bytes.set(linkLocal(i.mac), i.at + Iface.LINK_LOCAL);
      k.view.setUint8(i.at + Iface.TAG_COUNT, i.tags.length);
      k.view.setUint8(i.at + Iface.TAGS_POPPED, i.tags.length);
      k.view.setUint8(i.at + Iface.HORIZON, i.horizon ?? 0);
      k.view.setUint8(i.at + Iface.FE2, i.fe2 ?? 0);
      k.view.setUint16(i.at + Iface.INDEX, i.index, true);
      i.tags.forEach((t, n) => {
        k.view.setUint16(i.at + Iface.TAG + n * 4, t.tpid);
        k.view.setUint16(i.at + Iface.TAG + n * 4 + 2, t.vid);
      });
    }
  }

  /** The first address of each family goes into the Iface at `at`. */
  #placeAddresses(at: number, addresses: readonly Prefix[]): void {
    const first = (length: number) => addresses.find(a => a.address.length === length)?.address ?? [];
    this.k.bytes.set(first(4), at + Iface.IP4);
    this.k.bytes.set(first(16), at + Iface.IP6);
  }

  /** A Hop record. Equal hops are made once (their line is that of the first). */
  hop(init: HopInit): number {
    const { kind, code = 0, reason = 0, iface, rewrite = new Uint8Array(), aux = 0, via = 0, mtu = iface?.mtu ?? 0xffff } = init;
    const key = ['hop', kind, code, reason, iface?.index ?? 0, Buffer.from(rewrite).toString('hex'), aux, via, mtu].join();
    return this.generation.keep(key, [this.place(init.path)], () => {
      const { k } = this, at = k.alloc(Hop.SIZEOF, 'hop');
      k.view.setUint8(at + Hop.KIND, kind);
      k.view.setUint8(at + Hop.CODE, code);
      k.view.setUint16(at + Hop.PORT, Math.max(0, iface?.port ?? 0), true);
      k.view.setUint16(at + Hop.MTU, mtu, true);
      k.view.setUint8(at + Hop.REWRITE_LEN, rewrite.length);
      k.view.setUint32(at + Hop.LINE, this.line(init.path), true);
      k.view.setUint32(at + Hop.AUX, aux, true);
      k.bytes.set(rewrite, at + Hop.REWRITE);
      k.view.setUint16(at + Hop.REASON, reason, true);
      k.view.setUint32(at + Hop.IFACE, iface?.at ?? 0, true);
      k.view.setUint32(at + Hop.VIA, via, true);
      return at;
    });
  }

  /**
   * A record of the file's: the next generation of the switch has the same one,
   * with its counters, as long as the file says the same of it.
   * @param name of the entry, of all its kind
   * @param line offset of the record's u32 that holds the id of its place
   * @param fill writes the record's bytes, at 0 of the view
   */
  record(what: string, name: string | number, size: number, line: number, place: () => Position, fill: (view: DataView, bytes: Uint8Array) => void): number {
    const bytes = new Uint8Array(size);
    fill(new DataView(bytes.buffer), bytes);
    return this.generation.keep(`${what} ${name} ${Buffer.from(bytes).toString('latin1')}`, [place], () => {
      const { k } = this, at = k.alloc(size, what);
      k.bytes.set(bytes, at);
      k.view.setUint32(at + line, this.lineAt(place), true);
      return at;
    });
  }

  /** A Hop like the one at `hop` that is nobody else's: its counters and its line are its owner's. @param name of that owner, of all */
  ownHop(hop: number, name: string, path: Path): number {
    return this.generation.keep(`own hop ${hop} ${name}`, [this.place(path)], () => {
      const { k } = this, at = k.alloc(Hop.SIZEOF, 'hop');
      k.bytes.copyWithin(at, hop, hop + Hop.SIZEOF);
      k.view.setUint32(at + Hop.LINE, this.line(path), true);
      return at;
    });
  }

  /**
   * The hop to a neighbour on an interface.
   * @param ethertype of what will be sent: the L2 header names it
   */
  neighborHop(iface: Interface, mac: Uint8Array, ethertype: number, path: Path): number {
    return this.hop({ kind: iface.port < 0 ? HopKind.BRIDGE : HopKind.REWRITE, iface, rewrite: l2Header(mac, iface, ethertype), path });
  }

  /**
   * The hop to gateway `via`, resolved through static neighbours and
   * connected networks. Faults, and gives undefined, when it is on neither.
   * @param ethertype of what will be sent
   */
  gatewayHop(vrf: number, via: Uint8Array, port: string | undefined, ethertype: number, path: Path): number | undefined {
    const on = port === undefined ? this.connected(vrf, via) : this.interface(port, [...path.slice(0, -1), 'port']);
    if (!on) {
      if (port === undefined) this.fault(path, 'is on no connected network of its VRF: name the interface with `port`, or give one an address in that network');
      return undefined;
    }
    const neighbor = this.neighbors.get(neighborKey(on, via));
    if (neighbor) return this.neighborHop(on, neighbor.mac, ethertype, path);
    return this.hop({ kind: HopKind.GLEAN, iface: on, rewrite: via, path });
  }

  /** The L3 interface whose network holds an address, longest network first; else one with such a static neighbour. */
  connected(vrf: number, address: Uint8Array): Interface | undefined {
    let best: Interface | undefined, longest = -1;
    for (const i of this.interfaces) {
      if (i.kind !== IfaceKind.L3 || i.domain !== vrf) continue;
      if (this.neighbors.has(neighborKey(i, address)) && longest < 0) best = i;
      for (const a of i.addresses)
        if (a.address.length === address.length && a.length > longest && sameBytes(maskAddress(a.address, a.length), maskAddress(address, a.length))) [best, longest] = [i, a.length];
    }
    return best;
  }
}

/** Key of Builder.neighbors. */
export const neighborKey = (iface: Interface, address: Uint8Array): string => `${iface.index} ${Buffer.from(address).toString('hex')}`;

/** Ethernet header with the interface's tags. */
export function l2Header(dst: Uint8Array, iface: Interface, ethertype: number): Uint8Array {
  const tags = iface.tags.flatMap(t => [t.tpid >> 8, t.tpid & 255, t.vid >> 8, t.vid & 255]);
  return Uint8Array.from([...dst, ...iface.mac, ...tags, ethertype >> 8, ethertype & 255]);
}

/** fe80::/64 with the modified EUI-64 of a MAC (RFC 4291 appendix A). */
export function linkLocal(mac: Uint8Array): Uint8Array {
  return Uint8Array.from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, mac[0]! ^ 2, mac[1]!, mac[2]!, 0xff, 0xfe, mac[3]!, mac[4]!, mac[5]!]);
}

/** MAC of the n-th port (from 1) of the s-th switch (from 1) that names none: 02:00:00:00:ss:nn, carrying into the octets before. */
export function defaultMac(s: number, n: number): Uint8Array {
  return Uint8Array.from([2, 0, (s >> 8) & 255, (n >> 8) & 255, s & 255, n & 255]);
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((v, i) => v === b[i]);

/** A MAC as the file gives it, or the default. */
export const macOr = (b: Builder, text: string | undefined, path: Path, fallback: Uint8Array): Uint8Array =>
  text === undefined ? fallback : b.try(path, () => parseMac(text)) ?? fallback;
