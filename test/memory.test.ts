// memory.test.ts -- a pool beyond 2 GiB: tables and traces lie where an address
// that a kernel hands back as an i32 is negative.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checksum } from '../src/wire/checksum.ts';
import { BenchSwitch } from './bench_switch.ts';

const SWITCH = `
ports: {e1: {address: 10.0.1.1/24, mac: 02:00:00:00:01:01}, e2: {address: 10.0.2.1/24}}
neighbors: [{address: 10.0.2.9, mac: 02:00:00:00:02:09, port: e2}]
routes:
  - {to: 192.0.2.0/24, via: 10.0.2.9}
  - {to: "2001:db8::/32", action: blackhole}
`;
const MIB = 2 ** 20, RECORDS = 1_030_000;

test('a switch whose tables are beyond 2 GiB forwards and leaves its trace', () => {
  const b = new BenchSwitch(SWITCH, { memory: 4095 * MIB, small: RECORDS });
  assert.ok(b.network.switches[0]!.at > 2 ** 31, `the switch is at ${b.network.switches[0]!.at}`);
  const header = Buffer.from('4500001c000000004011000000000000c0000201', 'hex');
  header.set([10, 0, 1, 9], 12);
  header.writeUInt16BE(checksum(header), 10);
  const { sent, visits } = b.send([{ bytes: Buffer.concat([Buffer.from('0200000001010200000000090800', 'hex'), header, Buffer.from('0400003500080000', 'hex'), Buffer.alloc(18)]), id: 1 }]);
  assert.equal(sent.map(s => s.port), ['e2']);
  assert.is(Buffer.from(sent[0]!.bytes.subarray(0, 6)).toString('hex'), '020000000209');
  assert.is(visits.at(-1)!.node, 'port_tx');
});

test.run();
