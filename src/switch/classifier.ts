// classifier.ts -- rules made into trees that the kernels look packets up in
// (assembly/tables/classifier.ts), and the plain list that says what they mean.
//
// A part of the key space is cut along the word that leaves the fewest boxes in
// each piece, into as many equal pieces as copies of boxes allow, until
// LEAF boxes are left. What keeps that small: a box behind one that fills its
// piece is never met and is left out; pieces with the same boxes are one; boxes
// with a wide source or destination, which every cut of addresses would copy,
// are in trees of their own (EffiCuts, SIGCOMM 2010).

import { Box4, Box6, Classifier, ClassifierNode, NO_PORT } from '../../assembly/abi/policy.ts';
import type { Kernels } from '../kernel/kernels.ts';

/** A range in each word of a key: 6 words for IPv4 (source, destination, ports, protocol, interface), 12 for IPv6. */
export interface Box {
  readonly least: readonly number[];
  readonly most: readonly number[];
  /** Rules of a lower number go first. */
  readonly order: number;
  /** Address of its Rule. */
  readonly rule: number;
  /** Whether it stops matching at some time, so that it hides nothing behind it. */
  readonly expires: boolean;
}

/** Most values of a word, and how many bits that is: addresses, ports (and NO_PORT), protocol, interface. */
const ABOVE_BITS = [17, 17, 8, 16];
export const WORD_MOST = (six: boolean): number[] => [...new Array<number>(six ? 8 : 2).fill(0xffffffff), NO_PORT, NO_PORT, 0xff, 0xffff];
const wordBits = (six: boolean): number[] => [...new Array<number>(six ? 8 : 2).fill(32), ...ABOVE_BITS];

/** Boxes of a leaf: fewer are not cut further. */
const LEAF = 3;
/** Most boxes of a leaf that no cut makes smaller: rules that expire over the same packets. */
const LEAF_MAX = 32;
/** Copies of boxes that a cut may make, for each box. */
const COPIES = 8;
/** Bits of a key that one node looks at. */
const CUT_BITS = 14;
/** Memory of a classifier: so much, and so much more for each box, bytes. */
const BYTES = 2 ** 20, BYTES_A_BOX = 1024;

/** The rules cannot be looked up within the bounds above. */
export class RulesRefused extends Error {
  override name = 'RulesRefused';
}

/** The first box, in order, that a key is in and that `now` has not passed: what the trees must give. */
export function firstMatch(boxes: readonly Box[], key: readonly number[], live: (rule: number) => boolean): Box | undefined {
  let best: Box | undefined;
  for (const box of boxes)
    if ((!best || box.order < best.order) && key.every((word, i) => word >= box.least[i]! && word <= box.most[i]!) && live(box.rule)) best = box;
  return best;
}

/**
 * Put a classifier into memory.
 * @returns its address
 * @throws RulesRefused when it would need more than 1 MiB and 1 KiB a box
 */
export function placeClassifier(k: Kernels, boxes: readonly Box[], six: boolean): number {
  const sorted = [...boxes].sort((a, b) => a.order - b.order), at = k.alloc(Classifier.SIZEOF, 'classifier');
  const trees = new Map<number, number[]>();
  sorted.forEach((box, i) => {
    const group = wide(box, six, 0) | wide(box, six, 1) << 1;
    trees.set(group, [...trees.get(group) ?? [], i]);
  });
  const cutter = new Cutter(k, sorted, six);
  const roots = [...trees.values()].sort((a, b) => a[0]! - b[0]!).map(list => ({ root: cutter.tree(list), order: sorted[list[0]!]!.order }));
  const { places, words } = cutter, base = k.alloc(words.length * 4, 'classifier');
  // Links are counted from the first word; those of leaves have the lowest bit set.
  const link = (value: number) => base + (value >>> 1) * 4 + (value & 1);
  places.forEach(i => { words[i] = link(words[i]!); });
  k.u32.set(words, base >>> 2);
  k.view.setUint32(at + Classifier.COUNT, roots.length, true);
  roots.forEach(({ root, order }, i) => {
    k.view.setUint32(at + Classifier.TREES + i * 8, link(root), true);
    k.view.setUint32(at + Classifier.TREES + i * 8 + 4, order, true);
  });
  return at;
}

/** 1 when a box's source (0) or destination (1) is a large part of all addresses: shorter than /12, of IPv6 than /16. */
function wide(box: Box, six: boolean, which: 0 | 1): number {
  const word = six ? which * 4 : which;
  return box.most[word]! - box.least[word]! >= 2 ** (six ? 16 : 20) ? 1 : 0;
}

/** A part of the key space: for each word what it begins at, and how many low bits are free. */
interface Part { readonly from: readonly number[]; readonly bits: readonly number[] }

class Cutter {
  /** The trees, as u32. */
  readonly words: number[] = [];
  /** Which of the words are links. */
  readonly places: number[] = [];
  readonly #box: readonly number[];
  readonly #leaves = new Map<string, number>();
  readonly #most: number;

  constructor(readonly k: Kernels, readonly boxes: readonly Box[], readonly six: boolean) {
    this.#box = boxes.map(b => placeBox(k, b, six));
    this.#most = (BYTES + BYTES_A_BOX * boxes.length) / 4;
  }

  /** @param list indices of boxes, in order. @returns a link */
  tree(list: readonly number[]): number {
    const bits = wordBits(this.six), part = { from: bits.map(() => 0), bits };
    return this.#part(this.#needed(list, part), part);
  }

  #part(list: readonly number[], part: Part): number {
    if (list.length <= LEAF) return this.#leaf(list);
    const cut = this.#best(list, part);
    if (cut) return this.#node(list, part, cut.word, cut.bits);
    if (list.length > LEAF_MAX) throw new RulesRefused(`more than ${LEAF_MAX} rules with an expiry meet the same packets`);
    return this.#leaf(list);
  }

  #leaf(list: readonly number[]): number {
    const key = list.join(), known = this.#leaves.get(key);
    if (known !== undefined) return known;
    const at = this.#take(1 + list.length);
    this.words[at] = list.length;
    list.forEach((i, n) => { this.words[at + 1 + n] = this.#box[i]!; });
    this.#leaves.set(key, at * 2 + 1);
    return at * 2 + 1;
  }

  #take(n: number): number {
    const at = this.words.length;
    if (at + n > this.#most) throw new RulesRefused(`the rules overlap so much that looking them up would need more than ${Math.round(this.#most * 4 / 2 ** 20)} MiB`);
    for (let i = 0; i < n; i++) this.words.push(0);
    return at;
  }

  /** First and last value of a box in a word, within a part. */
  #range(i: number, word: number, { from, bits }: Part): [number, number] {
    const { least, most } = this.boxes[i]!, low = from[word]!;
    return [Math.max(least[word]!, low), Math.min(most[word]!, low + 2 ** bits[word]! - 1)];
  }

  /** The word to cut and by how many bits: that which leaves the fewest boxes in a piece, on average over the boxes. */
  #best(list: readonly number[], part: Part): { word: number; bits: number } | undefined {
    let best: { word: number; bits: number } | undefined, fewest = Infinity;
    for (let word = 0; word < part.bits.length; word++) {
      const free = part.bits[word]!, low = part.from[word]!;
      const ranges = list.map(i => this.#range(i, word, part));
      if (free === 0 || ranges.every(([a, b]) => a === low && b === low + 2 ** free - 1)) continue;
      let bits = 0, copies = 0;
      for (let n = 1; n <= Math.min(free, CUT_BITS) && 2 ** n <= 8 * list.length; n++) {
        const size = 2 ** (free - n);
        let sum = 0;
        for (const [a, b] of ranges) sum += Math.floor((b - low) / size) - Math.floor((a - low) / size) + 1;
        if (n > 1 && sum > COPIES * list.length) break;
        [bits, copies] = [n, sum];
      }
      const size = 2 ** (free - bits), steps = new Int32Array(2 ** bits + 1);
      for (const [a, b] of ranges) {
        steps[Math.floor((a - low) / size)]!++;
        steps[Math.floor((b - low) / size) + 1]!--;
      }
      let inside = 0, squares = 0;
      for (const step of steps) {
        inside += step;
        squares += inside * inside;
      }
      // Copies count against a cut that gains little.
      const score = squares / copies * (copies / list.length) ** 0.5;
      if (score < fewest) [best, fewest] = [{ word, bits }, score];
    }
    return best;
  }

  #node(list: readonly number[], part: Part, word: number, bits: number): number {
    const count = 2 ** bits, free = part.bits[word]! - bits, size = 2 ** free, low = part.from[word]!;
    const pieces: number[][] = Array.from({ length: count }, () => []);
    for (const i of list) {
      const [a, b] = this.#range(i, word, part);
      for (let n = Math.floor((a - low) / size), last = Math.floor((b - low) / size); n <= last; n++) pieces[n]!.push(i);
    }
    const at = this.#take(2 + count);
    this.words[at] = word * 4 | free << 8;
    this.words[at + ClassifierNode.MASK / 4] = count - 1;
    let before: readonly number[] = [], link = -1;
    pieces.forEach((piece, n) => {
      const from = part.from.with(word, low + n * size), inner = { from, bits: part.bits.with(word, free) }, needed = this.#needed(piece, inner);
      // The same boxes, none of which ends in here: the same tree as the piece before.
      const same = link >= 0 && needed.length === before.length && needed.every((b, j) => b === before[j]) && needed.every(i => this.#fillsWord(i, word, low + (n - 1) * size, 2 * size));
      if (!same) link = this.#part(needed, inner);
      before = needed;
      this.words[at + 2 + n] = link;
      this.places.push(at + 2 + n);
    });
    return at * 2;
  }

  #fillsWord(i: number, word: number, low: number, size: number): boolean {
    const { least, most } = this.boxes[i]!;
    return least[word]! <= low && most[word]! >= low + size - 1;
  }

  /** Of boxes that reach into a part those that a packet there can meet. */
  #needed(list: readonly number[], part: Part): readonly number[] {
    const kept: number[] = [], ranges = (i: number) => part.bits.map((_, word) => this.#range(i, word, part)), seen: [number, number][][] = [];
    const most = WORD_MOST(this.six);
    for (const i of list) {
      const mine = ranges(i);
      // Hidden behind one box before it. A hundred are looked at, which finds nearly all.
      if (!seen.some(theirs => theirs.every(([a, b], word) => a <= mine[word]![0] && b >= mine[word]![1]))) kept.push(i);
      else continue;
      if (this.boxes[i]!.expires) continue;
      if (seen.length < 100) seen.push(mine);
      if (mine.every(([a, b], word) => a <= part.from[word]! && b >= Math.min(most[word]!, part.from[word]! + 2 ** part.bits[word]! - 1))) break;
    }
    return kept;
  }
}

function placeBox(k: Kernels, { least, most, order, rule, expires }: Box, six: boolean): number {
  const box = six ? Box6 : Box4, at = k.alloc(box.SIZEOF, 'rules');
  least.forEach((low, i) => {
    k.view.setUint32(at + box.LEAST + i * 4, low, true);
    k.view.setUint32(at + box.SPAN + i * 4, most[i]! - low, true);
  });
  k.view.setUint32(at + box.ORDER, order, true);
  k.view.setUint32(at + box.RULE, rule | (expires ? 1 : 0), true);
  return at;
}
