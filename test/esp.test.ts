// esp.test.ts -- ESP in UDP: packets come out as they went in, nobody else's
// do, and the paths of the wide area get their shares.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Switch as Sw } from '../assembly/abi/switch.ts';
import { espOverhead, open, ReplayWindow, seal, splitKey } from '../src/crypto/esp.ts';
import { listGroups } from '../src/switch/groups.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch } from './bench_switch.ts';
import { frameOf } from './captured.ts';
import { Bytes, scratchFile } from './capture_files.ts';
import { needs, noProgram } from './skip.ts';

const EXAMPLE = readFileSync(new URL('../examples/ipsec.yaml', import.meta.url), 'utf8');
const KEY = '0x000102030405060708090a0b0c0d0e0f10111213', BACK = '0x202122232425262728292a2b2c2d2e2f30313233';

let ids = 0;
const send = (b: BenchSwitch, port: string, text: string) => b.send([{ port, bytes: frameOf(b.network, port, text), id: ++ids }]);
const udp = (port: number) => `eth()/ip(src=10.1.0.9,dst=10.2.0.9,ttl=20)/udp(srcport=${port},dstport=53)/data(len=${port % 100})`;

test('any payload comes back, under any key', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(20, 28, 36), fc.integer({ min: 1, max: 0xffffffff }), (payload, size, sequence) => {
    const key = splitKey(Uint8Array.from({ length: size }, (_, i) => i * 7))!, packet = seal(key, 0x1001, sequence, payload, 4), opened = open(key, packet);
    assert.is(packet.length, payload.length + espOverhead(payload.length));
    assert.is(packet.length % 4, 0);
    assert.ok('payload' in opened && Buffer.compare(opened.payload, payload) === 0 && opened.next === 4);
    for (const at of [0, 7, 10, 16, packet.length - 1]) {
      const changed = Uint8Array.from(packet);
      changed[at]! ^= 1;
      assert.ok('fault' in open(key, changed), `octet ${at}`);
    }
  }), { seed: 7, numRuns: 200 });
});

test('the replay window takes each number once, and late ones as far as it reaches', () => {
  const w = new ReplayWindow(64), take = (n: number) => {
    const fits = w.fits(n);
    if (fits) w.take(n);
    return fits;
  };
  assert.equal([1, 1, 5, 3, 3, 100, 36, 37, 37, 5, 0, 164, 101].map(take), [true, false, true, true, false, true, false, true, false, false, false, true, true]);
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 600 }), list => {
    const window = new ReplayWindow(64), seen = new Set<number>();
    let highest = 0;
    for (const n of list) {
      const want = !seen.has(n) && n > highest - 64;
      assert.is(window.fits(n), want);
      if (!want) continue;
      window.take(n);
      seen.add(n);
      highest = Math.max(highest, n);
    }
  }), { seed: 8, numRuns: 200 });
});

test('through the tunnel and out, one hop at either end; nothing is held', () => {
  const b = new BenchSwitch(EXAMPLE);
  for (const [port, out, text] of [['west:e1', 'east:e1', udp(1000)], ['east:e1', 'west:e1', 'eth()/ip(src=10.2.0.9,dst=10.1.0.9)/tcp(srcport=80,dstport=5)']] as const) {
    const input = frameOf(b.network, port, text), { sent } = send(b, port, text);
    assert.equal(sent.map(s => s.port), [out]);
    const want = Buffer.from(input);
    want.set(sent[0]!.bytes.subarray(0, 12));
    want[22]! -= 2;
    want.set(sent[0]!.bytes.subarray(24, 26), 24); // the header's checksum
    assert.fixture(hexdump(sent[0]!.bytes), hexdump(want));
  }
  for (const sw of b.network.switches) assert.is(b.k.view.getUint32(sw.at + Sw.HELD, true), 0);
});

test('256 flows: a fixed port uses one of four paths, entropy a quarter of each', () => {
  const shares = (yaml: string) => {
    const b = new BenchSwitch(yaml);
    for (let i = 0; i < 256; i++) assert.is(send(b, 'west:e1', udp(1000 + i)).sent.length, 1);
    return listGroups(b.network.switches[0]!.built)[0]!.members.map(m => m.actual);
  };
  assert.equal(shares(EXAMPLE.replace('spi_out: 0x1001', 'entropy: false, spi_out: 0x1001')).filter(s => s > 0), [1]);
  for (const s of shares(EXAMPLE)) assert.ok(Math.abs(s - 0.25) < 0.06, `${s}`);
});

/** West alone: what it puts on the first wire. */
const WEST = `
ports:
  e1: {address: 10.1.0.1/24, mac: 02:00:00:00:0a:01}
  e2: {address: [192.0.2.0/31, "2001:db8::1/64"], mac: 02:00:00:00:0a:02}
neighbors:
  - {address: 10.1.0.9, mac: 02:00:00:00:01:09, port: e1}
  - {address: 192.0.2.1, mac: 02:00:00:00:02:02, port: e2}
ipsec:
  wan: {local: 198.51.100.1, remote: 198.51.100.2, spi_out: 0x1001, spi_in: 0x1002, key_out: "${KEY}", key_in: "${BACK}"}
routes:
  - {to: 10.2.0.0/24, ipsec: wan}
  - {to: 198.51.100.2/32, via: 192.0.2.1}
`;
const back = splitKey(Uint8Array.from(Buffer.from(BACK.slice(2), 'hex')))!;
/** A datagram to west's tunnel, from any port. */
const datagram = (payload: Uint8Array, port = 50000): string => `eth()/ip(src=198.51.100.2,dst=198.51.100.1)/udp(srcport=${port},dstport=4500)/data(hex=${Buffer.from(payload).toString('hex')})`;

test('what is not sealed for us stays outside, each for its reason', () => {
  const b = new BenchSwitch(WEST), inner = frameOf(b.network, 'e2', 'eth()/ip(src=10.2.0.9,dst=10.1.0.9)/udp()').subarray(14);
  const drop = (payload: Uint8Array) => send(b, 'e2', datagram(payload)).visits.at(-1)!;
  const good = seal(back, 0x1002, 5, inner, 4), bad = Uint8Array.from(good);
  bad[20]! ^= 1;
  assert.is(drop(bad).drop, 'ESP_AUTHENTICATION');
  assert.is(send(b, 'e2', datagram(good)).sent[0]?.port, 'e1');
  assert.is(drop(good).drop, 'ESP_REPLAY');
  assert.is(drop(seal(back, 0x1003, 6, inner, 4)).drop, 'ESP_UNKNOWN_SA');
  assert.is(drop(seal(back, 0x1002, 7, inner, 59)).drop, 'ESP_MALFORMED', 'a dummy packet');
  assert.is(drop(seal(back, 0x1002, 8, inner, 4).subarray(0, 22)).drop, 'ESP_MALFORMED');
  assert.is(drop(good.subarray(0, 7)).drop, 'ESP_MALFORMED');
  assert.is(drop(Uint8Array.from([0, 0, 0, 0, 1, 2, 3, 4, 5])).drop, 'PORT_UNREACHABLE', 'IKE');
  assert.is(drop(Uint8Array.of(0xff)).edge, 'consume', 'a keepalive');
  assert.is(b.k.view.getUint32(b.network.switches[0]!.at + Sw.HELD, true), 0);
});

test('what does not fit is answered with the tunnel\'s own MTU', () => {
  const b = new BenchSwitch(WEST), { sent, visits } = send(b, 'e1', 'eth()/ip(src=10.1.0.9,dst=10.2.0.9,df=1)/udp()/data(len=1460)');
  assert.is(visits.find(v => v.drop)?.drop, 'FRAGMENTATION_NEEDED');
  assert.is(Buffer.from(sent[0]!.bytes).readUInt16BE(14 + 20 + 6), 1500 - 20 - 8 - 37);
});

test('keys and numbers that cannot be are told', () => {
  assert.throws(() => new BenchSwitch(WEST.replace(KEY, '0x0011')), /expected 20, 28 or 36 octets/);
  assert.throws(() => new BenchSwitch(WEST.replace('ipsec: wan}', 'ipsec: wam}')), /no IPsec tunnel "wam": there are wan/);
});

needs(noProgram('tshark'))('tshark decrypts it with the key', () => {
  const b = new BenchSwitch(WEST), frames = [0, 1, 2].map(i => send(b, 'e1', udp(1000 + i)).sent[0]!.bytes);
  const w = new Bytes(false), file = scratchFile('esp.pcapng', w.shb(), w.idb(1, 0), ...frames.map((f, i) => w.epb(0, BigInt(i), f)));
  const { stdout, stderr } = spawnSync('tshark', ['-r', file, '-o', 'esp.enable_encryption_decode:TRUE', '-o', `uat:esp_sa:"IPv4","*","*","0x00001001","AES-GCM with 16 octet ICV [RFC4106]","${KEY}","NULL","","32-bit"`, '-T', 'fields', '-e', 'esp.sequence', '-e', 'udp.srcport', '-e', 'dns.id', '-e', 'ip.dst', '-e', '_ws.malformed'], { encoding: 'utf8' });
  const rows = stdout.trim().split('\n').map(l => l.split('\t'));
  assert.equal(rows.map(r => [r[0], r[3]]), [1, 2, 3].map(i => [String(i), '198.51.100.2,10.2.0.9']), stderr);
  rows.forEach((r, i) => { assert.is(r[1]!.split(',')[1], String(1000 + i)); });
});

test.run();
