// classifier.test.ts -- the trees of rules against the plain list that says
// what they mean.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_PORT, Rule } from '../assembly/abi/policy.ts';
import { type Box, firstMatch, placeClassifier, RulesRefused, WORD_MOST } from '../src/switch/classifier.ts';
import { bench, random } from './wasm.ts';
import { ruleSet } from './rule_sets.ts';

/** A key in the box, at one of its corners in each word or between them; sometimes just outside. */
function keyNear(r: () => number, box: Box, most: readonly number[]): number[] {
  return box.least.map((a, i) => {
    const b = box.most[i]!, pick = r() % 8;
    const v = pick === 0 ? a : pick === 1 ? b : pick === 2 ? Math.max(0, a - 1) : pick === 3 ? Math.min(most[i]!, b + 1) : a + Math.floor((b - a) * (r() / 2 ** 32));
    return i === most.length - 2 ? Math.min(v, 255) : v;
  });
}

for (const six of [false, true])
  for (const [kind, count] of [['acl', 1], ['acl', 10], ['acl', 300], ['acl', 3000], ['ports', 300], ['nested', 400], ['remote', 1000]] as const)
    test(`IPv${six ? 6 : 4}: ${count} rules (${kind}) as the list has them`, () => {
      const b = bench(256), { k } = b, r = random(count + kind.length), most = WORD_MOST(six), n = ruleSet(kind, count, six, r);
      const now = 1000n;
      const boxes: Box[] = n.map((box, i) => {
        const rule = k.alloc(Rule.SIZEOF, 'rule'), expires = kind !== 'ports' && i % 7 === 3;
        k.view.setBigInt64(rule + Rule.EXPIRES, expires ? (i % 2 === 0 ? now : now + 1n) : 2n ** 63n - 1n, true);
        return { ...box, order: i, rule, expires };
      });
      const live = (rule: number) => now < k.view.getBigInt64(rule + Rule.EXPIRES, true);
      const c = placeClassifier(k, boxes, six), at = k.alloc(64, 'key');
      let hits = 0;
      for (let i = 0; i < 4000; i++) {
        const key = keyNear(r, boxes[r() % boxes.length]!, most), want = firstMatch(boxes, key, live)?.rule ?? 0;
        k.u32.set(key, at >>> 2);
        assert.is(b.u32(six ? 'classifier_find6' : 'classifier_find4', c, at, now), want, `key ${key.join()}`);
        if (want) hits++;
      }
      assert.ok(hits > 300);
    });

test('no rules match nothing', () => {
  const b = bench(64);
  assert.is(b.u32('classifier_find4', placeClassifier(b.k, [], false), b.alloc(64), 0n), 0);
});

test('a port of none is in no range of ports, and in "any"', () => {
  const b = bench(64), { k } = b, most = WORD_MOST(false), rule = b.alloc(Rule.SIZEOF), at = b.alloc(64);
  k.view.setBigInt64(rule + Rule.EXPIRES, 2n ** 63n - 1n, true);
  const box = (last: number): Box => ({ least: [0, 0, 0, 0, 0, 0], most: most.with(3, last), order: 0, rule, expires: false });
  k.u32.set([1, 2, 3, NO_PORT, 6, 1], at >>> 2);
  assert.is(b.u32('classifier_find4', placeClassifier(k, [box(65535)], false), at, 0n), 0);
  assert.is(b.u32('classifier_find4', placeClassifier(k, [box(NO_PORT)], false), at, 0n), rule);
});

test('too many rules with an expiry over the same packets are refused', () => {
  const b = bench(64), most = WORD_MOST(false);
  const boxes = Array.from({ length: 33 }, (_, i): Box => ({ least: [0, 0, 0, 0, 0, 0], most, order: i, rule: 64, expires: true }));
  placeClassifier(b.k, boxes.slice(1), false);
  assert.throws(() => placeClassifier(b.k, boxes, false), (e: Error) => e instanceof RulesRefused);
});

test.run();
