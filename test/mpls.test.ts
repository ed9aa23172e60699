// mpls.test.ts -- label switching as a whole: what other implementations make
// of the same frames, packets through an LSP, what a file may not say.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../src/capture/open.ts';
import { ConfigError } from '../src/switch/file.ts';
import { listGroups } from '../src/switch/groups.ts';
import { showLabels } from '../src/switch/mpls.ts';
import { build } from '../src/wire/build.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch, type Outcome } from './bench_switch.ts';
import { readAll, sharedPcaps, smallKernels } from './capture_files.ts';
import { needs, noProgram, noRecording } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';
import { readVectors } from './vectors.ts';
import { random } from './wasm.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** Frames of a capture. */
async function framesOf(path: string): Promise<Uint8Array[]> {
  const k = smallKernels();
  return (await readAll(k, openCapture(k, path))).map(p => p.bytes);
}

const run = (yaml: string, bytes: Uint8Array, port = 'e1'): Outcome => new BenchSwitch(yaml).send([{ port, bytes, id: 1 }]);
const dropsOf = ({ visits }: Outcome): string[] => visits.filter(v => v.edge === 'drop').map(v => v.drop);

// Open vSwitch 3.1 (its userspace datapath) with the flows push, pop and swap.

const ovs = join(sharedPcaps, '../oracles/ovs');
/** A switch that gives frames the addresses they came with, as the flows do. */
const ovsSwitch = (rest: string) => `
ports:
  e1: {mac: 02:00:00:00:00:0b, address: 10.9.1.1/24}
  e2: {mac: 02:00:00:00:00:0a, address: 10.9.2.1/24}
neighbors: [{address: 10.9.2.9, mac: "02:00:00:00:00:0b", port: e2}]
${rest}`;

/** One less in the IPv4 TTL at `at` and one more in its checksum's high octet: what routing does to a header. */
function routed(f: Uint8Array, at: number): Uint8Array {
  const out = f.slice();
  out[at + 8]! -= 1;
  const sum = ((out[at + 10]! << 8) | out[at + 11]!) + 0x100, folded = (sum & 0xffff) + (sum >> 16);
  out.set([folded >> 8, folded & 255], at + 10);
  return out;
}

needs(noRecording('oracles', 'ovs', 'in.hex'))('Open vSwitch makes the same of the same frames', async () => {
  const theirs = await framesOf(join(ovs, 'mpls_vlan_out.pcap'));
  const inputs = readFileSync(join(ovs, 'in.hex'), 'utf8').trim().split('\n').map(l => hex(l.split(' ')[1]!));
  const same = (what: string, config: string, input: number, want: Uint8Array) => {
    const { sent } = run(ovsSwitch(config), inputs[input]!);
    assert.is(sent.length, 1, what);
    assert.fixture(hexdump(sent[0]!.bytes), hexdump(want), what);
  };

  // It pushes without routing: the TTLs of packet and labels are one more than ours.
  const one = routed(theirs[0]!, 18);
  one[17]! -= 1;
  same('push one label, TC 5', 'routes: [{to: 10.0.0.2/32, push: [16001], via: 10.9.2.9, tc: 5}]', 3, one);

  // It takes the low three bits of the DSCP (46: 6) for TC, we the high ones (5): told here.
  const two = routed(theirs[1]!, 22);
  two[17]! -= 1;
  two[21]! -= 1;
  same('push two labels', 'routes: [{to: 10.0.0.2/32, push: [16002, 16001], via: 10.9.2.9, tc: 6}]', 4, two);
  const ours = run(ovsSwitch('routes: [{to: 10.0.0.2/32, push: [16002, 16001], via: 10.9.2.9}]'), inputs[4]!).sent[0]!.bytes;
  assert.equal([two[16]! >> 1, two[20]! >> 1].map(v => v & 7), [6, 6]);
  assert.equal([ours[16]! >> 1, ours[20]! >> 1].map(v => v & 7), [5, 5]);

  same('pop the last label', 'mpls: {ports: [e1], ttl: pipe, labels: {100: {php: true, via: 10.9.2.9}}}', 7, theirs[4]!);

  // Its flow takes one off the TTL that it uncovers; of a pipe the TTL outside counts alone (RFC 3443).
  const inner = theirs[5]!.slice();
  assert.is(inner[17], 2);
  inner[17] = 3;
  same('pop one of two labels', 'mpls: {ports: [e1], ttl: pipe, labels: {101: {php: true, via: 10.9.2.9}}}', 8, inner);

  const swap = 'mpls: {ports: [e1], labels: {102: {swap: 777, via: 10.9.2.9}}}';
  same('swap', swap, 9, theirs[6]!);
  assert.is(theirs.length, 7, 'it sends nothing for the swap with TTL 1');
  const last = run(ovsSwitch(swap), inputs[10]!);
  assert.equal(last.sent, []);
  assert.is(dropsOf(last)[0], 'MPLS_TTL_EXCEEDED');
});

needs(noProgram('tshark'))('tshark reads all that the vectors send, ICMP with its label stack too', () => {
  const frames: Uint8Array[] = [];
  for (const node of ['mpls_lookup', 'mpls_swap', 'mpls_pop', 'mpls_push'])
    for (const config of new Set(readVectors(node).map(c => c.config))) {
      const b = new BenchSwitch(config);
      for (const c of readVectors(node).filter(v => v.config === config && !v.name.startsWith('nothing under'))) frames.push(...b.send([{ port: c.port, bytes: c.in, id: 1, orig: c.orig ?? c.in.length }]).sent.map(s => s.bytes));
    }
  const work = mkdtempSync(join(tmpdir(), 'weft-mpls-'));
  try {
    const file = join(work, 'sent.pcap');
    writeCapture(file, frames);
    const fields = ['_ws.malformed', 'icmp.checksum.status', 'icmpv6.checksum.status', 'icmp.ext.checksum.status', 'icmp.mpls.label', 'mpls.label', 'pweth.cw'];
    const rows = tsharkFields(file, fields), column = (name: string) => rows.map(r => r[fields.indexOf(name)] ?? '').filter(v => v !== '');
    assert.is(rows.length, frames.length);
    assert.equal(column('_ws.malformed').filter(v => v.includes('[')), []);
    // Told of extensions, tshark sees one in any long quote: those without a label are none of ours.
    const good = (status: string, of: readonly string[]) => assert.ok(of.length > 0 && of.every(v => v === '1'), `${status}: ${of.join(' ')}`);
    for (const status of ['icmp.checksum.status', 'icmpv6.checksum.status']) good(status, column(status));
    good('icmp.ext.checksum.status', rows.filter(r => r[fields.indexOf('icmp.mpls.label')]).map(r => r[fields.indexOf('icmp.ext.checksum.status')]!));
    assert.ok(column('icmp.mpls.label').includes('200,7,74565,3001'));
    assert.ok(column('mpls.label').includes(Array.from({ length: 12 }, (_, i) => 16001 + i).join()));
  } finally {
    rmSync(work, { recursive: true });
  }
});

/** Labels of the stack in a frame, which may have VLAN tags; none when it has no stack. */
function stackOf(f: Uint8Array): number[] {
  const v = new DataView(f.buffer, f.byteOffset, f.length), labels: number[] = [];
  let at = 12;
  while (v.getUint16(at) === 0x8100) at += 4;
  if (v.getUint16(at) !== 0x8847) return [];
  for (at += 2; at + 4 <= f.length; at += 4) {
    labels.push(v.getUint32(at) >>> 12);
    if (v.getUint8(at + 2) & 1) break;
  }
  return labels;
}

needs(noRecording('pcaps'))('captures through a label switch: every packet goes somewhere or has a reason', async () => {
  for (const name of ['mpls_in_vlan.pcap', 'mpls_stack_1to2_pw_controlword.pcap', 'mpls_ttl_labels_trex.pcap', 'synth_sr_mpls_stacks.pcap', 'vlan_mpls_mixed.pcap']) {
    const frames = await framesOf(join(sharedPcaps, name)), own = [...new Set(frames.flatMap(stackOf))].filter(l => l >= 16);
    for (const op of ['{swap: [20000, 20001], via: 10.9.2.9}', '{php: true, via: 10.9.2.9}', '{pop: default}']) {
      const b = new BenchSwitch(`
ports:
  e1: {promiscuous: true, address: 10.9.1.1/24, vlans: {"1": {promiscuous: true}, "99": {promiscuous: true}, "3199": {promiscuous: true}, "3399": {promiscuous: true}, "215.11": {promiscuous: true}}}
  e2: {address: [10.9.2.1/24, "2001:db8:9::1/64"]}
neighbors: [{address: 10.9.2.9, mac: "02:00:00:00:00:0b", port: e2}, {address: "2001:db8:9::9", mac: "02:00:00:00:00:0b", port: e2}]
routes: [{to: default, via: 10.9.2.9}, {to: default6, via: "2001:db8:9::9"}]
mpls: {ports: [e1, e1.1, e1.99, e1.3199, e1.3399, e1.215.11], labels: {${own.map(l => `${l}: ${op}`).join(', ')}}}`);
      frames.forEach((bytes, i) => {
        const { visits, sent } = b.send([{ bytes, id: i + 1 }]), what = `${name} ${i + 1} ${op}`;
        assert.ok(!visits.some(v => v.drop === 'NONE' && v.node.startsWith('mpls_')), what);
        const reached = visits.some(v => v.node === 'mpls_lookup'), labels = stackOf(bytes);
        if (labels.length > 0 && visits.some(v => v.node === 'ethernet_input' && v.edge !== 'drop')) assert.ok(reached, what);
        // A label above 15 that is swapped or popped for the neighbour leaves, unless there is a reason.
        if (reached && labels[0]! >= 16 && op.includes('via') && dropsOf({ visits, sent }).length === 0) assert.is(sent.length, 1, what);
      });
    }
  }
});

// Packets through an LSP of three switches.

interface Lsp { model: 'uniform' | 'pipe'; stack: number[]; swap: number[] | undefined; entropy: number | boolean; tc: number | undefined }

const lsp = ({ model, stack, swap, entropy, tc }: Lsp) => {
  const after = [...(swap ?? []), ...stack.slice(1)];
  return `
switches:
  pe1:
    ports: {e1: {address: [10.1.0.1/16, "2001:db8:1::1/64"], mtu: 9000}, e2: {address: 10.9.1.1/24, mtu: 9100}}
    neighbors: [{address: 10.9.1.2, mac: "02:00:00:00:02:01", port: e2}]
    routes:
      - {to: 10.2.0.0/16, push: [${stack.join()}], via: 10.9.1.2, entropy: ${entropy}${tc === undefined ? '' : `, tc: ${tc}`}}
      - {to: "2001:db8:2::/64", push: [${stack.join()}], via: 10.9.1.2, entropy: ${entropy}}
    mpls: {ttl: ${model}}
  p:
    ports: {e1: {address: 10.9.1.2/24, mtu: 9100}, e2: {address: 10.9.2.1/24, mtu: 9200}}
    neighbors: [{address: 10.9.2.2, mac: "02:00:00:00:03:01", port: e2}]
    mpls: {ports: [e1], ttl: ${model}, labels: {${stack[0]}: {${swap ? `swap: [${swap.join()}]` : 'php: true'}, via: 10.9.2.2}}}
  pe2:
    ports: {e1: {address: [10.9.2.2/24, "2001:db8:9::1/64"], mtu: 9200}, e2: {address: [10.2.0.1/16, "2001:db8:2::1/64"], mtu: 9000}}
    neighbors: [{address: 10.2.0.9, mac: "02:00:00:00:00:09", port: e2}, {address: "2001:db8:2::9", mac: "02:00:00:00:00:09", port: e2}]
    mpls: {ports: [e1], ttl: ${model}, labels: {${after.map(l => `${l}: {pop: default}`).join(', ')}}}
links: [{endpoints: ["pe1:e2", "p:e1"]}, {endpoints: ["p:e2", "pe2:e1"]}]`;
};

const label = fc.integer({ min: 16, max: 0xfffff });
const lsps = fc.record({
  model: fc.constantFrom('uniform' as const, 'pipe' as const),
  labels: fc.uniqueArray(label, { minLength: 15, maxLength: 15 }),
  depth: fc.integer({ min: 1, max: 12 }),
  swaps: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  entropy: fc.oneof(fc.boolean(), fc.constant(1)),
  tc: fc.option(fc.integer({ min: 0, max: 7 }), { nil: undefined }),
}).map(({ model, labels, depth, swaps, entropy, tc }): Lsp =>
  ({ model, stack: labels.slice(0, depth), swap: swaps === undefined ? undefined : labels.slice(12, 12 + swaps), entropy, tc }));

const packets = fc.array(fc.record({
  six: fc.boolean(), ttl: fc.integer({ min: 4, max: 255 }), port: fc.integer({ min: 1, max: 65535 }),
  payload: fc.uint8Array({ maxLength: 300 }),
}), { minLength: 1, maxLength: 20 });

test('what goes into an LSP comes out of it, one off its TTL for each router it sees', () => {
  fc.assert(fc.property(lsps, packets, (config, list) => {
    const b = new BenchSwitch(lsp(config));
    const inputs = list.map(({ six, ttl, port, payload }, i) => {
      const ip = six ? `ipv6(src=2001:db8:1::9,dst=2001:db8:2::9,hlim=${ttl})` : `ip(src=10.1.0.9,dst=10.2.0.9,ttl=${ttl})`;
      const bytes = build(`eth(src=02:00:00:00:00:01,dst=02:00:00:00:01:01)/${ip}/udp(srcport=${port},dstport=7)/data(len=${payload.length})`);
      bytes.set(payload, bytes.length - payload.length);
      return { port: 'pe1:e1', bytes, id: i + 1 };
    });
    const { sent } = b.send(inputs, false), hops = config.model === 'uniform' ? 3 : 2;
    assert.is(sent.length, inputs.length);
    sent.forEach((s, i) => {
      const want = inputs[i]!.bytes.slice(), at = list[i]!.six ? 21 : 22;
      want.set(hex('0200000000090200000003020000').subarray(0, 12));
      want[at]! -= hops;
      if (!list[i]!.six) want.set(s.bytes.subarray(24, 26), 24);
      assert.is(s.port, 'pe2:e2');
      assert.fixture(hexdump(s.bytes), hexdump(want));
      if (!list[i]!.six) assert.is(headerSum(s.bytes.subarray(14, 34)), 0xffff);
    });
  }), { seed: 3443, numRuns: 40 });
});

/** Ones' complement sum of a header, its checksum included. */
function headerSum(h: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < h.length; i += 2) sum += (h[i]! << 8) | h[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

test('frames through a pseudowire come out as they went in', () => {
  fc.assert(fc.property(fc.boolean(), fc.boolean(), fc.uniqueArray(label, { minLength: 3, maxLength: 3 }), fc.array(fc.uint8Array({ minLength: 0, maxLength: 1486 }), { minLength: 1, maxLength: 8 }), (word, entropy, [tunnel, east, west], payloads) => {
    const pe = (n: number, mine: number, theirs: number) => `
  pe${n}:
    ports: {e1: {bridge: b1}, e2: {address: 10.9.0.${n}/24, mtu: 1600}}
    bridges: {b1: {}}
    neighbors: [{address: 10.9.0.${3 - n}, mac: "02:00:00:00:0${3 - n}:02", port: e2}]
    mpls: {ports: [e2], labels: {${tunnel}: {pop: default}}}
    pseudowires: {pw: {label_in: ${mine}, labels_out: [${tunnel}, ${theirs}], via: 10.9.0.${3 - n}, bridge: b1, control_word: ${word}, entropy: ${entropy}}}`;
    const b = new BenchSwitch(`switches:${pe(1, east!, west!)}${pe(2, west!, east!)}\nlinks: [{endpoints: ["pe1:e2", "pe2:e2"]}]`);
    const frames = payloads.map(p => Uint8Array.from([...hex('0200000000aa0200000000bb88b5'), ...p]));
    const there = b.send(frames.map((bytes, i) => ({ port: 'pe1:e1', bytes, id: i + 1 })), false).sent;
    assert.equal(there.map(s => [s.port, hexdump(s.bytes)]), frames.map(f => ['pe2:e1', hexdump(f)]));
    // And the bridge has learnt where they came from.
    const back = Uint8Array.from([...hex('0200000000bb0200000000aa88b5'), 1]);
    assert.equal(b.send([{ port: 'pe2:e1', bytes: back, id: 99 }], false).sent.map(s => s.port), ['pe1:e1']);
  }), { seed: 4448, numRuns: 15 });
});

test('any bytes end at an edge or a reason: no trap, no buffer lost', () => {
  const draw = random(3032);
  for (const node of ['mpls_lookup', 'mpls_swap', 'mpls_pop', 'mpls_push'])
    for (const config of new Set(readVectors(node).map(c => c.config))) {
      const b = new BenchSwitch(config), cases = readVectors(node).filter(c => c.config === config), free = () => b.k.fn['pool_free']!(b.k.pool), before = free();
      for (let i = 1; i <= 150; i++) {
        const c = cases[draw() % cases.length]!, cut = draw() % 4 === 0 ? draw() % (c.in.length + 1) : c.in.length, bytes = c.in.slice(0, cut);
        for (let flips = draw() % 6; flips > 0 && cut > 12; flips--) bytes[12 + draw() % Math.min(cut - 12, 60)] = draw();
        const { visits } = b.send([{ port: c.port, bytes, id: i, orig: cut + (draw() % 3 === 0 ? draw() % 40 : 0) }]);
        assert.ok(!visits.some(v => v.drop === 'NONE' && v.node.startsWith('mpls_')), `${node} ${c.name} ${Buffer.from(bytes).toString('hex')}`);
        assert.is(free(), before, `${node} ${c.name} ${Buffer.from(bytes).toString('hex')}`);
      }
    }
});

test('a stack that grows on a loop ends with NO_HEADROOM', () => {
  const grow = (n: number) => `
  s${n}:
    ports: {e1: {address: 10.9.${n}.1/24, mtu: 65521}, e2: {address: 10.8.${n}.1/24, mtu: 65521}}
    neighbors: [{address: 10.8.${n}.9, mac: "02:00:00:00:0${3 - n}:01", port: e2}]
    mpls: {ports: [e1], labels: {100: {swap: [100, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211], via: 10.8.${n}.9}}}`;
  const b = new BenchSwitch(`switches:${grow(1)}${grow(2)}\nlinks: [{endpoints: ["s1:e2", "s2:e1"]}, {endpoints: ["s2:e2", "s1:e1"]}]`);
  // A full buffer of the class for jumbo frames: the room is its 256 bytes of headroom.
  const bytes = new Uint8Array(9152);
  bytes.set(hex('0200000001010200000000018847000641ff'));
  const { visits, sent } = b.send([{ port: 's1:e1', bytes, id: 1 }]);
  assert.equal(sent, []);
  assert.equal(dropsOf({ visits, sent }), ['NO_HEADROOM']);
  assert.is(visits.filter(v => v.node === 'mpls_swap').length, 6);
});

// Files.

const file = (rest: string) => `
ports: {e1: {address: 10.9.1.1/24}, e2: {bridge: b1}}
bridges: {b1: }
neighbors: [{address: 10.9.1.9, mac: "02:00:00:00:00:09", port: e1}]
${rest}`;

function faultsOf(rest: string): string {
  try {
    new BenchSwitch(file(rest));
  } catch (e) {
    if (e instanceof ConfigError) return e.faults.join('\n');
    throw e;
  }
  return '';
}

for (const [what, rest, want] of [
  ['a special label', 'mpls: {labels: {15: {pop: default}}}', /:5:17: mpls\.labels\.15: labels are 16 to 1048575/],
  ['a label of more than 20 bits', 'mpls: {labels: {1048576: {pop: default}}}', /labels are 16 to 1048575/],
  ['a special label to push', 'routes: [{to: default, push: [3], via: 10.9.1.9}]', /routes\.0\.push: 3 is no label to send/],
  ['too large a label to push', 'routes: [{to: default, push: [1048576], via: 10.9.1.9}]', /routes\.0\.push\.0: 1048576: must be <= 1048575/],
  ['thirteen labels', `routes: [{to: default, push: [${Array(13).fill(16).join()}], via: 10.9.1.9}]`, /must NOT have more than 12 items \(1 to 12 labels/],
  ['no operation', 'mpls: {labels: {16: {via: 10.9.1.9}}}', /expected one of pop, swap and php, has none/],
  ['two operations', 'mpls: {labels: {16: {pop: default, swap: 17, via: 10.9.1.9}}}', /has pop and swap/],
  ['no neighbour', 'mpls: {labels: {16: {swap: 17}}}', /lacks "via"/],
  ['a neighbour of a pop', 'mpls: {labels: {16: {pop: default, via: 10.9.1.9}}}', /to send it to a neighbour say php/],
  ['a family of a swap', 'mpls: {labels: {16: {swap: 17, family: ip4, via: 10.9.1.9}}}', /family: goes with pop only/],
  ['an unknown VRF', 'mpls: {labels: {16: {pop: defaul}}}', /no VRF "defaul", do you mean "default"/],
  ['a neighbour without a MAC', 'mpls: {labels: {16: {swap: 17, via: 10.9.1.8}}}', /10\.9\.1\.8 is not under `neighbors`/],
  ['a neighbour nowhere', 'mpls: {labels: {16: {swap: 17, via: 10.7.1.8}}}', /is on no connected network/],
  ['an interface of a bridge', 'mpls: {ports: [e2]}', /e2 belongs to a bridge/],
  ['an unknown interface', 'mpls: {ports: [e9]}', /no interface "e9"/],
  ['push without via', 'routes: [{to: default, push: [16], port: e1}]', /routes\.0\.push: goes with via only/],
  ['entropy without push', 'routes: [{to: default, via: 10.9.1.9, entropy: true}]', /routes\.0\.entropy: goes with push only/],
  ['entropy below more labels than there are', 'routes: [{to: default, push: [16], via: 10.9.1.9, entropy: 2}]', /there are only 1 labels/],
  ['a pseudowire in no bridge', 'pseudowires: {pw: {label_in: 16, labels_out: [17], via: 10.9.1.9}}', /pseudowires\.pw: is in no bridge/],
  ['a label taken twice', 'mpls: {labels: {16: {pop: default}}}\npseudowires: {pw: {label_in: 16, labels_out: [17], via: 10.9.1.9, bridge: b1}}', /label 16 is taken already, at vectors\.yaml:6:/],
  ['a SID beyond the SRGB', 'mpls: {srgb: 16000-16004, sids: {5: {pop: default}}}', /sids\.5: index 5 is beyond the SRGB 16000-16004/],
  ['a SID beyond the neighbour\'s SRGB', 'mpls: {srgb: 16000-16999, sids: {5: {via: 10.9.1.9, srgb: 16000-16004}}}', /index 5 is beyond the SRGB/],
  ['SIDs without SRGB', 'mpls: {sids: {5: {pop: default}}}', /give `srgb`/],
  ['an SRGB of special labels', 'mpls: {srgb: 0-100}', /0-100: expected labels first-last within 16/],
] as const)
  test(`a file may not have ${what}`, () => { assert.match(faultsOf(rest), want); });

test('labels from a file; show labels', () => {
  const work = mkdtempSync(join(tmpdir(), 'weft-labels-'));
  try {
    const path = join(work, 'labels.txt'), write = (text: string) => { writeFileSync(path, text); };
    write('# core\n100 pop default\n300 swap 16001,16002 10.9.1.9\n\n200 php 10.9.1.9   # to the edge\n');
    const b = new BenchSwitch(file(`mpls: {ports: [e1], labels: "@${path}"}\npseudowires: {pw: {label_in: 250, labels_out: [17], via: 10.9.1.9, bridge: b1}}`));
    assert.equal(showLabels(b.network.switches[0]!.built).map(({ position, ...row }) => ({ ...row, line: position.line })), [
      { label: 0, does: 'pop', to: '', out: [], line: 5 },
      { label: 2, does: 'pop', to: '', out: [], line: 5 },
      { label: 7, does: 'pop', to: '', out: [], line: 5 },
      { label: 100, does: 'pop', to: 'default', out: [], line: 2 },
      { label: 200, does: 'php', to: '10.9.1.9', out: [], line: 5 },
      { label: 250, does: 'pseudowire', to: 'pw', out: [], line: 6 },
      { label: 300, does: 'swap', to: '10.9.1.9', out: [16001, 16002], line: 3 },
    ]);
    write('100 pop defaul\n101 push 5\n102 swap 1048576 10.9.1.9\n1048576 pop default\n');
    const faults = faultsOf(`mpls: {labels: "@${path}"}`);
    assert.match(faults, /labels\.txt:1:1: .*no VRF "defaul"/s);
    assert.match(faults, /labels\.txt:2:1: .*expected "label pop vrf"/s);
    assert.match(faults, /labels\.txt:3:1: .*1048576 is no label to send/s);
    assert.match(faults, /labels\.txt:4:1: .*labels are 16 to 1048575/s);
  } finally {
    rmSync(work, { recursive: true });
  }
});

test('flows are shared out over two LSPs', () => {
  const b = new BenchSwitch(`
ports: {e1: {address: 10.9.1.1/24}, e2: {address: 10.9.2.1/24}}
neighbors: [{address: 10.9.2.8, mac: "02:00:00:00:00:08", port: e2}, {address: 10.9.2.9, mac: "02:00:00:00:00:09", port: e2}]
groups: {g: {members: [{via: 10.9.2.8, push: [16001]}, {via: 10.9.2.9, push: [16002, 16003], entropy: true}]}}
routes: [{to: 10.0.0.0/8, group: g}]`);
  const { sent } = b.send(Array.from({ length: 64 }, (_, i) => ({ id: i + 1, bytes: build(`eth(dst=02:00:00:00:01:01)/ip(src=10.9.1.9,dst=10.1.0.1)/udp(srcport=${i + 1},dstport=7)`) })), false);
  const stacks = sent.map(s => stackOf(s.bytes)), one = stacks.filter(l => l.join() === '16001').length;
  assert.ok(one > 16 && one < 48, `${one} of 64 by the first`);
  assert.is(stacks.filter(l => l.slice(0, 3).join() === '16002,16003,7').length, 64 - one);
  assert.equal(listGroups(b.network.switches[0]!.built)[0]!.members.map(m => [m.interface, Number(m.packets)]), [['e2', one], ['e2', 64 - one]]);
});

test('prefix SIDs are labels of two SRGBs', () => {
  const b = new BenchSwitch(file('mpls: {srgb: 16000-16999, sids: {5: {via: 10.9.1.9}, 6: {via: 10.9.1.9, srgb: 20000-20999}, 7: {php: true, via: 10.9.1.9}, 8: {pop: default}}}'));
  assert.equal(showLabels(b.network.switches[0]!.built).slice(3).map(({ label, does, out }) => [label, does, ...out]), [[16005, 'swap', 16005], [16006, 'swap', 20006], [16007, 'php'], [16008, 'pop']]);
});

// Examples do what their comments say.

const example = (name: string) => readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8');
const through = (name: string, port: string, text: string): string[] =>
  run(example(name), build(text), port).sent.map(s => `${s.port} ${stackOf(s.bytes).join()}`);

test('examples/mpls.yaml', () => {
  const ip = 'ip(src=10.7.0.1,dst=10.8.0.1,ttl=9)/udp/data(len=9)', from = 'eth(src=02:00:00:00:01:09,dst=02:00:00:00:01:01)';
  const out = (label: number) => through('mpls', 'e1', `${from}/mpls(label=${label},ttl=9)/${ip}`);
  assert.equal(out(16002), ['e2 16002']);
  assert.equal(out(100), ['e2 200']);
  assert.equal(out(101), ['e2 16002,201']);
  assert.equal(out(102), ['e2 0']);
  assert.equal(out(103), ['e2 ']);
  const [pushed] = out(104);
  assert.match(pushed!, /^e2 16002,300,7,\d+$/);
  assert.equal(through('mpls', 'e1', `${from}/${ip}`), [pushed]);
});

test('examples/mpls-vpn.yaml', () => {
  assert.equal(through('mpls-vpn', 'pe1:e1', 'eth(dst=02:00:00:00:01:01)/ip(src=10.1.0.9,dst=10.2.0.9)/udp'), ['pe2:e1 ']);
  assert.equal(through('mpls-vpn', 'pe2:e1', 'eth(dst=02:00:00:00:03:01)/ip(src=10.2.0.9,dst=10.1.0.9)/udp'), ['pe1:e1 ']);
});

test('examples/pseudowire.yaml', () => {
  assert.equal(through('pseudowire', 'east:e1', 'eth(dst=ff:ff:ff:ff:ff:ff)/ip(src=10.2.0.9,dst=10.2.0.255)/udp'), ['west:e1 ']);
  assert.equal(through('pseudowire', 'west:e1', 'eth(dst=ff:ff:ff:ff:ff:ff)/ip(src=10.2.0.9,dst=10.2.0.255)/udp'), ['east:e1 ']);
});

test.run();
