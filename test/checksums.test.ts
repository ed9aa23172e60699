// checksums.test.ts -- wrong transport checksums are counted by the port they
// came in by, unless the switch is told not to look.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Port } from '../assembly/abi/port.ts';
import { Switch } from '../assembly/abi/switch.ts';
import { BenchSwitch } from './bench_switch.ts';
import { readVectors } from './vectors.ts';

function wrongOn(b: BenchSwitch, port: number): bigint {
  const ports = b.k.view.getUint32(b.network.switches[0]!.at + Switch.PORTS, true);
  return b.k.view.getBigUint64(ports + port * Port.SIZEOF + Port.BAD_L4, true);
}

for (const node of ['ip4_verify', 'ip6_verify'])
  test(`${node} counts what is wrong and nothing else`, () => {
    for (const c of readVectors(node)) {
      const b = new BenchSwitch(c.config);
      b.send([{ bytes: c.in, id: 1, ...(c.orig === undefined ? {} : { orig: c.orig }) }]);
      assert.is(wrongOn(b, 0), c.name.startsWith('wrong') ? 1n : 0n, c.name);
      assert.is(wrongOn(b, 1), 0n, 'the port it leaves by');
    }
  });

test('count_checksums: false takes the nodes out of the graph', () => {
  const [c] = readVectors('ip4_verify').filter(v => v.name.startsWith('wrong'));
  const b = new BenchSwitch(`  count_checksums: false\n${c!.config}`);
  const { visits, sent } = b.send([{ bytes: c!.in, id: 1 }]);
  assert.is(sent.length, 1);
  assert.equal(visits.map(v => v.node).filter(n => n.includes('verify')), []);
  assert.is(wrongOn(b, 0), 0n);
});

test.run();
