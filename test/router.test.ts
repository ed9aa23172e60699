// router.test.ts -- the router examples, and what fragmentation must keep.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchSwitch } from './bench_switch.ts';
import { readVectors } from './vectors.ts';
import { checksum } from '../src/wire/checksum.ts';
import { random } from './wasm.ts';

const example = (name: string) => new BenchSwitch(readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8'));
/** An IPv4 frame to e1 of the examples with `payload` bytes of UDP-like noise, and options. */
function ip4(dst: string, payload: Uint8Array, { options = new Uint8Array(), flags = 0, id = 1 } = {}): Buffer {
  const header = Buffer.alloc(20 + options.length), octets = dst.split('.').map(Number);
  header.set([0x40 | header.length >> 2, 0], 0);
  header.writeUInt16BE(header.length + payload.length, 2);
  header.writeUInt16BE(id, 4);
  header.writeUInt16BE(flags, 6);
  header.set([64, 17, 0, 0, 192, 0, 2, 1, ...octets], 8);
  header.set(options, 20);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([Buffer.from('0200000001010200000000010800', 'hex'), header, payload]);
}

test('examples/router.yaml: default routes, the way back, and routes that go nowhere', () => {
  const b = example('router'), to = (dst: string) => b.send([{ bytes: ip4(dst, new Uint8Array(8)), id: 1 }]);
  assert.equal(to('203.0.113.9').sent.map(s => s.port), ['e2']);
  assert.equal(to('192.0.2.77').sent.map(s => s.port), ['e1']);
  assert.equal(to('198.51.100.1').sent.map(s => s.port), []);
  const [answer] = to('10.7.7.7').sent;
  assert.is(answer!.port, 'e1');
  assert.equal([...answer!.bytes.subarray(34, 36)], [3, 0], 'net unreachable');
  const [six] = readVectors('ip6_rewrite').filter(c => c.name.startsWith('the hop limit'));
  assert.equal(b.send([{ bytes: six!.in, id: 1 }]).sent.map(s => s.port), ['e2']);
});

test('examples/router-promisc.yaml: frames for others, and long ones', () => {
  const b = example('router-promisc'), frame = ip4('203.0.113.9', new Uint8Array(60000));
  frame.set([0, 1, 2, 3, 4, 5], 0);
  const { sent } = b.send([{ bytes: frame, id: 1 }]);
  assert.equal(sent.map(s => [s.port, s.bytes.length]), [['e2', 60034]]);
});

test('fragments hold every byte once, whatever the buffers do', () => {
  const next = random(7), below = (n: number) => next() % n;
  for (const mtu of [68, 576, 1281]) {
    const b = new BenchSwitch(`
      ports: {e1: {address: 10.0.1.1/24, mtu: 9000}, e2: {address: 10.0.2.1/24, mtu: ${mtu}}}
      neighbors: [{address: 10.0.2.9, mac: 02:00:00:00:00:04, port: e2}]
      routes: [{to: default, via: 10.0.2.9}]`);
    // More fragments than the pool has buffers: the node waits until some have left.
    const packets = Array.from({ length: 60 }, (_, i) => {
      const options = Uint8Array.from([[], [0x94, 4, 0, 0], [1, 1, 7, 5, 4, 0, 0, 0]][below(3)]!);
      return { options, payload: Uint8Array.from({ length: 1 + below(mtu === 68 ? 1600 : 4000) }, () => below(256)), id: i + 1 };
    });
    const { sent } = b.send(packets.map(p => ({ bytes: ip4('203.0.113.9', p.payload, p), id: p.id })), false);
    for (const p of packets) {
      const parts = sent.filter(s => s.id === p.id).map(s => Buffer.from(s.bytes)), whole = Buffer.alloc(p.payload.length);
      let end = 0;
      parts.forEach((f, i) => {
        const header = (f[14]! & 15) * 4, total = f.readUInt16BE(16), word = f.readUInt16BE(20);
        assert.is(total, f.length - 14);
        assert.ok(total <= mtu);
        assert.is(checksum(f.subarray(14, 14 + header)), 0);
        assert.is((word & 0x1fff) * 8, end, 'parts join');
        assert.is((word & 0x2000) !== 0, i + 1 < parts.length, 'more fragments');
        f.copy(whole, end, 14 + header);
        end += total - header;
      });
      assert.equal(whole, Buffer.from(p.payload));
    }
    assert.is(b.network.switches[0]!.graph.drops().length, 0);
  }
});

test.run();
