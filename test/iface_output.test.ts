// iface_output.test.ts -- what vectors cannot say: tunnels are told apart by
// their hop, and tags need room in the buffer.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Hop, HopKind } from '../assembly/abi/hop.ts';
import { Packet } from '../assembly/abi/packet.ts';
import { Iface } from '../assembly/abi/port.ts';
import { BenchSwitch } from './bench_switch.ts';

const YAML = `
ports: {e1: , e2: {vlans: {s200.100: {bridge: br}}}}
bridges: {br: {ports: [e1], static: [{mac: "02:00:00:00:00:02", port: e2.s200.100}]}}
`;
const FRAME = Buffer.from('020000000002 0200000000a1 0800 4500'.replace(/ /g, ''), 'hex');

for (const [kind, edge] of [[HopKind.VXLAN_ENCAP, 'vxlan_encap'], [HopKind.MPLS_PUSH, 'mpls_push']] as const)
  test(`an interface with a hop of kind ${HopKind[kind]} leads to ${edge}, HIT is the hop`, () => {
    const b = new BenchSwitch(YAML), iface = b.network.switches[0]!.built.interfaces.find(i => i.name === 'e2.s200.100')!;
    const hop = b.k.alloc(Hop.SIZEOF, 'hop');
    b.k.view.setUint8(hop + Hop.KIND, kind);
    b.k.view.setUint32(iface.at + Iface.HOP, hop, true);
    const seen = b.send([{ port: 'e1', bytes: FRAME, id: 1 }]).visits.find(v => v.node === 'iface_output')!;
    assert.is(seen.edge, edge);
    assert.is(seen.hit, hop);
  });

test('no room for the tags drops NO_HEADROOM', () => {
  const b = new BenchSwitch(YAML), d = b.enter({ port: 'e1', bytes: FRAME, id: 1 }), at = b.k.view.getUint32(d + Packet.DATA, true);
  const bounds = [b.k.view.getUint32(d + Packet.BUF, true), b.k.view.getUint32(d + Packet.END, true)] as const;
  b.k.view.setUint32(d + Packet.BUF, at - 4, true);
  b.k.view.setUint32(d + Packet.END, at + FRAME.length + 3, true);
  const { visits } = b.run('e1', [d]);
  assert.is(visits.find(v => v.drop)!.drop, 'NO_HEADROOM');
  // One more byte is enough: the frame moves back into its tail room.
  b.k.view.setUint32(d + Packet.BUF, bounds[0], true);
  b.k.view.setUint32(d + Packet.END, bounds[1], true);
  const e = b.enter({ port: 'e1', bytes: FRAME, id: 2 });
  assert.is(e, d, 'the buffer just freed is the next one used');
  b.k.view.setUint32(e + Packet.BUF, at - 4, true);
  b.k.view.setUint32(e + Packet.END, at + FRAME.length + 4, true);
  const [sent] = b.run('e1', [e]).sent;
  assert.is(Buffer.from(sent!.bytes).toString('hex'), '0200000000020200000000a188a800c88100006408004500');
});

test.run();
