// classifier.ts -- many rules, one packet: the first that matches.
//
// A rule is a box: a range in each word of the key. The host cuts the space of
// keys into ever smaller parts (src/switch/classifier.ts) until few boxes are
// left in each, and makes a tree of it:
//
//   root | word, shift, mask | child child child ... |
//                                |           +--> leaf | n | box box |
//                                +--> node | word, shift, mask | child ...
//
// A lookup indexes a few nodes and compares the boxes of one leaf, however
// many rules there are. Rules with a wide source or destination would be in
// every part: they have trees of their own, up to four, tried in the order of
// their first rules.
//
// Words are compared unsigned, four at once: key - least <= span.

import { Box4, Box6, Classifier, ClassifierLeaf, ClassifierNode, Rule } from "../abi/policy";

/** The first rule that matches an IPv4 key of RuleKey at `key` at time `now`; 0 when none does. */
export function classifier_find4(c: usize, key: usize, now: i64): u32 {
  const a = v128.load(key), b = v128.load(key, 16), n = load<u32>(c, Classifier.COUNT);
  let found: u32 = 0, order: u32 = 0xffffffff;
  for (let t: u32 = 0, tree = c + Classifier.TREES; t < n && load<u32>(tree, 4) < order; t++, tree += 8) {
    const leaf = descend(load<u32>(tree), key), count = load<u32>(leaf, ClassifierLeaf.COUNT);
    for (let i: u32 = 0; i < count; i++) {
      const box = <usize>load<u32>(leaf + (<usize>i << 2), ClassifierLeaf.BOXES);
      if (load<u32>(box, Box4.ORDER) >= order) break;
      const inside = v128.and(i32x4.le_u(i32x4.sub(a, v128.load(box)), v128.load(box, Box4.SPAN)), i32x4.le_u(i32x4.sub(b, v128.load(box, 16)), v128.load(box, Box4.SPAN + 16)));
      if (!i32x4.all_true(inside)) continue;
      const rule = load<u32>(box, Box4.RULE);
      if (rule & 1 && now >= load<i64>(rule ^ 1, Rule.EXPIRES)) continue;
      found = rule & ~1;
      order = load<u32>(box, Box4.ORDER);
      break;
    }
  }
  return found;
}

/** The same for an IPv6 key. */
export function classifier_find6(c: usize, key: usize, now: i64): u32 {
  const a = v128.load(key), b = v128.load(key, 16), above = v128.load(key, 32), n = load<u32>(c, Classifier.COUNT);
  let found: u32 = 0, order: u32 = 0xffffffff;
  for (let t: u32 = 0, tree = c + Classifier.TREES; t < n && load<u32>(tree, 4) < order; t++, tree += 8) {
    const leaf = descend(load<u32>(tree), key), count = load<u32>(leaf, ClassifierLeaf.COUNT);
    for (let i: u32 = 0; i < count; i++) {
      const box = <usize>load<u32>(leaf + (<usize>i << 2), ClassifierLeaf.BOXES);
      if (load<u32>(box, Box6.ORDER) >= order) break;
      const addresses = v128.and(i32x4.le_u(i32x4.sub(a, v128.load(box)), v128.load(box, Box6.SPAN)), i32x4.le_u(i32x4.sub(b, v128.load(box, 16)), v128.load(box, Box6.SPAN + 16)));
      const inside = v128.and(addresses, i32x4.le_u(i32x4.sub(above, v128.load(box, 32)), v128.load(box, Box6.SPAN + 32)));
      if (!i32x4.all_true(inside)) continue;
      const rule = load<u32>(box, Box6.RULE);
      if (rule & 1 && now >= load<i64>(rule ^ 1, Rule.EXPIRES)) continue;
      found = rule & ~1;
      order = load<u32>(box, Box6.ORDER);
      break;
    }
  }
  return found;
}

/** Leaf of a tree that a key is in. */
function descend(node: u32, key: usize): usize {
  while (!(node & 1)) {
    const word = load<u32>(key + <usize>load<u8>(node));
    node = load<u32>(<usize>node + (<usize>((word >> <u32>load<u8>(node, ClassifierNode.SHIFT)) & load<u32>(node, ClassifierNode.MASK)) << 2), ClassifierNode.CHILDREN);
  }
  return <usize>(node ^ 1);
}
