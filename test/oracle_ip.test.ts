// oracle_ip.test.ts -- forwarding against Linux, whose input and output
// were recorded: what goes on, and what comes back.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hexdump } from '../src/wire/hexdump.ts';
import { checksum } from '../src/wire/checksum.ts';
import { BenchSwitch } from './bench_switch.ts';
import { recordedFrames } from './recorded.ts';
import { needs, noRecording, shared } from './skip.ts';

const folder = `${shared}/oracles/linux`, recorded = needs(noRecording('oracles', 'linux', 'ip_forward_ttl.in.pcap'));
const frames = (direction: string) => recordedFrames(`${folder}/ip_forward_ttl.${direction}.pcap`);

/** The router of the recording: r0 towards the source, r1 towards the destination. */
const ROUTER = `
  ports:
    r0: {mac: 02:00:00:00:00:02, address: [10.0.1.2/24, "fd00:1::2/64"], mtu: 9000}
    r1: {mac: 02:00:00:00:00:03, address: [10.0.2.2/24, "fd00:2::2/64"], mtu: 9000}
  neighbors:
    - {address: 10.0.1.9, mac: 02:00:00:00:00:01, port: r0}
    - {address: 10.0.2.9, mac: 02:00:00:00:00:04, port: r1}
    - {address: "fd00:1::9", mac: 02:00:00:00:00:01, port: r0}
    - {address: "fd00:2::9", mac: 02:00:00:00:00:04, port: r1}
  routes:
    - {to: default, via: 10.0.2.9}
    - {to: 192.0.2.0/24, via: 10.0.1.9}
    - {to: default6, via: "fd00:2::9"}
    - {to: "2001:db8:1::/48", via: "fd00:1::9"}
`;

/** An ICMP error of Linux as ours differ from it; the reasons are in assembly/originate/icmp4.ts and icmp6.ts. */
function asOurs(frame: Buffer): Buffer {
  const f = Buffer.from(frame);
  if (f.readUInt16BE(12) === 0x0800) {
    f[15] = 0xc0; // TOS
    f.writeUInt32BE(0x00004000, 18); // identification; don't fragment
    f.writeUInt16BE(0, 24);
    f.writeUInt16BE(checksum(f.subarray(14, 34)), 24);
  } else f.writeUInt32BE(0x60000000, 14); // flow label
  return f;
}

recorded('TTL and hop limit 64, 2, 1, 0, 255: the same frames go on and the same errors come back', () => {
  const b = new BenchSwitch(ROUTER), sent = frames('in').flatMap((bytes, i) => b.send([{ port: 'r0', bytes, id: i + 1 }]).sent);
  const at = (port: string) => sent.filter(s => s.port === port).map(s => hexdump(s.bytes)).join('\n');
  assert.fixture(at('r1'), frames('out').map(f => hexdump(f)).join('\n'));
  assert.fixture(at('r0'), frames('back').map(f => hexdump(asOurs(f))).join('\n'));
});

test.run();
