// build.test.ts -- packets from text: read back by the dissector, judged by tshark, refused with a caret.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BuildError, build } from '../src/wire/build.ts';
import { dissect, Link, values } from '../src/wire/dissect.ts';
import { needs, noProgram } from './skip.ts';
import { tsharkFields, writeCapture } from './tshark.ts';

/** Descriptions, and what tshark reads in each: the protocols, then some fields. */
const PACKETS: readonly [text: string, protocols: string, fields: Record<string, string>][] = [
  ['eth(dst=02:00:00:00:01:01)/ip(src=10.0.0.1,dst=10.9.0.1,ttl=64)/udp(srcport=1000,dstport=5353)/data(len=32)', 'eth:ethertype:ip:udp',
    { 'eth.dst': '02:00:00:00:01:01', 'ip.len': '60', 'ip.checksum.status': '1', 'udp.length': '40', 'udp.checksum.status': '1' }],
  ['tcp 10.0.0.1:1234 > 10.1.0.2:80', 'eth:ethertype:ip:tcp', { 'ip.dst': '10.1.0.2', 'tcp.srcport': '1234', 'tcp.dstport': '80', 'tcp.flags': '0x0002', 'tcp.checksum.status': '1' }],
  ['udp [2001:db8::1]:5 > [2001:db8::2]:6', 'eth:ethertype:ipv6:udp', { 'ipv6.src': '2001:db8::1', 'udp.dstport': '6', 'udp.checksum.status': '1' }],
  ['icmp 10.0.0.1 > 10.1.0.2', 'eth:ethertype:ip:icmp', { 'icmp.type': '8', 'icmp.checksum.status': '1' }],
  ['icmp 2001:db8::1 > 2001:db8::2', 'eth:ethertype:ipv6:icmpv6', { 'icmpv6.type': '128', 'icmpv6.checksum.status': '1' }],
  ['eth/vlan(tpid=0x88a8,id=100,priority=5,dei=1)/vlan(id=7)/arp(op=request,spa=10.0.0.1,tpa=10.0.0.2)', 'eth:ethertype:ieee8021ad:ethertype:vlan:ethertype:arp',
    { 'eth.type': '0x88a8', 'ieee8021ad.id': '100', 'ieee8021ad.priority': '5', 'ieee8021ad.dei': '1', 'vlan.id': '7', 'arp.opcode': '1', 'arp.dst.proto_ipv4': '10.0.0.2' }],
  ['eth/mpls(label=16002,exp=5,ttl=9)/mpls(label=24001)/ip(src=10.0.0.1,dst=10.0.0.2)/tcp(srcport=40000,dstport=40001,flags=SA,seq=7,ack=8)/data(hex=0a0b0c)', 'eth:ethertype:mpls:ip:tcp',
    { 'mpls.label': '16002,24001', 'mpls.exp': '5,0', 'mpls.bottom': '0,1', 'mpls.ttl': '9,64', 'tcp.flags': '0x0012', 'tcp.len': '3', 'tcp.checksum.status': '1' }],
  ['eth/ip(src=10.0.0.1,dst=10.0.0.2,dscp=46,ecn=1,df=1,id=9)/udp(srcport=50000,checksum=0)/vxlan(vni=5000)/eth/ip(src=192.168.0.1,dst=192.168.0.2)/icmp(ident=3,seq=4)', 'eth:ethertype:ip:udp:vxlan:eth:ethertype:ip:icmp',
    { 'udp.dstport': '4789', 'udp.checksum.status': '3', 'vxlan.vni': '5000', 'ip.dsfield.dscp': '46,0', 'ip.dsfield.ecn': '1,0', 'ip.flags.df': '1,0', 'icmp.ident': '3', 'icmp.seq': '4' }],
  ['eth/ipv6(src=2001:db8::1,flow=0x12345)/srh(path=fc00:0:1::|fc00:0:2::|fc00:0:3::)/udp(srcport=5,dstport=6)/data(len=2)', 'eth:ethertype:ipv6:ipv6.routing:udp',
    { 'ipv6.dst': 'fc00:0:1::', 'ipv6.flow': '0x012345', 'ipv6.routing.segleft': '2', 'ipv6.routing.srh.last_entry': '2', 'ipv6.routing.srh.addr': 'fc00:0:3::,fc00:0:2::,fc00:0:1::', 'udp.checksum.status': '1' }],
  ['eth/ipv6(src=2001:db8::1,dst=fc00:0:1:2::)/srh(path=fc00:0:1:2::,segleft=0)/eth/ip(src=10.0.0.1,dst=10.0.0.2,checksum=0xdead)', 'eth:ethertype:ipv6:ipv6.routing:eth:ethertype:ip',
    { 'ipv6.routing.nxt': '143', 'ip.checksum': '0xdead', 'ip.checksum.status': '0' }],
];

test('the dissector reads what was written', () => {
  for (const [text, , fields] of PACKETS) {
    const layers = dissect(build(text));
    assert.is(layers.at(-1)!.note, undefined, text);
    for (const [name, value] of Object.entries(fields)) assert.is(values(layers, name).join(','), value, `${text}: ${name}`);
  }
});

needs(noProgram('tshark'))('tshark reads what was written', () => {
  const names = [...new Set(PACKETS.flatMap(([, , fields]) => Object.keys(fields)))];
  const work = mkdtempSync(join(tmpdir(), 'weft-build-'));
  try {
    writeCapture(join(work, 'built.pcap'), PACKETS.map(([text]) => build(text)));
    tsharkFields(join(work, 'built.pcap'), ['frame.protocols', ...names]).forEach(([chain, ...got], i) => {
      const [text, protocols, fields] = PACKETS[i]!;
      assert.ok(`${chain}:`.startsWith(`${protocols}:`), `${text}: ${chain}`);
      for (const [name, value] of Object.entries(fields)) assert.is(got[names.indexOf(name)], value, `${text}: ${name}`);
    });
  } finally { rmSync(work, { recursive: true }); }
});

test('the first layer need not be Ethernet', () => {
  const packet = build('ip(src=10.0.0.1,dst=10.0.0.2)/data(len=4)');
  assert.equal(dissect(packet, packet.length, Link.IPV4).map(l => l.name), ['ip', 'data']);
});

test('a UDP checksum that comes out as 0 is sent as ffff, RFC 768', () => {
  const layers = dissect(build('eth/ip/udp/data(hex=ffda)')); // pseudo-header and header sum up to 0025
  assert.is(values(layers, 'udp.checksum')[0], '0xffff');
  assert.is(values(layers, 'udp.checksum.status')[0], 1);
});

test('faults are refused where they stand', () => {
  const fault = (text: string, column: number, what: RegExp) => {
    let e: unknown;
    try { build(text); } catch (thrown) { e = thrown; }
    if (!(e instanceof BuildError)) return assert.unreachable(`${text}: not refused`);
    assert.is(e.column, column, e.message);
    assert.match(e.message, what);
    assert.equal(e.message.split('\n').slice(1), [`  ${text}`, `  ${' '.repeat(column - 1)}^`]);
  };
  fault('eth/ipx', 5, /no layer ipx; there are eth vlan/);
  fault('eth(toString=1)', 5, /no field toString/);
  fault('eth/ip(src=10.0.0)', 12, /not an IPv4 address/);
  fault('eth/ip(ttl=256)', 12, /from 0 to 255/);
  fault('eth/ip(ttl=1,ttl=2)', 14, /given twice/);
  fault('eth/ip(ttl=1', 13, /expected , or \)/);
  fault('eth/ip(ttl)', 11, /expected =/);
  fault('eth/', 5, /name of a layer/);
  fault('', 1, /name of a layer/);
  fault('eth ip', 5, /expected \/ or the end/);
  fault('tcp 10.0.0.1:1 > 10.0.0.2', 18, /expected address:port/);
  fault('tcp 10.0.0.1:1 > 10.0.0.2:70000', 27, /from 0 to 65535/);
  fault('udp 10.0.0.1:1 > [::1]:1', 18, /same version/);
  fault('gre 10.0.0.1 > 10.0.0.2', 1, /tcp, udp or icmp/);
  fault('tcp > 10.0.0.2:1', 1, /PROTOCOL FROM > TO/);
});

test('any text at all is built or refused', () => {
  const piece = fc.constantFrom('eth', 'ip', 'srh', 'data', '/', '(', ')', ',', '=', 'src', 'len', 'path', '|', '::1', '10.0.0.1', '9', '>', ' ', ':', 'constructor', '[');
  fc.assert(fc.property(fc.array(piece, { maxLength: 14 }), pieces => {
    try { build(pieces.join('')); } catch (e) { assert.instance(e, BuildError, pieces.join('')); }
  }), { seed: 826, numRuns: 5000 });
});

test.run();
