// fabric_checkpoint.test.ts -- a run that is put down and taken up again is the
// run that was never put down.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { weft } from './weft.ts';

const dir = mkdtempSync(join(tmpdir(), 'weft-fabric-checkpoint-')), file = fileURLToPath(new URL('../examples/fabric/plane-failure.yaml', import.meta.url)), at = join(dir, 'run.checkpoint');
test.after(() => { rmSync(dir, { recursive: true }); });

const run = (...args: string[]) => weft(['fabric', 'run', file, '--json', ...args]);
const runs = (text: string) => (JSON.parse(text) as { runs: { completed: number; messages: number }[] }).runs;

for (const [balance, stops] of [['fare', ['100us', '250us', '320us']], ['ecmp', ['250us']], ['random', ['250us']]] as const)
  test(`${balance}: before a plane fails, while ways are old, after; the same end`, () => {
    const whole = runs(run('--balance', balance).out);
    for (const stop of stops) {
      rmSync(at, { force: true });
      const first = run('--balance', balance, '--until', stop, '--checkpoint', at);
      assert.is(first.code, 0, first.err);
      assert.ok(runs(first.out)[0]!.completed < runs(first.out)[0]!.messages && existsSync(at), stop);
      assert.equal(runs(run('--balance', balance, '--checkpoint', at).out), whole, stop);
    }
  });

test('a checkpoint of something else is refused', () => {
  rmSync(at, { force: true });
  run('--until', '100us', '--checkpoint', at);
  const refused = (words: RegExp, code: number, ...args: string[]) => {
    const { code: got, out } = run('--checkpoint', at, ...args);
    assert.is(got, code);
    assert.match((JSON.parse(out) as { message: string }).message, words);
  };
  refused(/another balance/, 2, '--balance', 'ecmp');
  refused(/another seed/, 2, '--seed', '9');
  refused(/of one run/, 2, '--seed', '1..2');
  refused(/not go with --out/, 2, '--out', join(dir, 'out'));
  const bytes = readFileSync(at), end = bytes.indexOf(10);
  writeFileSync(at, Buffer.concat([Buffer.from(bytes.toString('utf8', 0, end).replace(/"weft":"[^"]*"/, '"weft":"0.0.0"')), bytes.subarray(end)]));
  refused(/another version/, 2);
  writeFileSync(at, bytes.subarray(0, bytes.length / 2));
  refused(/no checkpoint, or a damaged one/, 3);
});

test.run();
