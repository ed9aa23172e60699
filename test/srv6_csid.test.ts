// srv6_csid.test.ts -- compressed SIDs as a user meets them: the examples, the
// spec's walks, how policies pack segments, faults of a switch file.

import { readFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Packet } from '../assembly/abi/packet.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { SwitchFile } from '../src/switch/file.ts';
import { Network } from '../src/switch/network.ts';
import { showPolicies, showSids } from '../src/switch/srv6.ts';
import { formatIp6 } from '../src/wire/address.ts';
import { BenchSwitch } from './bench_switch.ts';
import { needs, noProgram } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';
import { readVectors } from './vectors.ts';
import { random } from './wasm.ts';

const example = (name: string) => readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8');
const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s+/g, ''), 'hex'));
/** IPv4 10.1.0.1 -> 10.2.0.2, UDP 1111 -> 2222 "SRv6"; TTL and header checksum are the caller's. */
const inner = (ttl: string, sum: string) => `45000020 00010000 ${ttl}11${sum} 0a010001 0a020002 045708ae 000c1543 53527636`;
const CUSTOMER = hex(`020000000101 020000000011 0800 ${inner('40', '66c7')}`);

test('examples/srv6-usid.yaml: four segments in one address, no SRH', () => {
  const b = new BenchSwitch(example('srv6-usid')), { visits, sent } = b.send([{ port: 'west:e1', bytes: CUSTOMER, id: 1 }]);
  assert.equal(sent.map(s => `${s.port} ${Buffer.from(s.bytes.subarray(14)).toString('hex')}`), [`east:e2 ${inner('3e', '68c7').replaceAll(' ', '')}`]);
  const path = visits.filter(v => ['srv6_encaps', 'srv6_csid', 'srv6_local'].includes(v.node)).map(v => `${v.node} ${v.bytes[v.l3]! >> 4 === 6 ? formatIp6(v.bytes.subarray(v.l3 + 24, v.l3 + 40)) : 'IPv4'}`);
  assert.equal(path, ['srv6_encaps fcbb:bb00:200:e00a:300:e046::', 'srv6_csid fcbb:bb00:300:e046::', 'srv6_csid fcbb:bb00:e046::', 'srv6_local IPv4']);
  assert.equal(b.network.switches.flatMap(s => showSids(s).filter(r => r.packets > 0n).map(r => `${s.name} ${r.sid} ${r.behavior} ${r.flavors.join()} ${r.packets}`)), [
    'mid fcbb:bb00:200:e00a::/64 End.X next-csid 1', 'east fcbb:bb00:300::/48 End next-csid 1', 'east fcbb:bb00:e046::/48 End.DT46 next-csid 1',
  ]);
  assert.equal(showPolicies(b.network.switches[0]!).map(p => [p.segments.length, p.sent]), [[4, ['fcbb:bb00:200:e00a:300:e046::']]]);
});

test('the spec\'s carrier, hop by hop (S5)', () => {
  const b = new BenchSwitch(`
ports: {e1: {address: 2001:db8:1::1/64}, e2: {address: 2001:db8:2::1/64}}
neighbors: [{address: "2001:db8:2::9", mac: 02:00:00:00:00:02, port: e2}]
routes: [{to: default6, via: "2001:db8:2::9"}]
srv6: {sids: {"fc00:0:100::/48": {behavior: End, flavors: [next-csid]}}}`);
  const frame = (addresses: string, limit: string, dst: string) => hex(`${addresses} 86dd 60000000 002004${limit} 20010db8 00000000 00000000 00000001 ${dst} ${inner('3f', '67c7')}`);
  const { sent } = b.send([{ bytes: frame('020000000101 020000000001', '40', 'fc000000 01000200 03000000 00000000'), id: 1 }]);
  assert.equal(sent.map(s => Buffer.from(s.bytes).toString('hex')), [Buffer.from(frame('020000000002 020000000102', '3f', 'fc000000 02000300 00000000 00000000')).toString('hex')]);
});

test('where a path ends the argument means nothing (RFC 9800 sections 4.1, 4.2.7)', () => {
  const ends = [['DT4', 'fc00:0:e004::', 'next-csid'], ['DT6', 'fc00:0:e006::', 'next-csid'], ['DT46', 'fc00:0:e046::', 'next-csid'], ['DT46', '2001:db8:0:d:46::', 'replace-csid, lblen: 48']] as const;
  const b = new BenchSwitch(`
ports: {e1: {address: "2001:db8:1::1/64"}, e2: {address: [10.2.0.1/16, "2001:db8:2::1/64"], vrf: red}}
vrfs: [red]
neighbors: [{address: 10.2.0.2, mac: 02:00:00:00:00:02, port: e2}, {address: "2001:db8:2::2", mac: 02:00:00:00:00:02, port: e2}]
routes: [{to: "2001:db8:2::/64", vrf: red, via: "2001:db8:2::2"}]
srv6: {sids: {${ends.map(([behavior, sid, flavor]) => `"${sid}": {behavior: End.${behavior}, vrf: red, flavors: [${flavor.replace(',', '],')}${flavor.includes(',') ? '' : ']'}}`).join()}}}`);
  const six = '60000000 00003b40 20010db8 00000000 00000000 00000009 20010db8 00020000 00000000 00000002', four = inner('40', '66c7');
  const arrives = (sid: string, argument: string, carried: string) => {
    const octets = sid.startsWith('fc') ? `${sid.slice(0, 4)}0000${sid.slice(7, 11)}${argument}` : `20010db80000000d0046${argument.slice(0, 12)}`;
    assert.is(octets.length, 32);
    const n = (carried.replaceAll(' ', '').length / 2).toString(16).padStart(4, '0'), next = carried === four ? '04' : '29';
    return b.send([{ bytes: hex(`020000000101 020000000001 86dd 60000000 ${n}${next}40 20010db8 00000000 00000000 00000001 ${octets} ${carried}`), id: 1 }], false).sent.map(s => s.port);
  };
  for (const argument of ['00000000000000000000', '00000000000000000001', '01000200000000000003'])
    for (const [behavior, sid] of ends) {
      if (behavior !== 'DT6') assert.equal(arrives(sid, argument, four), ['e2'], `${behavior} ${argument}`);
      if (behavior !== 'DT4') assert.equal(arrives(sid, argument, six), ['e2'], `${behavior} ${argument}`);
    }
  assert.equal(showSids(b.network.switches[0]!).map(r => `${r.sid} ${r.packets}`), ['fc00:0:e004::/48 3', 'fc00:0:e006::/48 3', 'fc00:0:e046::/48 6', '2001:db8:0:d:46::/80 6']);
});

/** A switch that sends 10.2.0.0/16 into policy p; `srv6` are lines of it. */
const headend = (policy: string, rest = '') => `
ports: {e1: {address: 10.1.0.1/16}, e2: {address: 2001:db8:2::1/64}}
neighbors: [{address: "2001:db8:2::9", mac: 02:00:00:00:00:02, port: e2}]
routes: [{to: default6, via: "2001:db8:2::9"}, {to: 10.2.0.0/16, srv6: p}]
srv6: {source: 2001:db8::1, flow_label: 0, ${rest} locators: {usid: {prefix: "fc00:0:99::/48", block_len: 32, node_len: 16, func_len: 16}, g: {prefix: "2001:db8:b1:99::/64", block_len: 48, node_len: 16, func_len: 16}, g16: {prefix: "2001:db8:c1:99::/64", block_len: 48, node_len: 16}}, policies: {p: ${policy}}}`;
/** Destination, segments left, and list of what the policy sends; no list: no SRH. */
function sends(policy: string, rest = ''): { dst: string; left?: number; last?: number; list?: string[]; srh: string } {
  const [s] = new BenchSwitch(headend(policy, rest)).send([{ bytes: CUSTOMER, id: 1 }]).sent, p = Buffer.from(s!.bytes.subarray(14)), address = (o: number) => formatIp6(p.subarray(o, o + 16));
  if (p[6] !== 43) return { dst: address(24), srh: '' };
  return { dst: address(24), left: p[43]!, last: p[44]!, list: Array.from({ length: p[44]! + 1 }, (_, i) => address(48 + 16 * i)), srh: p.subarray(40, 40 + 8 * (p[41]! + 1)).toString('hex') };
}
const segments = (list: readonly string[]): string => `segments: [${list.map(s => `"${s}"`).join()}]`;
const csids = (n: number, from = 1) => Array.from({ length: n }, (_, i) => `2001:db8:b1:${(from + i).toString(16)}:1::`);

test('policies pack NEXT-CSIDs (RFC 9800 section 6.4)', () => {
  const usid = (...nodes: string[]) => nodes.map(n => `fc00:0:${n}::`);
  assert.equal(sends(`{${segments(usid('100', '200', '300'))}, csid: next, mode: encaps.red}`), { dst: 'fc00:0:100:200:300::', srh: '' });
  assert.equal(sends(`{${segments(usid('1', '2', '3', '4', '5', '6', '7', '8'))}, csid: next, mode: encaps.red}`).list, ['fc00:0:7:8::']);
  const full = sends(`{${segments(usid('1', '2', '3', '4', '5', '6', '7', '8'))}, csid: next}`);
  assert.equal([full.dst, full.left, full.last, full.list], ['fc00:0:1:2:3:4:5:6', 1, 1, ['fc00:0:7:8::', 'fc00:0:1:2:3:4:5:6']]);
  // a node with a function takes two places, and the last one does not fit
  assert.equal(sends(`{${segments(['fc00:0:1::', 'fc00:0:2:e001::', 'fc00:0:3::', 'fc00:0:4::', 'fc00:0:5:e002::'])}, csid: next, mode: encaps.red}`).list, ['fc00:0:5:e002::']);
  assert.is(sends(`{${segments(['fc00:0:1::', 'fc00:0:2:e001::', 'fc00:0:3::', 'fc00:0:4::', 'fc00:0:5:e002::'])}, csid: next, mode: encaps.red}`).dst, 'fc00:0:1:2:e001:3:4:0');
  // other blocks, and SIDs with an argument, stay whole
  const mixed = sends(`{${segments(['fc00:0:1::', 'fc00:0:2::', 'fd00::1', 'fc00:0:3::', 'fc00:0:4:0:9::', 'fc00:0:5::'])}, csid: next, mode: encaps.red}`);
  assert.equal([mixed.dst, mixed.list], ['fc00:0:1:2::', ['fc00:0:5::', 'fc00:0:4:0:9::', 'fc00:0:3::', 'fd00::1']]);
});

test('policies pack REPLACE-CSIDs: the spec\'s seven (S7)', () => {
  const reduced = sends(`{${segments(csids(7))}, csid: replace, mode: encaps.red}`);
  assert.equal([reduced.dst, reduced.left, reduced.last, reduced.list], ['2001:db8:b1:1:1::', 2, 1, ['::7:1:6:1', '5:1:4:1:3:1:2:1']]);
  const full = sends(`{${segments(csids(7))}, csid: replace}`);
  assert.equal([full.dst, full.left, full.last, full.list], ['2001:db8:b1:1:1::', 2, 2, ['::7:1:6:1', '5:1:4:1:3:1:2:1', '2001:db8:b1:1:1::']]);
  const sixteen = Array.from({ length: 10 }, (_, i) => `2001:db8:c1:${(i + 1).toString(16)}::`);
  assert.equal(sends(`{${segments(sixteen)}, csid: replace, mode: encaps.red}`).list, ['::a', '9:8:7:6:5:4:3:2']);
  const mixed = sends(`{${segments(['fd00::1', ...csids(3), 'fd00::2'])}, csid: replace, mode: encaps.red}`);
  assert.equal([mixed.dst, mixed.list], ['fd00::1', ['fd00::2', '::3:1:2:1', '2001:db8:b1:1:1::']]);
});

/** n switches in a row, number i with C-SID i, its neighbour behind e2. */
function row(n: number, sid: (i: number) => string, policy: string): string {
  const switches = Array.from({ length: n + 1 }, (_, i) => {
    const ports = [...(i === 0 ? ['in: {mac: "02:00:00:00:01:01", address: 10.1.0.1/16}'] : [`e1: {mac: "02:00:00:00:${i}0:01", address: "fd00:0:0:${i}::2/64"}`]), ...(i < n ? [`e2: {mac: "02:00:00:00:${i}0:02", address: "fd00:0:0:${i + 1}::1/64"}`] : ['out: {mac: "02:00:00:00:99:01", address: 10.2.0.1/16}'])];
    const next = i < n ? `{address: "fd00:0:0:${i + 1}::2", mac: "02:00:00:00:${i + 1}0:01", port: e2}` : '{address: 10.2.0.2, mac: "02:00:00:00:00:88", port: out}';
    const routes = i < n ? [`{to: "::/0", via: "fd00:0:0:${i + 1}::2"}`] : [];
    if (i === 0) routes.push('{to: 10.2.0.0/16, srv6: p}');
    return `  s${i}: {ports: {${ports.join()}}, neighbors: [${next}], routes: [${routes.join()}], srv6: {${i === 0 ? policy : `sids: {${sid(i)}}`}}}`;
  });
  return `switches:\n${switches.join('\n')}\nlinks:\n${Array.from({ length: n }, (_, i) => `  - {endpoints: ["s${i}:e2", "s${i + 1}:e1"]}`).join('\n')}\n`;
}

test('the spec\'s seven REPLACE-CSIDs, walked over seven switches', () => {
  const sid = (i: number) => `"2001:db8:b1:${i}:1::": {behavior: ${i < 7 ? 'End, flavors: [replace-csid]' : 'End.DT4, flavors: [replace-csid]'}, lblen: 48}`;
  for (const [mode, psp] of [['encaps', false], ['encaps.red', true]] as const) {
    const policy = `source: 2001:db8::1, locators: {g: {prefix: "2001:db8:b1:99::/64", block_len: 48, node_len: 16, func_len: 16}}, policies: {p: {${segments(csids(7))}, csid: replace, mode: ${mode}}}`;
    const b = new BenchSwitch(row(7, i => (psp ? sid(i).replace('End, flavors: [replace-csid]', 'End, flavors: [replace-csid, psp]') : sid(i)), policy));
    const { visits, sent } = b.send([{ port: 's0:in', bytes: CUSTOMER, id: 1 }]);
    assert.equal(visits.filter(v => v.node === 'srv6_csid').map(v => `${formatIp6(v.bytes.subarray(v.l3 + 24, v.l3 + 40))} ${v.bytes[v.l3 + 6] === 43 ? `SL ${v.bytes[v.l3 + 43]}` : 'no SRH'}`), [
      '2001:db8:b1:2:1::3 SL 1', '2001:db8:b1:3:1::2 SL 1', '2001:db8:b1:4:1::1 SL 1', '2001:db8:b1:5:1:: SL 1', '2001:db8:b1:6:1::3 SL 0', `2001:db8:b1:7:1::2 ${psp ? 'no SRH' : 'SL 0'}`,
    ]);
    assert.equal(sent.map(s => s.port), ['s7:out']);
  }
});

test('whatever the lengths, the packed path is the path', () => {
  // Block and C-SID that end within octets: the packing is the headend's, the shifting that of every node.
  for (const [block, node] of [[32, 16], [48, 16], [37, 11], [20, 9], [16, 32], [64, 24]] as const) {
    const csid = (i: number) => (BigInt('0xfc3b5a7d9be1f2c4a6988756b4d3e2f1') >> BigInt(128 - block) << BigInt(128 - block)) | BigInt(i * 3) << BigInt(128 - block - node);
    const text = (bits: bigint) => formatIp6(Uint8Array.from({ length: 16 }, (_, i) => Number(bits >> BigInt(120 - 8 * i) & 255n)));
    const sid = (i: number) => `"${text(csid(i))}/${block + node}": {behavior: ${i < 7 ? 'End' : 'End.DT4'}, flavors: [next-csid], lblen: ${block}}`;
    const policy = `source: 2001:db8::1, locators: {u: {prefix: "${text(csid(20))}/${block + node}", block_len: ${block}, node_len: ${node}}}, policies: {p: {${segments(Array.from({ length: 7 }, (_, i) => text(csid(i + 1))))}, csid: next, mode: encaps.red}}`;
    const b = new BenchSwitch(row(7, sid, policy)), { sent } = b.send([{ port: 's0:in', bytes: CUSTOMER, id: 1 }]);
    assert.equal(sent.map(s => s.port), ['s7:out'], `block ${block}, C-SID ${node}`);
    assert.equal(b.network.switches.slice(1).flatMap(s => showSids(s).map(r => r.packets)), new Array(7).fill(1n));
  }
});

test('tag, O-flag and a signature ask for an SRH, even with one segment', () => {
  const one = segments(['fc00:0:100::']);
  assert.is(sends(`{${one}, mode: encaps.red}`).srh, '');
  assert.is(sends(`{${one}, mode: encaps.red, tag: 0xbeef}`).srh.slice(0, 16), '040204000000beef');
  assert.is(sends(`{${one}, mode: encaps.red, oam: true}`).srh.slice(0, 16), '0402040000200000');
  assert.is(sends(`{${one}, mode: encaps.red, hmac: 7}`, 'hmac_keys: {7: "00ff"}, ').srh.length, 2 * (8 + 16 + 40));
  assert.is(sends(`{${one}, csid: next, tag: 1}`).srh.slice(0, 16), '0402040000000001');
});

test('policies sign: the spec\'s digests, RFC text and Linux text (S6)', () => {
  const list = segments(['fc00:0:1:e::', 'fc00:0:2:e::', 'fc00:0:3:d4::']), key = 'hmac_keys: {"0x11223344": "656d752d70736b2d31"}, ';
  const yaml = (rest: string) => headend(`{${list}, hmac: 0x11223344}`, rest).replace('source: 2001:db8::1,', 'source: "2001:db8:1::1",');
  const srh = (rest: string) => Buffer.from(new BenchSwitch(yaml(rest)).send([{ bytes: CUSTOMER, id: 1 }]).sent[0]!.bytes.subarray(54, 54 + 96)).toString('hex');
  assert.is(srh(key).slice(112), '0526000011223344' + '187bc523d1e393340cd098af1521786e42cb4058fb53774a4e23afefd9d819d6');
  assert.is(srh(`${key}hmac_text: linux, `).slice(112), '0526000011223344' + '79d281fa7cd078a8791e496dc3466d955f582e43797db16da071b9073a0679f4');
  assert.is(srh(key).slice(0, 16), '040b040202000000');
});

test('a long segment list on a frame that fills its buffer moves it to a larger one', () => {
  const list = segments(Array.from({ length: 30 }, (_, i) => `fd00::${i + 1}`)), b = new BenchSwitch(headend(`{${list}}`).replace('e1: {', 'e1: {mtu: 9000, ').replace('e2: {', 'e2: {mtu: 9000, '), { small: 4, jumbo: 2, huge: 1 });
  const free = () => [0, 4, 8].map(c => b.k.view.getUint32(b.k.pool + c, true)), before = free();
  for (const n of [64, 1500, 1600, 1722, 1723, 1856, 1857, 4000, 8471]) {
    const packet = Buffer.alloc(14 + n, 0x78);
    packet.set(CUSTOMER.subarray(0, 34));
    packet.writeUInt16BE(n, 16);
    packet.writeUInt16BE(0, 24);
    const sum = [...new Uint16Array(10).keys()].reduce((s, i) => s + packet.readUInt16BE(14 + 2 * i), 0);
    packet.writeUInt16BE(0xffff - ((sum & 0xffff) + (sum >> 16)), 24);
    const { sent, visits } = b.send([{ bytes: packet, id: n }]);
    assert.is(sent.length, 1, `${n}: ${visits.map(v => `${v.node} ${v.drop}`).join()}`);
    assert.is(sent[0]!.bytes.length, 14 + 40 + 488 + n);
    assert.is(Buffer.from(sent[0]!.bytes.subarray(-8)).toString('hex'), Buffer.from(packet.subarray(-8)).toString('hex'));
    assert.equal(free(), before, 'each class has its buffers again');
  }
  // Records and buffers stay one to one.
  const buffers = new Set<number>();
  for (let i = 0; i < 7; i++) buffers.add(b.k.view.getUint32(b.enter({ bytes: CUSTOMER, id: i }) + Packet.BUF, true));
  assert.is(buffers.size, 7);
});

test('without a larger buffer the packet waits, or drops NO_BUFFER when none will come', () => {
  const list = segments(Array.from({ length: 30 }, (_, i) => `fd00::${i + 1}`)), b = new BenchSwitch(headend(`{${list}}`).replace('e1: {', 'e1: {mtu: 9000, ').replace('e2: {', 'e2: {mtu: 9000, '), { small: 4, jumbo: 1, huge: 1 });
  const packet = Buffer.alloc(1814, 0x78);
  packet.set(CUSTOMER.subarray(0, 34));
  packet.writeUInt16BE(1800, 16);
  packet.writeUInt16BE(0x5fdf, 24);
  const four = (n: number) => Array.from({ length: n }, (_, i) => b.enter({ bytes: packet, id: i + 1 }));
  assert.is(b.run('', four(4)).sent.length, 4, 'two at once, then the others');
  const held = [b.enter({ bytes: new Uint8Array(9000), id: 8 }), b.enter({ bytes: new Uint8Array(65000), id: 9 })];
  const { sent, visits } = b.run('', four(1));
  assert.equal([sent.length, visits.at(-1)!.drop, visits.at(-1)!.node, held.length], [0, 'NO_BUFFER', 'srv6_encaps', 2]);
});

needs(noProgram('tshark'))('tshark reads containers, tags, flags and signatures', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'weft-')), 'csid.pcap');
  const frames = [`{${segments(csids(7))}, csid: replace}`, `{${segments(['fc00:0:1::', 'fc00:0:2::'])}, csid: next, tag: 7, oam: true}`, `{${segments(['fc00:0:1:e::', 'fc00:0:2:e::'])}, mode: encaps.red, hmac: 9}`]
    .map(policy => new BenchSwitch(headend(policy, 'hmac_keys: {9: "00"}, ')).send([{ bytes: hex(Buffer.from(CUSTOMER).toString('hex').replace('08ae000c1543', 'beef000c0000')), id: 1 }]).sent[0]!.bytes);
  writeCapture(file, frames);
  assert.equal(tsharkFields(file, ['ipv6.dst', 'ipv6.routing.segleft', 'ipv6.routing.srh.addr', 'ipv6.routing.srh.flags', 'ipv6.routing.srh.tag', '_ws.malformed', '_ws.expert.severity', 'ip.ttl']), [
    ['2001:db8:b1:1:1::', '2', '::7:1:6:1,5:1:4:1:3:1:2:1,2001:db8:b1:1:1::', '0x00', '0000', '', '', '63'],
    ['fc00:0:1:2::', '0', 'fc00:0:1:2::', '0x20', '0007', '', '', '63'],
    ['fc00:0:1:e::', '1', 'fc00:0:2:e::', '0x00', '0000', '', '', '63'],
  ]);
});

/** Faults of a switch file, without their excerpts. */
function faults(srv6: string, rest = ''): string[] {
  try {
    new BenchSwitch(`ports: {e1: {address: 2001:db8:1::1/64${rest}}}\nvrfs: [red]\nsrv6: ${srv6}\n`);
  } catch (e) {
    return (e as Error).message.split('\n').filter(l => /^vectors\.yaml:\d/.test(l)).map(l => l.replace(/^\S+ /, ''));
  }
  return [];
}

test('faults', () => {
  const sid = (key: string, more: string) => `{sids: {"${key}": {behavior: End, ${more}}}}`, policy = (p: string, more = '') => `{source: 2001:db8::1, ${more}policies: {p: ${p}}}`;
  const g = 'locators: {g: {prefix: "2001:db8:b1:99::/64", block_len: 48, node_len: 16, func_len: 16}}, ';
  for (const [srv6, want, rest] of [
    [sid('fc00::', 'lblen: 32'), 'srv6.sids.fc00::.lblen: is of a SID with the flavor next-csid or replace-csid'],
    [sid('fc00:0:1::', 'flavors: [next-csid, replace-csid]'), 'srv6.sids.fc00:0:1::: next-csid and replace-csid do not go together'],
    [sid('fc00:0:1::', 'flavors: [next-csid], lblen: 100, nflen: 28'), 'srv6.sids.fc00:0:1::: a block of 100 bits and a C-SID of 28 leave no argument of 1 bit or more'],
    [sid('fc00:0:1::', 'flavors: [replace-csid], nflen: 24'), 'srv6.sids.fc00:0:1::: a C-SID of replace-csid has 16 or 32 bits, not 24'],
    [sid('fc00:0:1::', 'flavors: [replace-csid], lblen: 95, nflen: 32'), 'srv6.sids.fc00:0:1::: a block of 95 bits and a C-SID of 32 leave no room for the index'],
    [sid('fc00:0:1::/48', 'flavors: [next-csid], lblen: 16, nflen: 16'), 'srv6.sids.fc00:0:1::/48: the prefix has 48 bits, block and C-SID 16 + 16'],
    [sid('fc00:0:1:e::', 'flavors: [next-csid]'), 'srv6.sids.fc00:0:1:e::: has bits set behind its block and C-SID, 32 + 16 bits'],
    [sid('fc00::', 'flavors: [next-csid]'), 'srv6.sids.fc00::: is C-SID 0, which ends a container (RFC 9800 section 5)'],
    ['{locators: {a: {prefix: "fc00:0:1::/48", block_len: 32}}}', 'srv6.locators.a: block_len, node_len and func_len go together: block_len and node_len at least'],
    ['{locators: {a: {prefix: "fc00:0:1::/48", block_len: 32, node_len: 8}}}', 'srv6.locators.a: block_len + node_len is 40, the prefix has 48 bits'],
    ['{locators: {a: {prefix: "fc00:0:1::/48", block_len: 32, node_len: 16, func_len: 90}}}', 'srv6.locators.a: 32 + 16 + 90 bits leave none of 128 for an argument'],
    [policy(`{${segments(['fc00::1'])}, csid: next}`), 'srv6.policies.p.csid: needs a locator with block_len and node_len: it tells how SIDs divide'],
    [policy(`{${segments(['fc00::1'])}, csid: replace}`, g), 'srv6.policies.p.csid: no segment is in the block of a locator'],
    [policy(`{${segments([...csids(5), 'fd00::1'])}, csid: replace}`, g), 'srv6.policies.p.segments: C-SIDs of replace stand in one series, and what follows it cannot stand behind 5 of them: its first entry would be read as one more container (RFC 9800 section 6.4)'],
    [policy(`{${segments(['fc00::1'])}, hmac: 7}`), 'srv6.policies.p.hmac: no key 7 under srv6.hmac_keys'],
    [sid('fc00::1', 'hmac: required'), 'srv6.sids.fc00::1: hmac: required needs a key under srv6.hmac_keys'],
    [`{hmac_keys: {1: "00"}, sids: {"fc00:0:1::": {behavior: End, flavors: [next-csid], hmac: optional}}}`, 'srv6.sids.fc00:0:1::: hmac: optional compares the destination with a whole segment, which a C-SID is not'],
    ['{hmac_keys: {1: "00", "0x1": "01"}}', 'srv6.hmac_keys.0x1: key ID 0x1 is listed twice'],
    ['{hmac_keys: {4294967296: "00"}}', 'srv6.hmac_keys.4294967296: key ID "4294967296" is not in 0 to 0xffffffff'],
    ['{domain: {answer: true}}', 'srv6.domain.answer: needs `infrastructure` beside it'],
    [policy(`{${segments(['fc00::1'])}}`, 'domain: {infrastructure: ["fd00::/8"]}, '), 'srv6.source: is outside the infrastructure of the domain: SIDs there would drop what the policies send'],
    ['{}', 'ports.e1.srv6_domain: needs srv6.domain.block, the prefixes of the SIDs it keeps others from', ', srv6_domain: edge'],
  ] as const) assert.equal(faults(srv6, rest), [want]);
});

test('SIDs of a table file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-'));
  const load = (table: string) => {
    writeFileSync(join(folder, 'sids.txt'), table);
    writeFileSync(join(folder, 'r.yaml'), 'ports: {e1: {address: 2001:db8:1::1/64}}\nvrfs: [red]\nsrv6: {hmac_keys: {1: "00"}, sids: "@sids.txt"}\n');
    return new Network(loadKernels({ memory: 64 * 2 ** 20, small: 64, jumbo: 4, huge: 4 }), SwitchFile.read(join(folder, 'r.yaml'))).switches[0]!;
  };
  const rows = showSids(load('fcbb:bb00:1:: End flavors next-csid,psp\nfcbb:bb00:0:e001:: End.DT46 flavors next-csid lblen 48 nflen 16 vrf red\nfc00::1 End hmac required\n'));
  assert.equal(rows.map(r => `${r.sid} ${r.behavior} ${r.flavors.join()}`), ['fcbb:bb00:1::/48 End psp,next-csid', 'fcbb:bb00:0:e001::/64 End.DT46 next-csid', 'fc00::1 End ']);
  assert.throws(() => load('fc00::1 End lblen x\n'), /sids\.txt:1:1: expected "SID/);
});

test('any bytes at all end at an edge or a reason, and no buffer is lost', () => {
  const next = random(9800);
  for (const node of ['srv6_csid', 'srv6_input', 'srv6_edge'])
    for (const config of new Set(readVectors(node).map(c => c.config))) {
      const b = new BenchSwitch(config), cases = readVectors(node).filter(c => c.config === config), free = () => b.k.fn['pool_free']!(b.k.pool), before = free();
      for (let i = 1; i <= 600; i++) {
        const c = cases[next() % cases.length]!, cut = next() % 4 === 0 ? next() % (c.in.length + 1) : c.in.length, bytes = c.in.slice(0, cut);
        for (let flips = next() % 6; flips > 0 && cut > 18; flips--) bytes[18 + next() % Math.min(cut - 18, 110)] = next();
        const { visits } = b.send([{ port: c.port, bytes, id: i, orig: cut + (next() % 3 === 0 ? next() % 40 : 0) }]), what = () => `${node} ${c.name} ${Buffer.from(bytes).toString('hex')}`;
        assert.ok(!visits.some(v => v.drop === 'NONE' || v.edge.startsWith('edge ')), what());
        assert.is(free(), before, what());
      }
    }
});

test.run();
