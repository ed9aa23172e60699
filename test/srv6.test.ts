// srv6.test.ts -- SRv6 as a user meets it: the examples, what `show` tells,
// table files, faults of a switch file.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadKernels } from '../src/kernel/load.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { showPolicies, showSids } from '../src/switch/srv6.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch } from './bench_switch.ts';
import { needs, noProgram } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';

const example = (name: string) => readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8');
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s+/g, ''), 'hex'));

/** IPv4 10.1.0.1 -> 10.2.0.2, UDP 1111 -> 2222 "SRv6"; TTL and header checksum are the caller's. */
const inner = (ttl: string, sum: string) => `45000020 00010000 ${ttl}11${sum} 0a010001 0a020002 045708ae 000c1543 53527636`;

test('a packet over three segments: each hop byte for byte', () => {
  // H.Encaps.Red with three SIDs; End; End with PSP; End.DT4.
  const sids = ['fc00:0:1:e::', 'fc00:0:2:e::', 'fc00:0:3:d4::'];
  const stage = (srv6: string, route: string) => `
ports: {e1: {address: 2001:db8:1::1/64}, e2: {address: 2001:db8:2::1/64}}
neighbors: [{address: "2001:db8:2::9", mac: 02:00:00:00:00:02, port: e2}]
srv6: {${srv6}}
routes: [{to: fc00::/16, via: "2001:db8:2::9"}, {to: 10.2.0.0/16, ${route}}]`;
  const out = 'via: "2001:db8:2::9"', source = 'source: 2001:db8::1, flow_label: 0x12345', list = sids.map(s => `"${s}"`).join();
  const send = (yaml: string, type: string, packet: string) => {
    const out = new BenchSwitch(yaml).send([{ bytes: hex(`020000000101 020000000001 ${type} ${packet}`), id: 1 }]).sent;
    assert.is(out.length, 1);
    return out[0]!.bytes.subarray(14);
  };
  const A = '20010db8 00000000 00000000 00000001', S1 = 'fc000000 0001000e 00000000 00000000', S2 = 'fc000000 0002000e 00000000 00000000', S3 = 'fc000000 000300d4 00000000 00000000';
  const path: [string, string, string, string][] = [
    [stage(`${source}, policies: {p: {segments: [${list}]}}`, 'srv6: p'), '0800', inner('40', '66c7'),
      `60012345 00582b40 ${A} ${S1} 04060402 02000000 ${S3} ${S2} ${S1} ${inner('3f', '67c7')}`],
    [stage(`${source}, policies: {p: {segments: [${list}], mode: encaps.red}}`, 'srv6: p'), '0800', inner('40', '66c7'),
      `60012345 00482b40 ${A} ${S1} 04040402 01000000 ${S3} ${S2} ${inner('3f', '67c7')}`],
    [stage(`sids: {"${sids[0]}": {behavior: End}}`, out), '86dd', `60012345 00482b40 ${A} ${S1} 04040402 01000000 ${S3} ${S2} ${inner('3f', '67c7')}`,
      `60012345 00482b3f ${A} ${S2} 04040401 01000000 ${S3} ${S2} ${inner('3f', '67c7')}`],
    [stage(`sids: {"${sids[1]}": {behavior: End, flavors: [psp]}}`, out), '86dd', `60012345 00482b3f ${A} ${S2} 04040401 01000000 ${S3} ${S2} ${inner('3f', '67c7')}`,
      `60012345 0020043e ${A} ${S3} ${inner('3f', '67c7')}`],
    [stage(`sids: {"${sids[2]}": {behavior: End.DT4}}`, out), '86dd', `60012345 0020043e ${A} ${S3} ${inner('3f', '67c7')}`, inner('3e', '68c7')],
  ];
  for (const [yaml, type, packet, want] of path) assert.fixture(hexdump(send(yaml, type, packet)), hexdump(hex(want)));
});

test('examples/srv6.yaml: a packet from head to tail, counted at each', () => {
  const b = new BenchSwitch(example('srv6')), { switches } = b.network;
  const { sent } = b.send([{ port: 'head:e1', bytes: hex(`020000000101 020000000011 0800 ${inner('40', '66c7')}`), id: 1 }]);
  assert.equal(sent.map(s => s.port), ['tail:e2']);
  assert.is(hexdump(sent[0]!.bytes), hexdump(hex(`020000000012 020000000302 0800 ${inner('3e', '68c7')}`)));
  const counts = switches.flatMap(s => showSids(s).map(r => `${s.name} ${r.sid} ${r.behavior} ${r.flavors.join()} ${r.vrf} ${r.interface} ${r.packets} ${r.bytes}`));
  assert.equal(counts, [
    'head fc00:0:1:d4:: End.DT4  red  0 0',
    'mid fc00:0:2:e:: End psp   1 96', // IPv6, SRH with one segment, 32 bytes
    'mid fc00:0:2:a:: End.X   e2 0 0',
    'tail fc00:0:3:d4:: End.DT4  red  1 72',
  ]);
  assert.equal(showPolicies(switches[0]!).map(p => [p.name, p.segments, p.mode, p.packets, p.bytes, p.position.line]),
    [['over-mid', ['fc00:0:2:e::', 'fc00:0:3:d4::'], 'encaps.red', 1n, 96n, 20]]);
});

test('examples/srv6-edge.yaml: what comes for a VRF leaves in it', () => {
  const b = new BenchSwitch(example('srv6-edge'));
  const outer = (sid: string) => hex(`020000000103 020000000013 86dd 60000000 0020 0440 20010db8 00000000 00000000 00000001 ${sid} ${inner('40', '66c7').replace('0a020002', '0a010009').replace('66c7', '66c1')}`);
  const [red] = b.send([{ port: 'e3', bytes: outer('fc000000 00010046 00000000 00000000'), id: 1 }]).sent;
  const [blue] = b.send([{ port: 'e3', bytes: outer('fc000000 000100d4 00000000 00000000'), id: 2 }]).sent;
  assert.equal([red!.port, blue!.port], ['e1', 'e2']);
  const [east] = b.send([{ port: 'e1', bytes: hex(`020000000101 020000000011 0800 ${inner('40', '66c7')}`), id: 3 }]).sent;
  assert.is(east!.port, 'e3');
  assert.is(Buffer.from(east!.bytes).readUInt16BE(12), 0x86dd);
});

test('errors are not counted (RFC 8986 section 6)', () => {
  const b = new BenchSwitch(example('srv6-edge'));
  b.send([{ port: 'e3', bytes: hex('020000000103 020000000013 86dd 60000000 0008 1140 20010db8 00000000 00000000 00000001 fc000000 000100d4 00000000 00000000 045708ae 0008ffff'), id: 1 }]);
  assert.equal(showSids(b.network.switches[0]!).map(r => r.packets), [0n, 0n, 0n]);
});

test('the flow label: one for a flow, others for others, never zero', () => {
  const b = new BenchSwitch(`
ports: {e1: {address: 10.1.0.1/16}, e2: {address: 2001:db8:2::1/64}}
neighbors: [{address: "2001:db8:2::9", mac: 02:00:00:00:00:02, port: e2}]
srv6: {source: 2001:db8::1, policies: {p: {segments: ["fc00::1"]}}}
routes: [{to: fc00::/16, via: "2001:db8:2::9"}, {to: 10.2.0.0/16, srv6: p}]`);
  const labels = Array.from({ length: 64 }, (_, i) => {
    const bytes = hex(`020000000101 020000000001 0800 ${inner('40', '66c7')}`);
    bytes[35] = i >> 1; // source port: two packets a flow
    return Buffer.from(b.send([{ bytes, id: i + 1 }], false).sent[0]!.bytes).readUInt32BE(14) & 0xfffff;
  });
  assert.ok(labels.every((l, i) => l !== 0 && l === labels[i & ~1]));
  assert.ok(new Set(labels).size > 28, `${new Set(labels).size} labels for 32 flows`);
});

needs(noProgram('tshark'))('tshark reads what policies push', () => {
  const b = new BenchSwitch(example('srv6-edge')), file = join(mkdtempSync(join(tmpdir(), 'weft-')), 'srv6.pcap');
  // no port of a protocol that tshark knows, and no UDP checksum
  const bytes = hex(`020000000101 020000000011 0800 ${inner('40', '66c7').replace('08ae 000c1543', 'beef 000c0000')}`), other = Uint8Array.from(bytes);
  other[5] = 2; // e2's MAC
  writeCapture(file, [['e1', bytes], ['e2', other]].map(([port, frame], i) => b.send([{ port: port as string, bytes: frame as Uint8Array, id: i + 1 }]).sent[0]!.bytes));
  assert.equal(tsharkFields(file, ['frame.protocols', 'ipv6.dst', 'ipv6.routing.segleft', 'ipv6.routing.srh.last_entry', 'ipv6.routing.srh.addr', '_ws.malformed', 'ip.ttl', 'ip.checksum.status']), [
    ['eth:ethertype:ipv6:ipv6.routing:ip:udp:data', 'fc00:0:2:e::', '1', '0', 'fc00:0:9:46::', '', '63', '1'],
    ['eth:ethertype:ipv6:ip:udp:data', 'fc00:0:9:d4::', '', '', '', '', '63', '1'],
  ]);
});

/** Faults of a switch file, without their excerpts. */
function faults(srv6: string, rest = ''): string[] {
  try {
    new BenchSwitch(`ports: {e1: {address: 2001:db8:1::1/64}, e2: {mtu: 1000, address: 2001:db8:2::1/64}}\nvrfs: [red]\nsrv6: ${srv6}\n${rest}`);
  } catch (e) {
    return (e as Error).message.split('\n').filter(l => /^vectors\.yaml:\d/.test(l)).map(l => l.replace(/^\S+ /, ''));
  }
  return [];
}

test('faults', () => {
  const p = 'source: 2001:db8::1, policies: {p: {segments: ["fc00::1"], mtu: 1400}}';
  for (const [srv6, rest, want] of [
    ['{policies: {p: {segments: ["fc00::1"]}}}', '', 'srv6: lacks "source", the outer source address of its policies'],
    ['{source: 2001:db8::1, policies: {p: {segments: ["fc00::1::"]}}}', '', 'srv6.policies.p.segments.0: "fc00::1::" is not an IPv6 address: expected eight hex groups, as in 2001:db8::1'],
    ['{sids: {"fc00::1": {behavior: End.DT4, vrf: rde}}}', '', 'srv6.sids.fc00::1.vrf: no VRF "rde", do you mean "red"?'],
    ['{sids: {"fc00::1": {behavior: End, vrf: red}}}', '', 'srv6.sids.fc00::1.vrf: has no meaning for End'],
    ['{sids: {"fc00::1": {behavior: End.DT6, flavors: [psp]}}}', '', 'srv6.sids.fc00::1.flavors: has no meaning for End.DT6'],
    ['{sids: {"fc00::1": {behavior: End, via: "2001:db8:1::9"}}}', '', 'srv6.sids.fc00::1.via: has no meaning for End'],
    ['{sids: {"fc00::1": {behavior: End.X}}}', '', 'srv6.sids.fc00::1: End.X lacks "via", the neighbour it sends to'],
    ['{sids: {"fc00::1": {behavior: End.X, via: "2001:db8:9::9"}}}', '', 'srv6.sids.fc00::1.via: is on no connected network of its VRF: name the interface with `port`, or give one an address in that network'],
    ['{sids: {"fc00::1": {behavior: End}, "fc00:0::1": {behavior: End}}}', '', 'srv6.sids.fc00:0::1: fc00:0::1 is listed twice'],
    ['{sids: {"2001:db8:1::1": {behavior: End}}}', '', 'srv6.sids.2001:db8:1::1: 2001:db8:1::1 is an address of e1'],
    ['{sids: {"fc00::1/64": {behavior: End}}}', '', 'srv6.sids.fc00::1/64: "fc00::1/64" has bits set beyond its length: the prefix is fc00::/64'],
    ['{sids: {"10.0.0.1": {behavior: End}}}', '', 'srv6.sids.10.0.0.1: "10.0.0.1/128" has no valid prefix length: expected 0 to 32'],
    ['{locators: {main: 10.0.0.0/8}}', '', 'srv6.locators.main: "10.0.0.0/8" is not an IPv6 address'],
    [`{${p}}`, 'routes: [{to: 10.9.0.0/16, srv6: q}]', 'routes.0.srv6: no SRv6 policy "q", do you mean "p"?'],
    [`{${p}}`, 'routes: [{to: 10.9.0.0/16, srv6: p, port: e1}]', 'routes.0.port: needs `via` beside it: the outer packet is looked up by its first segment'],
    [`{${p}}`, 'routes: [{to: 10.9.0.0/16, srv6: p, via: "2001:db8:2::9"}]', 'routes.0.via: is behind an MTU of 1000: IPv6 needs 1280'],
    [`{${p}}`, 'routes: [{to: 10.9.0.0/16, srv6: p, action: blackhole}]', 'routes.0: has action and srv6: a route goes one way'],
  ] as const) assert.equal(faults(srv6, rest), [want]);
  assert.equal(faults('{source: 2001:db8::1, policies: {p: {segments: []}}}').length, 1);
});

test('SIDs of a table file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-'));
  const load = (table: string) => {
    writeFileSync(join(folder, 'sids.txt'), table);
    writeFileSync(join(folder, 'r.yaml'), 'ports: {e1: {address: 2001:db8:1::1/64}}\nvrfs: [red]\nsrv6: {sids: "@sids.txt"}\n');
    return new Network(loadKernels({ memory: 64 * 2 ** 20, small: 64, jumbo: 4, huge: 4 }), SwitchFile.read(join(folder, 'r.yaml'))).switches[0]!;
  };
  const rows = showSids(load('# SIDs\nfc00:0:1:e::/64 End flavors psp,usd\n\nfc00:0:1:d4:: End.DT4 vrf red\nfc00:0:1:a:: End.X via fe80::9 port e1 # core\n'));
  assert.equal(rows.map(r => [r.sid, r.behavior, r.flavors.join(), r.vrf, r.interface, r.position.line]), [
    ['fc00:0:1:e::/64', 'End', 'psp,usd', '', '', 2], ['fc00:0:1:d4::', 'End.DT4', '', 'red', '', 4], ['fc00:0:1:a::', 'End.X', '', '', 'e1', 5],
  ]);
  for (const line of ['fc00::1 End.DT9', 'fc00::1', 'fc00::1 End flavors', 'fc00::1 End.DT4 table red'])
    assert.throws(() => load(`fc00::2 End\n${line}\n`), (e: Error) => e.message.includes('sids.txt:2:1: expected "SID End|End.X|End.T|End.DX4|End.DX6|End.DT4|End.DT6|End.DT46|End.DX2|End.B6.Encaps|'), line);
});

test.run();
