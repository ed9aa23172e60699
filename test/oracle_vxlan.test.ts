// oracle_vxlan.test.ts -- VXLAN against Linux, Open vSwitch and captures from
// real networks, byte for byte. What differs is named where it is masked.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatIp, formatMac } from '../src/wire/address.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch, type Outcome } from './bench_switch.ts';
import { recordedFrames } from './recorded.ts';
import { needs, noRecording, shared } from './skip.ts';

const oracle = needs(noRecording('oracles', 'linux', 'vxlan_decap.in.pcap'), noRecording('oracles', 'ovs', 'in.hex'));
const capture = needs(noRecording('pcaps', 'vxlan_basic.pcap'));
const frames = (...path: string[]): Uint8Array[] => recordedFrames(join(shared, ...path));

/** Offset of the source port in UDP over plain IPv4; how it follows from the flow is each implementation's own. */
const SOURCE_PORT = 34;
const withoutSourcePort = (bytes: Uint8Array): string => hexdump(bytes.map((v, i) => (i === SOURCE_PORT || i === SOURCE_PORT + 1 ? 0 : v)));
const drops = ({ visits }: Outcome): string[] => visits.filter(v => v.edge === 'drop').map(v => v.drop);

oracle('Linux: a vxlan device in a bridge', () => {
  const inputs = frames('oracles', 'linux', 'vxlan_decap.in.pcap'), back = frames('oracles', 'linux', 'vxlan_decap.back.pcap');
  // Linux carries tags inside by default, this switch by inner_vlan.
  const b = new BenchSwitch(`
    ports: {r1: {address: 10.0.2.2/24, mac: 02:00:00:00:00:02}, r2: }
    bridges: {br9: {ports: [r2, vx100]}}
    vxlan: {vx100: {vni: 100, local: 10.0.2.2, remotes: [10.0.2.9], learn: false, inner_vlan: true}}
  `);
  const seen = inputs.map((bytes, i) => b.send([{ port: 'r1', bytes, id: i + 1 }]));
  const sent = seen.map(o => o.sent.map(s => s.bytes)), [, , , reserved, , , , padded] = sent;
  assert.equal(seen.map(o => drops(o).join()), ['', 'VXLAN_UNKNOWN_VNI', 'VXLAN_NO_VNI', '', '', 'TRUNCATED', 'TRUNCATED', '']);
  // The fourth has the last byte of the header set (64 55). RFC 7348 section 5 has reserved fields ignored; Linux
  // drops unless told otherwise. "strict" is Linux' way:
  const strict = new BenchSwitch(`
    ports: {r1: {address: 10.0.2.2/24, mac: 02:00:00:00:00:02}, r2: }
    bridges: {br9: {ports: [r2, vx100]}}
    vxlan: {vx100: {vni: 100, local: 10.0.2.2, remotes: [10.0.2.9], strict: true}}
  `);
  assert.equal(drops(strict.send([{ port: 'r1', bytes: inputs[3]!, id: 1 }])), ['VXLAN_RESERVED']);
  assert.is(reserved!.length, 1);
  assert.is(padded!.length, 1);
  const linux = sent.filter((_, i) => i !== 3).flat();
  assert.is(linux.length, back.length);
  back.forEach((want, i) => { assert.fixture(hexdump(linux[i]!), hexdump(want), `frame ${i + 1}`); });
});

oracle('Open vSwitch: a vxlan port, out and in', () => {
  const [line = ''] = readFileSync(join(shared, 'oracles', 'ovs', 'in.hex'), 'utf8').split('\n'), [want] = frames('oracles', 'ovs', 'tunnel_out.pcap');
  const b = new BenchSwitch(`
    ports: {p1: , p0: {address: 1.1.2.88/24, mac: 02:00:00:00:00:b0}}
    bridges: {int0: {ports: [p1, vx]}}
    neighbors: [{address: 1.1.2.92, mac: 02:00:00:00:00:92, port: p0}]
    vxlan: {vx: {vni: 5000, local: 1.1.2.88, remotes: [1.1.2.92]}}
  `);
  const { sent } = b.send([{ port: 'p1', bytes: Buffer.from(line.split(' ')[1]!, 'hex'), id: 1 }]);
  assert.equal(sent.map(s => s.port), ['p0']);
  assert.fixture(withoutSourcePort(sent[0]!.bytes), withoutSourcePort(want!));
  const port = sent[0]!.bytes[SOURCE_PORT]! << 8 | sent[0]!.bytes[SOURCE_PORT + 1]!;
  assert.ok(port >= 49152, `source port ${port}`);
  // The answer: the same frame with the outer addresses swapped, as ovs_lab.sh feeds it back.
  const reply = Uint8Array.from(want!), swap = (x: number, y: number, n: number) => {
    reply.set(want!.subarray(x, x + n), y);
    reply.set(want!.subarray(y, y + n), x);
  };
  swap(0, 6, 6);
  swap(26, 30, 4);
  const fresh = new BenchSwitch(b.network.file.text), out = fresh.send([{ port: 'p0', bytes: reply, id: 2 }]).sent;
  assert.equal(out.map(s => s.port), ['p1']);
  assert.fixture(hexdump(out[0]!.bytes), hexdump(frames('oracles', 'ovs', 'decap_out.pcap')[0]!));
});

/** A switch that ends the tunnels of a capture, whoever they are for. */
function terminator(inputs: readonly Uint8Array[], vni: number, more = '', port = 4789): BenchSwitch {
  const ends = new Set(inputs.map(f => formatIp(f.slice(30, 34)))), macs = new Set(inputs.map(f => formatMac(f.slice(0, 6))));
  assert.ok(macs.size > 0);
  return new BenchSwitch(`
    ports: {up: {promiscuous: true, mtu: 9300}, host: {mtu: 9300}}
    bridges: {br: {ports: [host]}}
    vxlan: {${[...ends].map((end, i) => `vx${i}: {vni: ${vni}, bridge: br, local: ${end}, port: ${port}, any_peer: true${more}}`).join(', ')}}
  `);
}

for (const [file, vni, port, more] of [
  ['vxlan_basic.pcap', 100, 4789, ''], ['vxlan_port_8472.pcap', 100, 8472, ''], ['vxlan_inner_vlan_http_jumbo.pcap', 1, 4789, ', inner_vlan: true'],
  ['vxlan_reserved_bits_set.pcap', 11, 4789, ''],
] as const)
  capture(`${file}: every inner frame comes out`, () => {
    const inputs = frames('pcaps', file), b = terminator(inputs, vni, more, port);
    for (const [i, bytes] of inputs.entries()) {
      const o = b.send([{ port: 'up', bytes, id: i + 1 }]);
      assert.equal(drops(o), [], `packet ${i + 1}`);
      assert.is(o.sent.length, 1, `packet ${i + 1}`);
      assert.fixture(hexdump(o.sent[0]!.bytes), hexdump(bytes.subarray(14 + 20 + 8 + 8)), `packet ${i + 1}`);
    }
  });

capture('vxlan_reserved_bits_set.pcap: refused when strict', () => {
  const inputs = frames('pcaps', 'vxlan_reserved_bits_set.pcap'), b = terminator(inputs, 11, ', strict: true');
  for (const [i, bytes] of inputs.entries()) assert.equal(drops(b.send([{ port: 'up', bytes, id: i + 1 }])), ['VXLAN_RESERVED']);
});

capture('vxlan_triple_nested.pcap: three tunnels end in one switch', () => {
  const [bytes] = frames('pcaps', 'vxlan_triple_nested.pcap'), mac = formatMac(bytes!.slice(0, 6));
  const b = new BenchSwitch(`
    ports: {up: {address: 1.1.1.9/24, mac: "${mac}"}, host: }
    bridges: {one: {address: 2.2.2.9/24, mac: "${mac}"}, two: {address: 3.3.3.9/24, mac: "${mac}"}, three: {ports: [host]}}
    vxlan:
      vx1: {vni: 1, bridge: one, local: 1.1.1.9, remotes: [1.1.1.1]}
      vx2: {vni: 2, bridge: two, local: 2.2.2.9, remotes: [2.2.2.2]}
      vx3: {vni: 3, bridge: three, local: 3.3.3.9, remotes: [3.3.3.3]}
  `);
  const o = b.send([{ port: 'up', bytes: bytes!, id: 1 }]);
  assert.equal(drops(o), []);
  assert.equal(o.sent.map(s => s.port), ['host']);
  assert.fixture(hexdump(o.sent[0]!.bytes), hexdump(bytes!.subarray(3 * (14 + 20 + 8 + 8))));
});

test.run();
