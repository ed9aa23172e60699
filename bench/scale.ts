// scale.ts -- tables from 10^3 to 10^6 entries: time to fill, bytes an entry,
// lookups; rules of security groups; and a region's gateway with a million VNIs and a million routes over
// 100,000 VRFs: time to load, memory, forwarding.
//
//   npx tsx bench/scale.ts            # everything: two minutes, 2 GiB
//   npx tsx bench/scale.ts 100000     # up to so many
//
// Lookups are of keys drawn from those in the table, in random order, called
// one by one from JavaScript; what a call alone costs is taken off (`call`), what
// it costs to make a 64-bit key there is not.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from '../assembly/abi/packet.ts';
import { Rule, RuleKey } from '../assembly/abi/policy.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { receive, release, take, Vector } from '../src/kernel/packets.ts';
import type { Kernels } from '../src/kernel/kernels.ts';
import { type Box, placeClassifier } from '../src/switch/classifier.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { build } from '../src/wire/build.ts';
import { ruleSet } from '../test/rule_sets.ts';
import { headLines, machine } from './machine.ts';
import { generator } from './random.ts';

type Wide = (...args: (number | bigint)[]) => number;
const MIB = 2 ** 20, most = Number(process.argv[2] ?? 1e6), sizes = [1e3, 1e4, 1e5, 1e6].filter(n => n <= most);
const seconds = (f: () => void): number => { const start = process.hrtime.bigint(); f(); return Number(process.hrtime.bigint() - start) / 1e9; };
const rss = (): number => process.memoryUsage().rss / MIB;

/** A table as the measurement sees it. */
interface Table {
  readonly name: string;
  /** Make it for n entries. @returns put and get of the i-th, and what get must give */
  make(k: Kernels, n: number): { put(i: number): void; get(i: number): number };
}

const fn = (k: Kernels, name: string): Wide => k.fn[name] as unknown as Wide;
const mix = (i: number): number => Math.imul(i + 1, 0x9e3779b1) >>> 0;

const TABLES: readonly Table[] = [
  { name: 'call', make: k => ({ put: () => undefined, get: () => fn(k, 'abi_version')() }) },
  ...(['exact32', 'exact64'] as const).map((name): Table => ({ name, make(k, n) {
    const t = k.alloc(fn(k, `${name}_sizeof`)(n) >>> 0, name), put = fn(k, `${name}_put`), get = fn(k, `${name}_get`), key = (i: number) => (name === 'exact32' ? mix(i) : BigInt(mix(i)));
    fn(k, `${name}_init`)(t, n);
    return { put: i => put(t, key(i), i), get: i => get(t, key(i)) };
  } })),
  { name: 'exact128 (SIDs)', make(k, n) {
    const t = k.alloc(fn(k, 'exact128_sizeof')(n) >>> 0, 'exact128'), put = fn(k, 'exact128_put'), get = fn(k, 'exact128_get');
    fn(k, 'exact128_init')(t, n);
    return { put: i => put(t, 0xfcn, BigInt(mix(i)), i), get: i => get(t, 0xfcn, BigInt(mix(i))) };
  } },
  { name: 'exact64 (VNIs)', make(k, n) {
    const t = k.alloc(fn(k, 'exact64_sizeof')(n) >>> 0, 'VNIs'), put = fn(k, 'exact64_put'), get = fn(k, 'exact64_get'), key = (i: number) => 64n << 32n | BigInt(i);
    fn(k, 'exact64_init')(t, n);
    return { put: i => put(t, key(i), i), get: i => get(t, key(i)) };
  } },
  { name: 'fdb', make(k, n) {
    const t = k.alloc(fn(k, 'fdb_sizeof')(n) >>> 0, 'fdb'), put = fn(k, 'fdb_put'), get = fn(k, 'fdb_get');
    fn(k, 'fdb_init')(t, n, 1);
    return { put: i => put(t, 1, BigInt(mix(i)) << 8n | 2n, i), get: i => get(t, 1, BigInt(mix(i)) << 8n | 2n, 0n) };
  } },
  { name: 'lpm4, one VRF', make(k, n) {
    const t = k.alloc(fn(k, 'lpm4_sizeof')(1, n) >>> 0, 'lpm4'), put = fn(k, 'lpm4_put'), get = fn(k, 'lpm4_get'), prefix = (i: number) => (0x0b000000 + i * 256) >>> 0;
    fn(k, 'lpm4_init')(t, 1, n);
    const trie = fn(k, 'lpm4_trie_sizeof')(n, 0) >>> 0;
    if (trie > 0) fn(k, 'lpm4_trie')(t, 0, k.alloc(trie, 'trie'), n, 0);
    return { put: i => put(t, 0, prefix(i), 24, (i & 1023) * 64), get: i => get(t, 0, prefix(i) + 7) };
  } },
  { name: 'lpm4, 10 a VRF', make(k, n) {
    const vrfs = Math.ceil(n / 10), t = k.alloc(fn(k, 'lpm4_sizeof')(vrfs, n) >>> 0, 'lpm4'), put = fn(k, 'lpm4_put'), get = fn(k, 'lpm4_get');
    fn(k, 'lpm4_init')(t, vrfs, n);
    return { put: i => put(t, Math.floor(i / 10), 0x0a000000 + i % 10 * 256, 24, 64), get: i => get(t, Math.floor(i / 10), 0x0a000007 + i % 10 * 256) };
  } },
  { name: 'lpm6', make(k, n) {
    const entries = n * (fn(k, 'lpm6_cost')(48) >>> 0), t = k.alloc(fn(k, 'lpm6_sizeof')(1, entries) >>> 0, 'lpm6'), at = k.alloc(16, 'prefix'), view = k.view, put = fn(k, 'lpm6_put_many'), get = fn(k, 'lpm6_get');
    const one = k.alloc(24, 'route'), hi = (i: number) => 0x20010000_00000000n | BigInt(i) << 16n;
    fn(k, 'lpm6_init')(t, 1, entries);
    view.setUint32(at, 0);
    return { put(i) { view.setBigUint64(one, hi(i)); view.setUint32(one + 16, 48, true); view.setUint32(one + 20, 64, true); put(t, 0, one, 1); }, get: i => get(t, 0, hi(i), 7n) };
  } },
  { name: 'flow table', make(k, n) {
    const t = k.alloc(fn(k, 'flows_sizeof')(n) >>> 0, 'flows'), key = k.alloc(64, 'key'), add = fn(k, 'flows_add'), get = fn(k, 'flows_get'), hash = fn(k, 'flows_hash');
    fn(k, 'flows_init')(t, n, 1);
    // What flowKeyHash makes of real packets: made before, and not part of a lookup.
    const hashes = Uint32Array.from({ length: n }, (_, i) => fn(k, 'hash32')(i, 1)), at = (i: number) => { k.u32[key >>> 2] = i; return hash(t, key, hashes[i]!); };
    return { put: i => add(t, key, at(i), 0n, 1n << 60n), get: i => get(t, key, at(i), 1n) };
  } },
];

for (const line of headLines(machine())) console.log(line);
console.log(`\n${'table'.padEnd(18)}${'entries'.padStart(9)}${'fill, s'.padStart(10)}${'bytes/entry'.padStart(13)}${'lookup, ns'.padStart(12)}`);
const call = new Map<number, number>();
for (const { name, make } of TABLES)
  for (const n of sizes) {
    const k = loadKernels({ memory: 1024 * MIB, small: 1, jumbo: 1, huge: 1 }), before = k.used, { put, get } = make(k, n), random = generator(n);
    const filled = seconds(() => { for (let i = 0; i < n; i++) put(i); }), keys = Array.from({ length: 1e5 }, () => random() % n);
    let best = Infinity, missed = 0;
    for (let round = 0; round < 5; round++) best = Math.min(best, seconds(() => { for (const i of keys) if (get(i) === -1 || (name === 'flow table' && get(i) === 0)) missed++; }));
    const ns = best / keys.length * 1e9;
    if (missed > 0) throw new Error(`${name}: ${missed} lookups of ${n} entries missed`);
    if (name === 'call') call.set(n, ns);
    console.log(`${name.padEnd(18)}${String(n).padStart(9)}${filled.toFixed(2).padStart(10)}${((k.used - before) / n).toFixed(0).padStart(13)}${(name === 'call' ? ns : ns - call.get(n)!).toFixed(1).padStart(12)}`);
  }

/** Rules of an access list, IPv4, looked up by the packets that they are for. */
function rules(n: number): void {
  const k = loadKernels({ memory: 256 * MIB, small: 1, jumbo: 1, huge: 1 }), random = generator(5), find = fn(k, 'classifier_find4'), start = k.used;
  const boxes: Box[] = ruleSet('acl', n, false, random).map((box, order) => ({ ...box, order, rule: k.alloc(Rule.SIZEOF, 'rule'), expires: false }));
  let at = 0;
  const compiled = seconds(() => { at = placeClassifier(k, boxes, false); }), used = k.used - start, keys = Array.from({ length: 1024 }, () => k.alloc(RuleKey.SIZE4, 'key'));
  for (const key of keys) {
    const { least, most } = boxes[random() % n]!;
    k.u32.set(least.map((low, i) => low + Math.floor((most[i]! - low) * (random() / 2 ** 32))), key >>> 2);
  }
  let best = Infinity;
  for (let round = 0; round < 40; round++) best = Math.min(best, seconds(() => { for (let i = 0; i < 16; i++) for (const key of keys) find(at, key, 0n); }));
  console.log(`rules: ${String(n).padStart(5)}: compiled in ${compiled.toFixed(2)} s, ${(used / n).toFixed(0)} bytes a rule, ${(best / 16384 * 1e9).toFixed(1)} ns a lookup with its call, 1,024 flows`);
}

for (const n of [10, 100, 1000, 10_000]) rules(n);

/** A gateway of `n` VNIs and routes over n / 10 VRFs: from files to packets. */
function region(n: number): void {
  const dir = mkdtempSync(join(tmpdir(), 'weft-scale-')), vrfs = n / 10, vrf = (i: number) => `t${i % vrfs}`;
  writeFileSync(join(dir, 'vrfs.txt'), Array.from({ length: vrfs }, (_, i) => `t${i}`).join('\n'));
  writeFileSync(join(dir, 'vnis.txt'), Array.from({ length: n }, (_, i) => `${i + 1} ${vrf(i)}`).join('\n'));
  writeFileSync(join(dir, 'routes.txt'), `0.0.0.0/0 10.0.0.1\n${Array.from({ length: n }, (_, i) => `10.${i % 10 + 1}.${Math.floor(i / 10) & 255}.0/24 vrf:default ${vrf(Math.floor(i / 10))}`).join('\n')}`);
  writeFileSync(join(dir, 'gateway.yaml'), `ports: {up: {address: 10.0.0.0/31, mtu: 9000}}\nvrfs: "@vrfs.txt"\nneighbors: [{address: 10.0.0.1, mac: 02:00:00:00:00:01, port: up}]\nroutes: "@routes.txt"\nvxlan: {region: {vni: 16777215, vrf_l3: t0, router_mac: 02:00:00:00:00:99, local: 10.255.0.1, vnis: "@vnis.txt"}}\n`);
  const idle = rss();
  let network: Network | undefined;
  const k = loadKernels({ memory: 1024 * MIB });
  const loaded = seconds(() => { network = new Network(k, SwitchFile.read(join(dir, 'gateway.yaml'))); });
  rmSync(dir, { recursive: true });
  const vector = new Vector(k), random = generator(1), packets = 256 * 400;
  let out = 0;
  const frames = Array.from({ length: 4096 }, () => {
    const v = random() % n, t = v % vrfs, subnet = t & 255;
    return build(`eth(dst=02:00:00:00:01:01)/ip(src=192.0.2.1,dst=10.255.0.1)/udp(srcport=50000,dstport=4789)/vxlan(vni=${v + 1})/eth(dst=02:00:00:00:00:99,src=02:00:00:00:00:98)/ip(src=172.16.0.1,dst=10.${random() % 10 + 1}.${subnet}.7)/udp(srcport=1,dstport=2)`);
  });
  const forwarded = seconds(() => {
    for (let i = 0; i < packets; i += 256) {
      const handles = Array.from({ length: 256 }, (_, j) => receive(k, frames[(i + j) % frames.length]!, { id: i + j + 1 }));
      vector.put(handles);
      network!.input(0, vector.at, 256);
      network!.run({ sent: count => { out += count; for (const d of take(k, 'TX')) release(k, d); } });
    }
  });
  if (out !== packets || k.view.getUint32(k.pool + Pool.TX_COUNT, true) !== 0) throw new Error(`${out} of ${packets} packets came out of the gateway`);
  console.log(`gateway: ${n} VNIs, ${n} routes, ${vrfs} VRFs: loaded in ${loaded.toFixed(1)} s, tables ${(k.used / MIB).toFixed(0)} MiB, RSS ${rss().toFixed(0)} MiB (${idle.toFixed(0)} before), ${(forwarded / packets * 1e9).toFixed(0)} ns a packet with its way in and out of JavaScript`);
}

console.log('');
for (const n of sizes.filter(s => s >= 1e4)) region(n);
