// oracle_l2.test.ts -- tag pushing against Open vSwitch 3.1 (userspace
// datapath), whose input and output were recorded.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch } from './bench_switch.ts';
import { recordedFrames } from './recorded.ts';
import { needs, noRecording, shared } from './skip.ts';

const folder = `${shared}/oracles/ovs`, recorded = needs(noRecording('oracles', 'ovs', 'in.hex'));

const udpPort = (frame: Uint8Array, l3: number): number => Buffer.from(frame).readUInt16BE(l3 + 22);
const ethertype = (frame: Uint8Array): number => Buffer.from(frame).readUInt16BE(12);

// OVS: push_vlan:0x8100, vid 100, push_vlan:0x88a8, vid 200, pcp 3
recorded('an untagged frame leaves with S-tag 200 and C-tag 100', () => {
  const input = readFileSync(`${folder}/in.hex`, 'utf8').trim().split('\n').map(l => Buffer.from(l.split(' ')[1]!, 'hex'));
  const output = recordedFrames(`${folder}/mpls_vlan_out.pcap`);
  const sent = input.find(f => ethertype(f) === 0x0800 && udpPort(f, 14) === 6)!, want = output.find(f => ethertype(f) === 0x88a8)!;
  assert.is(udpPort(want, 22), 6);
  const b = new BenchSwitch(`
    ports: {e1: {bridge: br}, e2: {vlans: {s200.100: {bridge: br}}}}
    bridges: {br: }`);
  // In weft priority is the packet's: it comes with a priority tag here.
  const tagged = Buffer.concat([sent.subarray(0, 12), Buffer.from('81006000', 'hex'), sent.subarray(12)]);
  const [out, ...more] = b.send([{ port: 'e1', bytes: tagged, id: 1 }]).sent;
  assert.is(more.length, 0);
  assert.is(out!.port, 'e2');
  // The difference: OVS sets the PCP of the outer tag alone, weft gives both
  // the packet's priority (IEEE 802.1Q 6.9.2).
  const same = Buffer.from(want);
  same.writeUInt16BE(3 << 13 | 100, 18);
  assert.not.equal(Buffer.from(out!.bytes), want);
  assert.fixture(hexdump(out!.bytes), hexdump(same));
  // And without priority all bytes but the outer PCP agree.
  const [plain] = b.send([{ port: 'e1', bytes: sent, id: 2 }]).sent;
  const unmarked = Buffer.from(want);
  unmarked.writeUInt16BE(200, 14);
  assert.fixture(hexdump(plain!.bytes), hexdump(unmarked));
});

test.run();
