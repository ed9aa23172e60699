// chain.test.ts -- examples/chain.yaml: what each service sees, what 10,000
// flows leave behind, and what it takes to change the chain.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Neighbors } from '../assembly/abi/neighbor.ts';
import { Switch as Sw } from '../assembly/abi/switch.ts';
import { IP4 } from '../assembly/wire/ip4.ts';
import { SRH } from '../assembly/wire/srh.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { setService, showServices } from '../src/switch/services_report.ts';
import { showFdb } from '../src/switch/fdb.ts';
import { showSids } from '../src/switch/srv6.ts';
import type { Switch } from '../src/switch/switch.ts';
import { checksum } from '../src/wire/checksum.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch, type Outcome } from './bench_switch.ts';
import { scratchPath } from './capture_files.ts';
import { needs, noProgram } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';

const YAML = readFileSync(new URL('../examples/chain.yaml', import.meta.url), 'utf8');
const IPS = 'fc00:0:2:a::', CACHE = 'fc00:0:2:c::', FIREWALL = 'fc00:0:3:f::', END = 'fc00:0:4:d4::';
const SERVICES = { ips: IPS, cache: CACHE, fw: FIREWALL } as const;
const CHAIN = `segments: ["${IPS}", "${CACHE}", "${FIREWALL}", "${END}"]`;
const chainOf = (...sids: readonly string[]): string => YAML.replace(CHAIN, `segments: [${[...sids, END].map(s => `"${s}"`).join(', ')}]`);
/** What scapy says comes to each port: test/vectors/chain.txt. */
const vectors = readFileSync(new URL('vectors/chain.txt', import.meta.url), 'utf8').replace(/#.*/g, '').split(/^at /m).slice(1).map(text => {
  const [at = '', ...hex] = text.trim().split(/\s+/);
  return { at, bytes: Buffer.from(hex.join(''), 'hex') };
});
/** The flow label is a hash: there, and none of scapy's business. */
function withoutLabel(frame: Uint8Array): Uint8Array {
  if (frame[12] !== 0x86) return frame;
  const out = frame.slice(), label = (out[15]! & 15) << 16 | out[16]! << 8 | out[17]!;
  assert.is.not(label, 0);
  out.set([out[15]! & 0xf0, 0, 0], 15);
  return out;
}

/** 10.1.0.9 > 10.2.x.y UDP, TTL 64, in by head:e1. */
function customer(flow: number, net = 2): Buffer {
  const out = Buffer.from('0200000001010200000000110800' + '45000021000100004011' + '0000' + '0a010009' + '0a020000' + '00000000000d0000' + '68656c6c6f', 'hex');
  out.writeUInt16BE(flow & 0xffff, 34);
  out.writeUInt16BE(2222, 36);
  out[32] = net;
  out[33] = 1 + (flow >> 16);
  out.writeUInt16BE(checksum(out.subarray(14, 34)), 24);
  return out;
}

/** What came to a switch by a port, in order. */
const seen = ({ visits }: Outcome, sw: string, port?: number): Uint8Array[] =>
  visits.filter(v => v.sw === sw && v.node === 'input' && (port === undefined || v.rxPort === port)).map(v => v.bytes);

/** TTL of the customer's packet as each service sees it: it tells their order. */
const innerTtl = (o: Outcome): Record<string, number> => Object.fromEntries(Object.keys(SERVICES).map(s => [s, seen(o, s)[0]!.at(-33 + IP4.TTL)!]));

const passed = (o: Outcome): string[] => Object.keys(SERVICES).filter(s => seen(o, s).length > 0);

test('each service sees the packet that the vectors say, and the next hop behind it too', () => {
  const b = new BenchSwitch(YAML), outcome = b.send([{ port: 'head:e1', bytes: customer(1111), id: 1 }]);
  assert.is(vectors.length, 10);
  for (const { at, bytes } of vectors) {
    const [sw = '', port = ''] = at.split(':'), number = b.network.switches.find(s => s.name === sw)!.portNames.indexOf(port);
    const frames = [...seen(outcome, sw, number), ...outcome.sent.filter(s => s.port === at).map(s => s.bytes)];
    assert.is(frames.length > 0, true, `nothing came to ${at}`);
    assert.fixture(hexdump(withoutLabel(frames[0]!)), hexdump(bytes), at);
  }
  assert.equal(outcome.sent.map(s => s.port), ['tail:e2']);
});

test('the firewall drops what it is to drop, and nothing else', () => {
  const b = new BenchSwitch(YAML), { visits, sent } = b.send([{ port: 'head:e1', bytes: customer(1, 66), id: 1 }, { port: 'head:e1', bytes: customer(2), id: 2 }]);
  assert.equal(visits.filter(v => v.drop).map(v => [v.sw, v.drop, v.id]), [['fw', 'BLACKHOLE', 1]]);
  assert.equal(sent.map(s => s.id), [2]);
});

/** Entries of every table of a switch. */
function entries(sw: Switch): Record<string, number> {
  const { built } = sw, { k } = built, { view } = k, at = (field: number) => view.getUint32(sw.at + field, true);
  const fib = (name: string, field: number) => [...built.vrfs.values()].reduce((sum, vrf) => sum + k.fn[name]!(at(field), vrf), 0);
  return {
    fib4: fib('lpm4_count', Sw.FIB4), fib6: fib('lpm6_count', Sw.FIB6), fdb: showFdb(sw).rows.length, neighbors: view.getUint32(at(Sw.NEIGHBORS) + Neighbors.USED, true),
    labels: view.getUint32(at(Sw.LABELS) + COUNT, true), udp: at(Sw.UDP_LOCAL) === 0 ? 0 : view.getUint32(at(Sw.UDP_LOCAL) + COUNT, true), vnis: at(Sw.VNIS) === 0 ? 0 : view.getUint32(at(Sw.VNIS) + COUNT, true),
    policies: built.policies.size, caches: showServices(sw).filter(s => s.cache).length, held: at(Sw.HELD),
  };
}
/** Slots.COUNT in assembly/tables. */
const COUNT = 8;

test('10,000 flows leave every table of every switch as it was', () => {
  const b = new BenchSwitch(YAML), { k, network } = b, [first] = network.switches, BURST = 100;
  let flow = 0;
  const burst = () => b.send(Array.from({ length: BURST }, () => ({ port: 'head:e1', bytes: customer(++flow), id: flow })), false).sent.length;
  const words = () => new BigUint64Array(k.bytes.slice(first!.at, Math.ceil(k.used / 64) * 64).buffer);
  const changed = (before: BigUint64Array, after: BigUint64Array) => {
    const list: number[] = [];
    before.forEach((w, i) => { if (w !== after[i]) list.push(i); });
    return list;
  };
  assert.is(burst(), BURST);
  const tables = network.switches.map(entries), { used } = k, before = words();
  assert.is(burst(), BURST);
  const after = words(), touched = new Set(changed(before, after));
  let passed = 0;
  for (let i = 0; i < 100; i++) passed += burst();
  assert.is(passed, 10_000);
  assert.equal(network.switches.map(entries), tables);
  assert.is(k.used, used);
  // Not a word of the switches' memory is written that a hundred flows do not write too: counters, and room to work in.
  assert.equal(changed(after, words()).filter(i => !touched.has(i)), []);
});

test('services come and go by the list at the headend; the other switches stay as they are', () => {
  const whole = new BenchSwitch(YAML), lines = YAML.split('\n');
  for (let set = 0; set < 8; set++) {
    const names = Object.keys(SERVICES).filter((_, i) => set & (1 << i)) as (keyof typeof SERVICES)[], yaml = chainOf(...names.map(n => SERVICES[n]));
    const differing = yaml.split('\n').map((l, i) => (l === lines[i] ? -1 : i)).filter(i => i >= 0);
    assert.equal(differing.map(i => lines[i]!.trim().split(':')[0]), set === 7 ? [] : ['chain'], 'one line of the file, and that of the policy');
    const b = new BenchSwitch(yaml);
    assert.equal(b.network.switches.slice(1).map(entries), whole.network.switches.slice(1).map(entries));
    // All that the other switches have in memory, byte for byte: tables, graphs, counters. (Without any segment but the
    // last the policy is a cache line shorter, so that they stand elsewhere.)
    const [, second] = b.network.switches, from = whole.network.switches[1]!.at;
    assert.is(second!.at, set === 0 ? from - 64 : from);
    if (set > 0) assert.ok(Buffer.compare(whole.k.bytes.subarray(from, whole.k.used), b.k.bytes.subarray(from, b.k.used)) === 0, 'memory of the other switches');
    const outcome = b.send([{ port: 'head:e1', bytes: customer(7), id: 1 }]);
    assert.equal(passed(outcome), names, `chain of ${names.join(', ') || 'none'}`);
    assert.equal(outcome.sent.map(s => s.port), ['tail:e2']);
  }
});

test('a running network takes another chain: proxies keep what they know', () => {
  const b = new BenchSwitch(YAML), send = () => b.send([{ port: 'head:e1', bytes: customer(7), id: 1 }]), at = () => b.network.switches[1]!.built.services.get('ips')!.at;
  assert.equal(passed(send()), ['ips', 'cache', 'fw']);
  setService(b.network.switches[1]!, 'cache', 'down');
  const before = at();
  b.network.reload(new SwitchFile('vectors.yaml', chainOf(FIREWALL)));
  assert.equal(passed(send()), ['fw']);
  b.network.reload(new SwitchFile('vectors.yaml', YAML));
  assert.equal(passed(send()), ['ips', 'fw'], 'what is down stays down');
  assert.is(at(), before);
  assert.equal(showServices(b.network.switches[1]!).map(s => [s.cache?.bytes, s.packets, s.bypassed]), [[112, 2n, 0n], [undefined, 1n, 1n]]);
  // the neighbour that the firewall is reached by has another MAC: its service follows
  b.network.reload(new SwitchFile('vectors.yaml', YAML.replace('02:00:00:00:07:01', '02:00:00:00:07:99')));
  const { visits, sent } = send();
  assert.equal([visits.find(v => v.drop)?.drop, sent.length], ['WRONG_MAC', 0]);
  assert.throws(() => { b.network.reload(new SwitchFile('vectors.yaml', YAML.replace('on_failure: bypass', 'on_failure: drop'))); }, /services.*cannot change while the switch runs/s);
});

test('another order of services is another list', () => {
  const b = new BenchSwitch(chainOf(CACHE, IPS, FIREWALL)), outcome = b.send([{ port: 'head:e1', bytes: customer(7), id: 1 }]);
  assert.equal(innerTtl(outcome), { ips: 63, cache: 63, fw: 62 });
  assert.is(seen(outcome, 'cache')[0]![14 + 40 + SRH.SEGMENTS_LEFT], 2);
  assert.equal(outcome.sent.map(s => s.port), ['tail:e2']);
});

test('a static proxy first: the path behind it is what is written there', () => {
  const b = new BenchSwitch(chainOf(FIREWALL, IPS, CACHE).replace(`cache: {segments: ["${END}"]`, `cache: {segments: ["${IPS}", "${CACHE}", "${END}"]`));
  const outcome = b.send([{ port: 'head:e1', bytes: customer(7), id: 1 }]);
  // fw routes, and every proxy takes one off what it puts back into its headers
  assert.equal(innerTtl(outcome), { ips: 61, cache: 60, fw: 63 });
  assert.equal(outcome.sent.map(s => s.port), ['tail:e2']);
});

test('a service that is down is passed by, or nothing passes: on_failure', () => {
  const b = new BenchSwitch(YAML), p1 = b.network.switches[1]!, p2 = b.network.switches[2]!, send = () => b.send([{ port: 'head:e1', bytes: customer(7), id: 1 }]);
  setService(p1, 'ips', 'down');
  assert.equal(passed(send()), ['cache', 'fw']);
  setService(p1, 'cache-in', 'down'); // by its interface
  assert.equal(passed(send()), ['fw']);
  assert.equal(showServices(p1).map(s => [s.service, s.state, s.bypassed]), [['ips', 'down', 2n], ['cache', 'down', 1n]]);
  setService(p2, 'firewall', 'down');
  const closed = send();
  assert.equal(closed.visits.filter(v => v.drop).map(v => [v.sw, v.node, v.drop]), [['p2', 'sr_proxy', 'PROXY_DOWN']]);
  for (const [sw, name] of [[p1, 'ips'], [p1, 'cache'], [p2, 'firewall']] as const) setService(sw, name, 'up');
  assert.equal(passed(send()), ['ips', 'cache', 'fw']);
  assert.throws(() => { setService(p1, 'fierwall', 'up'); }, /p1 has no service "fierwall"/);
});

test('show sids: a proxy\'s cache, its bytes and its age', () => {
  const b = new BenchSwitch(YAML), p1 = b.network.switches[1]!, second = 10n ** 12n;
  assert.equal(showSids(p1).map(s => [s.sid, s.behavior, s.service, s.cache]), [[IPS, 'End.AD', 'ips', undefined], [CACHE, 'End.AM', 'cache', undefined]]);
  b.send([{ port: 'head:e1', bytes: customer(7), id: 1, time: second }]);
  setService(p1, 'ips', 'down');
  b.send([{ port: 'head:e1', bytes: customer(7), id: 2, time: 3n * second }]);
  const [ips] = showSids(p1);
  assert.equal(ips!.cache, { bytes: 40 + 8 + 4 * 16, age: 2n * second, changes: 0n, flows: undefined });
  assert.is(ips!.packets, 2n);
});

const withTshark = needs(noProgram('tshark'));
withTshark('tshark reads the headers between the services', () => {
  const b = new BenchSwitch(YAML), outcome = b.send([{ port: 'head:e1', bytes: customer(7), id: 1 }]), file = scratchPath('chain.pcap');
  const port = (sw: number, name: string) => seen(outcome, b.network.switches[sw]!.name, b.network.switches[sw]!.portNames.indexOf(name))[0]!;
  writeCapture(file, [port(1, 'e1'), seen(outcome, 'ips')[0]!, seen(outcome, 'cache')[0]!, port(2, 'e1'), seen(outcome, 'fw')[0]!, port(3, 'e1')]);
  const fields = ['ipv6.dst', 'ipv6.routing.segleft', 'ipv6.routing.srh.last_entry', 'ip.dst', 'ip.ttl', 'ip.checksum.status', '_ws.malformed'];
  assert.equal(tsharkFields(file, fields).map(row => fields.map((_, i) => row[i] ?? '')), [
    [IPS, '3', '3', '10.2.2.1', '63', '1', ''],
    ['', '', '', '10.2.2.1', '63', '1', ''],
    [END, '1', '3', '10.2.2.1', '62', '1', ''],
    [FIREWALL, '1', '3', '10.2.2.1', '62', '1', ''],
    ['', '', '', '10.2.2.1', '62', '1', ''],
    [END, '', '', '10.2.2.1', '60', '1', ''],
  ]);
});

test.run();
