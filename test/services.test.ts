// services.test.ts -- proxies in front of services that change nothing: what
// comes back is the packet that came, its segment advanced. Random packets,
// mixed bursts, the memory of flows, and what is wrong in a file.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../src/switch/file.ts';
import { showServices } from '../src/switch/services_report.ts';
import { explainFrame } from '../src/explain/explain.ts';
import { checksum } from '../src/wire/checksum.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { BenchSwitch, type Input } from './bench_switch.ts';

const SEED = 8986;
/** Kinds of proxies, each with a service of its own on ports o<i> and i<i>. */
const KINDS = [
  { name: 'as4', inner: 'ip4', behavior: 'End.AS' }, { name: 'as6', inner: 'ip6', behavior: 'End.AS' }, { name: 'ase', inner: 'ethernet', behavior: 'End.AS' },
  { name: 'ad4', inner: 'ip4', behavior: 'End.AD' }, { name: 'ad6', inner: 'ip6', behavior: 'End.AD' }, { name: 'ade', inner: 'ethernet', behavior: 'End.AD' },
  { name: 'af4', inner: 'ip4', behavior: 'End.AD', more: 'flows: 64' }, { name: 'af6', inner: 'ip6', behavior: 'End.AD', more: 'flows: 64' },
  { name: 'am', inner: 'ip6', behavior: 'End.AM' }, { name: 'late', inner: 'ip4', behavior: 'End.AM', more: 'segments_left: after' },
  { name: 'nat', inner: 'ip4', behavior: 'End.AM', more: 'flavors: [nat]' }, { name: 'amc', inner: 'ip6', behavior: 'End.AM', more: 'flavors: [cache]' },
] as const;
type Kind = (typeof KINDS)[number];
const LABEL = 0x12345, STATIC = ['fc00:0:2:e::', 'fc00:0:3:e::'];
const hex = (n: number) => n.toString(16).padStart(2, '0');

/** Services are wires: a bridge of two ports each, in a switch of their own. */
function network(): string {
  const ports = KINDS.map((_, i) => `o${i}: {mac: "02:00:00:00:aa:${hex(i)}", mtu: 9000}, i${i}: {mac: "02:00:00:00:bb:${hex(i)}", mtu: 9000}`);
  const services = KINDS.map((k, i) => `${k.name}: {behavior: ${k.behavior}, sid: "fc00:0:1:${i + 1}::", out: o${i}, in: i${i}${k.behavior === 'End.AM' ? '' : `, inner: ${k.inner}`}`
    + `${k.behavior !== 'End.AM' && k.inner === 'ethernet' ? '' : `, mac: "02:00:00:00:bb:${hex(i)}"`}${k.behavior === 'End.AS' ? `, cache: {segments: [${STATIC.map(s => `"${s}"`).join()}]}` : ''}${'more' in k ? `, ${k.more}` : ''}}`);
  return `switches:
  proxy:
    ports: {e1: {address: "2001:db8:1::1/64", mtu: 9000}, e2: {address: "2001:db8:2::1/64", mtu: 9000}, ${ports.join()}}
    neighbors: [{address: "2001:db8:2::9", mac: "02:00:00:00:00:09", port: e2}]
    routes: [{to: fc00::/16, via: "2001:db8:2::9"}]
    srv6: {source: fc00::77, flow_label: ${LABEL}}
    services: {${services.join()}}
  wires:
    ports: {${KINDS.map((_, i) => `a${i}: {mtu: 9000, learn: false}, b${i}: {mtu: 9000, learn: false}`).join()}}
    bridges: {${KINDS.map((_, i) => `w${i}: {ports: [a${i}, b${i}]}`).join()}}
links: [${KINDS.map((_, i) => `{endpoints: ["proxy:o${i}", "wires:a${i}"]}, {endpoints: ["wires:b${i}", "proxy:i${i}"]}`).join()}]
`;
}

const address = (text: string): Buffer => {
  const [head = '', tail = ''] = text.split('::'), words = (t: string) => t.split(':').filter(Boolean).map(w => parseInt(w, 16)), left = words(head), right = words(tail), out = Buffer.alloc(16);
  left.forEach((w, i) => { out.writeUInt16BE(w, i * 2); });
  right.forEach((w, i) => { out.writeUInt16BE(w, 16 - right.length * 2 + i * 2); });
  return out;
};

interface Inner { ttl: number; dscp: number; ecn: number; port: number; payload: Uint8Array }

/** A packet of a customer, or a frame with one. */
function inner(kind: Kind['inner'], { ttl, dscp, ecn, port, payload }: Inner): Buffer {
  const tos = dscp << 2 | ecn, udp = Buffer.concat([Buffer.from([port >> 8, port & 255, 0, 53, 0, 8 + payload.length, 0, 0]), payload]);
  udp.writeUInt16BE(8 + payload.length, 4);
  if (kind === 'ip6') {
    const h = Buffer.alloc(40);
    h.writeUInt32BE((0x60000000 | tos << 20 | 0x55) >>> 0, 0);
    h.writeUInt16BE(udp.length, 4);
    h.set([17, ttl], 6);
    h.set(address('2001:db8:a::1'), 8);
    h.set(address('2001:db8:b::1'), 24);
    return Buffer.concat([h, udp]);
  }
  const h = Buffer.from([0x45, tos, 0, 0, 0, 1, 0, 0, ttl, 17, 0, 0, 10, 1, 0, 1, 10, 2, 0, 2]);
  h.writeUInt16BE(20 + udp.length, 2);
  h.writeUInt16BE(checksum(h), 10);
  return Buffer.concat([...(kind === 'ethernet' ? [Buffer.from('0200000c00010200000b00010800', 'hex')] : []), h, udp]);
}

interface Outer { segments: readonly string[]; left: number; hops: number; tos: number; source: string }
const NEXT = { ip4: 4, ip6: 41, ethernet: 143 } as const;

/** IPv6 with the whole list behind it. */
function outer(kind: Kind['inner'], { segments, left, hops, tos, source }: Outer, inside: Uint8Array): Buffer {
  const h = Buffer.alloc(40 + 8 + 16 * segments.length), list = [...segments].reverse();
  h.writeUInt32BE((0x60000000 | tos << 20 | LABEL) >>> 0, 0);
  h.writeUInt16BE(h.length - 40 + inside.length, 4);
  h.set([43, hops], 6);
  h.set(address(source), 8);
  h.set(address(list[left]!), 24);
  h.set([NEXT[kind], segments.length * 2, 4, left, segments.length - 1], 40);
  list.forEach((s, i) => { h.set(address(s), 48 + i * 16); });
  return Buffer.concat([h, inside]);
}

const IN = Buffer.from('02000000010102000000009986dd', 'hex'), OUT = Buffer.from('02000000000902000000010286dd', 'hex');

test('what goes out to a service and comes back is what it was, but for the segment, hop limit and TTL', () => {
  const b = new BenchSwitch(network());
  let id = 0;
  const packets = fc.record({ ttl: fc.integer({ min: 2, max: 255 }), dscp: fc.nat(63), ecn: fc.nat(3), port: fc.nat(65535), payload: fc.uint8Array({ maxLength: 1000 }) });
  fc.assert(fc.property(fc.nat(KINDS.length - 1), packets, fc.integer({ min: 3, max: 255 }), fc.nat(63), fc.nat(255), fc.integer({ min: 2, max: 30 }), fc.nat(28), (n, p, hops, dscp, salt, size, behind) => {
    const kind: Kind = KINDS[n]!, segments = Array.from({ length: size }, (_, i) => `fc00:0:${hex(i + 16)}:${hex(salt)}::`), left = 1 + behind % (size - 1);
    segments[size - 1 - left] = `fc00:0:1:${n + 1}::`;
    // a mark that the inner packet shares, so that RFC 6040 has nothing to carry inside
    const tos = dscp << 2 | p.ecn, path = { segments, tos, source: 'fc00::1' };
    const { sent, visits } = b.send([{ port: 'proxy:e1', bytes: Buffer.concat([IN, outer(kind.inner, { ...path, left, hops }, inner(kind.inner, p))]), id: ++id }]);
    const masks = kind.behavior === 'End.AM', back = inner(kind.inner, { ...p, ttl: masks || kind.inner === 'ethernet' ? p.ttl : p.ttl - 1 });
    const want = kind.behavior === 'End.AS'
      ? outer(kind.inner, { segments: STATIC, left: 1, hops: 64, tos: p.dscp << 2 | p.ecn, source: 'fc00::77' }, back)
      : outer(kind.inner, { ...path, left: left - 1, hops: hops - (masks ? 2 : 1) }, back);
    assert.equal(sent.map(s => s.port), ['proxy:e2'], visits.filter(v => v.drop).map(v => `${v.node} ${v.drop}`).join());
    assert.fixture(hexdump(sent[0]!.bytes), hexdump(Buffer.concat([OUT, want])), kind.name);
  }), { seed: SEED, numRuns: 300 });
});

const AD = 3, FLOWS = 6;
const listed = (n: number, list: number, port: number): Buffer =>
  Buffer.concat([IN, outer('ip4', { segments: [`fc00:0:1:${n + 1}::`, `fc00:0:2:${hex(list)}::`, 'fc00:0:3::'], left: 2, hops: 64, tos: 0, source: 'fc00::1' }, inner('ip4', { ttl: 9, dscp: 0, ecn: 0, port, payload: new Uint8Array() }))]);
const returned = (n: number, port: number): Buffer => Buffer.concat([Buffer.from(`02000000bb${hex(n)}0200000000770800`, 'hex'), inner('ip4', { ttl: 9, dscp: 0, ecn: 0, port, payload: new Uint8Array() })]);
/** The list that a frame on e2 has, by its next segment. */
const listOf = (frame: Uint8Array): number => frame[14 + 24 + 7]!;

/** One proxy whose service's ports lead outside: both directions are ours to send. */
const open = (more = ''): BenchSwitch => new BenchSwitch(`
ports: {e1: {address: "2001:db8:1::1/64"}, e2: {address: "2001:db8:2::1/64"}, o: , i: {mac: "02:00:00:00:bb:03"}}
neighbors: [{address: "2001:db8:2::9", mac: "02:00:00:00:00:09", port: e2}]
routes: [{to: fc00::/16, via: "2001:db8:2::9"}]
srv6: {flow_label: ${LABEL}}
services: {ips: {behavior: End.AD, sid: "fc00:0:1:4::", inner: ip4, out: o, mac: "02:00:00:00:00:77", in: i${more}}}`);

test('a burst both ways gives what its packets give one by one', () => {
  const script = fc.array(fc.record({ back: fc.boolean(), list: fc.integer({ min: 1, max: 9 }), port: fc.nat(3) }), { minLength: 2, maxLength: 60 });
  for (const more of ['', ', flows: 8'])
    fc.assert(fc.property(script, steps => {
      const frames: Input[] = steps.map(({ back, list, port }, i) => (back ? { port: 'i', bytes: returned(AD, port), id: i + 1 } : { port: 'e1', bytes: listed(AD, list, port), id: i + 1 }));
      const one = open(more), single = frames.flatMap(f => one.send([f]).sent);
      const all = open(more), burst = all.run('e1', frames.map(f => all.enter(f))).sent;
      const told = (sent: typeof burst) => sent.map(s => `${s.id} ${s.port} ${hexdump(s.bytes)}`).sort().join('\n');
      assert.fixture(told(burst), told(single));
      // and a packet that comes back has the list of the last one of its kind before it
      for (const s of burst.filter(f => f.port === 'e2')) {
        const { port } = steps[s.id - 1]!, last = steps.slice(0, s.id - 1).findLast(x => !x.back && (more === '' || x.port === port));
        assert.is(listOf(s.bytes), last!.list);
      }
    }), { seed: SEED, numRuns: 40 });
});

test('two lists through one dynamic proxy mix up, and CHANGES says so; flows keep them apart', () => {
  const b = new BenchSwitch(network()), send = (n: number) => b.send([1, 2].flatMap(list => ({ port: 'proxy:e1', bytes: listed(n, list, list), id: list })));
  assert.equal(send(AD).sent.map(s => [s.id, listOf(s.bytes)]), [[1, 2], [2, 2]], 'both went out before either came back');
  assert.equal(send(FLOWS).sent.map(s => [s.id, listOf(s.bytes)]), [[1, 1], [2, 2]]);
  const rows = showServices(b.network.switches[0]!);
  assert.is(rows[AD]!.cache!.changes, 1n);
  assert.equal(rows[FLOWS]!.cache!.flows, { used: 2, size: 64, evicted: 0n });
});

test('the memory of flows is bounded: of a set the one unheard of for longest goes', () => {
  const b = open(', flows: 8'), rows = () => showServices(b.network.switches[0]!)[0]!.cache!.flows!;
  for (let port = 0; port < 500; port++) b.send([{ port: 'e1', bytes: listed(AD, port % 200, port), id: port + 1, time: BigInt(port) }], false);
  assert.equal([rows().used, rows().size, rows().evicted], [8, 8, 492n]);
  const back = Array.from({ length: 500 }, (_, port) => b.send([{ port: 'i', bytes: returned(AD, port), id: 1 }])).map(o => o.sent.length);
  assert.is(back.reduce((sum, n) => sum + n), 8);
  assert.is(back[499], 1, 'the newest is there');
  assert.ok(back.lastIndexOf(1) - back.indexOf(1) < 60, 'and the others are not much older');
});

test('proxy_flows against a model of it', () => {
  const k = loadKernels({ memory: 64 * 2 ** 20, small: 16, jumbo: 1, huge: 1 }), WAYS = 4, SETS = 8, HEAD = 64, SIZE = 640;
  const t = k.alloc(k.fn['proxy_flows_sizeof']!(WAYS * SETS), 'flows'), key = k.alloc(64, 'key'), sets = new Map<number, { id: number; since: number }[]>();
  let runs = 0;
  assert.is(k.fn['proxy_flows_sizeof']!(WAYS * SETS), HEAD + WAYS * SETS * SIZE);
  k.fn['proxy_flows_init']!(t, WAYS * SETS, 7);
  fc.assert(fc.property(fc.nat(99), fc.nat(1000), fc.boolean(), (id, step, take) => {
    const since = step * 10_000 + runs++; // no two alike, and time may step back
    k.bytes.fill(0, key, key + 40);
    k.view.setUint32(key + (id % 10) * 4, id + 1, true);
    const at = k.fn[take ? 'proxy_flows_take' : 'proxy_flows_find']!(t, key), known = [...sets].find(([, flows]) => flows.some(f => f.id === id));
    if (!take) return void assert.is(at !== 0, known !== undefined);
    const set = Math.floor((at - t - HEAD) / (WAYS * SIZE));
    if (known) assert.is(set, known[0]);
    const flows = sets.get(set) ?? [], own = flows.find(f => f.id === id);
    assert.is(k.view.getUint16(at, true), own ? 1 : 0);
    if (own) own.since = since;
    else {
      if (flows.length === WAYS) flows.splice(flows.indexOf(flows.reduce((a, f) => (f.since < a.since ? f : a))), 1);
      flows.push({ id, since });
    }
    sets.set(set, flows);
    k.view.setUint16(at, 1, true);
    k.view.setBigInt64(at + 8, BigInt(since), true);
  }), { seed: SEED, numRuns: 5000 });
});

test('a dynamic proxy is no last segment, but answers a ping', () => {
  const b = open(), last = (next: number, inside: Uint8Array) => {
    const packet = outer('ip4', { segments: ['fc00:0:9::', 'fc00:0:1:4::'], left: 0, hops: 64, tos: 0, source: 'fc00::1' }, inside);
    packet[40] = next;
    return b.send([{ port: 'e1', bytes: Buffer.concat([IN, packet]), id: 1 }]).visits.filter(v => !v.originated && v.node === 'srv6_local').map(v => `${v.edge} ${v.drop}`.trim());
  };
  assert.equal(last(4, inner('ip4', { ttl: 9, dscp: 0, ecn: 0, port: 1, payload: new Uint8Array() })), ['drop UPPER_LAYER_NOT_ALLOWED']);
  assert.equal(last(58, Buffer.from('8000000000010001', 'hex')), ['ip6_local']);
});

test('what goes past a service is counted, with segments left and without', () => {
  const b = new BenchSwitch(`
ports: {e1: {address: "2001:db8:1::1/64"}, e2: {address: "2001:db8:2::1/64"}, o: , i: }
neighbors: [{address: "2001:db8:2::9", mac: "02:00:00:00:00:09", port: e2}]
routes: [{to: fc00::/16, via: "2001:db8:2::9"}]
services: {fw: {behavior: End.AS, sid: "fc00:0:1:4::", inner: ip4, out: o, mac: "02:00:00:00:00:77", in: i, cache: {source: fc00::9, segments: ["fc00::2"]}, on_failure: bypass, down: true}}`);
  const last = listed(AD, 5, 1);
  last.set([0], 14 + 43);
  assert.is(b.send([{ port: 'e1', bytes: listed(AD, 5, 1), id: 1 }, { port: 'e1', bytes: last, id: 2 }]).sent.length, 2);
  const [row] = showServices(b.network.switches[0]!);
  assert.equal([row!.state, row!.bypassed, row!.packets], ['down', 2n, 1n]);
});

test('a service finds its proxy, and a proxy its service, by ARP', () => {
  const b = new BenchSwitch(`
switches:
  proxy:
    unresolved: queue
    ports: {e1: {address: "2001:db8:1::1/64"}, e2: {address: "2001:db8:2::1/64"}, o: {address: 10.9.0.1/30}, i: {address: 10.9.1.1/30}}
    neighbors: [{address: "2001:db8:2::9", mac: "02:00:00:00:00:09", port: e2}]
    routes: [{to: fc00::/16, via: "2001:db8:2::9"}]
    services: {fw: {behavior: End.AD, sid: "fc00:0:1:4::", inner: ip4, out: o, via: 10.9.0.2, in: i}}
  fw:
    unresolved: queue
    ports: {e1: {address: 10.9.0.2/30}, e2: {address: 10.9.1.2/30}}
    routes: [{to: default, via: 10.9.1.1}]
links: [{endpoints: ["proxy:o", "fw:e1"]}, {endpoints: ["fw:e2", "proxy:i"]}]`);
  assert.equal(b.send([{ port: 'proxy:e1', bytes: listed(AD, 5, 1), id: 1 }]).sent.map(s => [s.port, listOf(s.bytes)]), [['proxy:e2', 5]]);
});

test('explain names the service, its line, and what is cached', async () => {
  const b = open(), told = async (port: string, bytes: Uint8Array) => (await explainFrame(b.network, b.port(port), bytes)).visits.flatMap(v => (v.matched ? [`${v.node}: ${v.matched.table}: ${v.matched.entry} :${v.matched.position?.line}`] : []));
  const there = await told('e1', listed(AD, 5, 1)), back = await told('i', returned(AD, 1));
  assert.ok(there.includes('srv6_local: SIDs: fc00:0:1:4:: End.AD service ips by o :6'), there.join('\n'));
  assert.ok(there.includes('sr_proxy: services: to ips by o, End.AD, 96 bytes cached :6'), there.join('\n'));
  assert.ok(back.includes('ip4_lookup: FIB of VRF from i: 0.0.0.0/0, sr_proxy ips :6'), back.join('\n'));
  assert.ok(back.includes('sr_proxy: services: back from ips, End.AD, 96 bytes cached :6'), back.join('\n'));
});

function faults(services: string, rest = ''): string[] {
  try {
    new BenchSwitch(`ports: {e1: {address: 10.0.0.1/24}, o: , i: , j: {address: 10.1.0.1/24}}\nservices: {${services}}\n${rest}`);
  } catch (e) {
    if (e instanceof ConfigError) return e.faults.map(f => f.split('\n')[0]!.replace(/^\S+ /, ''));
    throw e;
  }
  return [];
}

test('what is wrong with a service is said where it stands', () => {
  const as = 'behavior: End.AS, sid: "fc00::1", inner: ip4, out: o, mac: "02:00:00:00:00:01", in: i';
  assert.equal(faults(`a: {${as}, cache: {source: fc00::9, segments: ["fc00::2"]}}`), []);
  assert.equal(faults(`a: {${as}, cache: {segments: ["fc00::2"]}}`), ['services.a.cache: lacks "source", and srv6 has none']);
  assert.equal(faults(`a: {${as}, cache: {source: fc00::9}}`), ['services.a.cache: lacks "segments", the path to put back']);
  assert.equal(faults(`a: {${as}, cache: {source: fc00::9, segments: ["fc00::2"], labels: [100]}}`), ['services.a.cache.labels: has no meaning with a SID']);
  assert.equal(faults(`a: {${as}}`), ['services.a: End.AS lacks "cache"']);
  assert.equal(faults('a: {behavior: End.AD, inner: ip4, out: o, mac: "02:00:00:00:00:01", in: i}'), ['services.a: expected one of sid and label']);
  assert.equal(faults('a: {behavior: End.AD, sid: "fc00::1", inner: ip4, out: o, in: i}'), ['services.a: expected one of via and mac, where the service is']);
  assert.equal(faults('a: {behavior: End.AD, sid: "fc00::1", inner: ethernet, out: o, in: i, mac: "02:00:00:00:00:01"}'), ['services.a: frames keep their addresses: neither via nor mac belongs here']);
  assert.equal(faults('a: {behavior: End.AD, sid: "fc00::1", inner: ethernet, out: o, in: j}'), ['services.a.in: j has an address: all its frames belong to a']);
  assert.equal(faults('a: {behavior: End.AD, sid: "fc00::1", inner: ethernet, out: o, in: i, flows: 9}'), ['services.a.flows: frames are told apart by no flow: leave it out']);
  assert.equal(faults('a: {behavior: End.AM, sid: "fc00::1", inner: ip4, out: o, in: i, mac: "02:00:00:00:00:01"}'), ['services.a.inner: has no meaning for End.AM']);
  assert.equal(faults('a: {behavior: End.AM, sid: "fc00::1", out: x, in: i, mac: "02:00:00:00:00:01"}'), ['services.a.out: no interface "x", do you mean "o"?']);
  const ad = (name: string, sid: string, more: string) => `${name}: {behavior: End.AD, sid: "${sid}", out: o, mac: "02:00:00:00:00:01", in: i, ${more}}`;
  assert.equal(faults(`${ad('a', 'fc00::1', 'inner: ip4')}, ${ad('b', 'fc00::2', 'inner: ip6')}`), []);
  assert.equal(faults(`${ad('a', 'fc00::1', 'inner: ip4')}, ${ad('b', 'fc00::1', 'inner: ip6')}`), ['services.b.sid: fc00::1 is a SID already']);
  assert.equal(faults(`${ad('a', 'fc00::1', 'inner: ip4')}, ${ad('b', 'fc00::2', 'inner: ip4')}`), ['services.b.in: i is where a comes back: only another inner type, or End.AM with the same flavors, goes with it']);
  assert.equal(faults(`${ad('a', 'fc00::1', 'inner: ip4')}`, 'srv6: {sids: {"fc00::1": {behavior: End}}}'), ['services.a.sid: fc00::1 is a SID already']);
});

test.run();
