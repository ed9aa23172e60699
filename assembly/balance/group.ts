// group.ts -- ECMP and weighted ECMP with resilient buckets.
//
// A flow's hash picks one of B buckets, the bucket holds the member's value (a
// Hop address, a port), so a node does one multiplication and one load. When
// weights change, the fewest buckets that bring every member within one of its
// exact share change hands; flows in all others stay where they are. The
// assignment follows from the history of changes alone.
//
//   group | header | bucket values, u32 * B | owners, u16 * B | members |

import { reduce } from "../lib/hash";
import { MISS } from "../tables/slots";

export { MISS } from "../tables/slots";

enum Group {
  /** u32, buckets. */
  BUCKETS = 0,
  /** u32, members, those with weight 0 included. */
  MEMBERS = 4,
  /** u32, sum of weights. */
  WEIGHT = 8,
  VALUES = 64,
}

enum Member {
  /** u32, what the member's buckets hold. */
  VALUE = 0,
  /** u32, 0: drained. */
  WEIGHT = 4,
  /** u32, buckets it has. */
  COUNT = 8,
  SIZEOF = 12,
}

/** Owner of a bucket that no member has. */
const NOBODY: u32 = 0xffff;

/** Bytes of a group. Weights come within one bucket of their share: 100 buckets resolve 1 %. */
export function group_sizeof(members: u32, buckets: u32): u32 {
  return membersAt(buckets) + members * Member.SIZEOF;
}

function ownersAt(buckets: u32): u32 {
  return Group.VALUES + 4 * buckets;
}

function membersAt(buckets: u32): u32 {
  return (ownersAt(buckets) + 2 * buckets + 3) & ~3;
}

/**
 * Make the memory at `g` a group of members 0 .. members - 1, all drained.
 * @param members at most 65,535
 * @param buckets at least as many as members will have weight, at most 2^24
 */
export function group_init(g: usize, members: u32, buckets: u32): void {
  store<u32>(g, buckets, Group.BUCKETS);
  store<u32>(g, members, Group.MEMBERS);
  store<u32>(g, 0, Group.WEIGHT);
  memory.fill(g + Group.VALUES, 0xff, <usize>6 * buckets); // MISS and NOBODY
  memory.fill(memberAt(g, 0), 0, <usize>members * Member.SIZEOF);
}

function memberAt(g: usize, member: u32): usize {
  return g + membersAt(load<u32>(g, Group.BUCKETS)) + <usize>member * Member.SIZEOF;
}

function ownerOf(g: usize, bucket: u32): usize {
  return g + ownersAt(load<u32>(g, Group.BUCKETS)) + <usize>(bucket << 1);
}

/** Bucket of a flow: its address, for nodes that touch it before they read it. */
export function group_bucket(g: usize, hash: u32): usize {
  return g + Group.VALUES + <usize>(reduce(hash, load<u32>(g, Group.BUCKETS)) << 2);
}

/** Value of the member that a flow goes to; MISS when all are drained. */
export function group_get(g: usize, hash: u32): u32 {
  return load<u32>(group_bucket(g, hash));
}

/** Index of the member that a flow goes to; MISS when all are drained. */
export function group_member(g: usize, hash: u32): u32 {
  const owner = <u32>load<u16>(ownerOf(g, reduce(hash, load<u32>(g, Group.BUCKETS))));
  return owner == NOBODY ? MISS : owner;
}

/** Buckets that a member has. */
export function group_count(g: usize, member: u32): u32 {
  return load<u32>(memberAt(g, member), Member.COUNT);
}

/** Set what a member's buckets hold, now and later. */
export function group_set_value(g: usize, member: u32, value: u32): void {
  store<u32>(memberAt(g, member), value, Member.VALUE);
  const buckets = load<u32>(g, Group.BUCKETS);
  for (let b: u32 = 0; b < buckets; b++)
    if (<u32>load<u16>(ownerOf(g, b)) == member) store<u32>(g + Group.VALUES + <usize>(b << 2), value);
}

// How far a member is below its share, in buckets times the sum of weights:
// exact in integers while buckets * sum of weights stays below 2^63.
function shortfall(g: usize, member: u32): i64 {
  const m = memberAt(g, member);
  return <i64>load<u32>(g, Group.BUCKETS) * load<u32>(m, Member.WEIGHT) - <i64>load<u32>(m, Member.COUNT) * load<u32>(g, Group.WEIGHT);
}

// Member farthest below its share (sign 1) or above it (sign -1); the lowest
// index of equals.
function farthest(g: usize, sign: i64): u32 {
  let best: u32 = 0, most = sign * shortfall(g, 0);
  for (let i: u32 = 1; i < load<u32>(g, Group.MEMBERS); i++) {
    const s = sign * shortfall(g, i);
    if (s > most) {
      most = s;
      best = i;
    }
  }
  return best;
}

// Hand a bucket over; `to` may be NOBODY.
function assign(g: usize, bucket: u32, to: u32): void {
  const owner = ownerOf(g, bucket), from = <u32>load<u16>(owner);
  if (from != NOBODY) store<u32>(memberAt(g, from), group_count(g, from) - 1, Member.COUNT);
  store<u16>(owner, <u16>to);
  let value = MISS;
  if (to != NOBODY) {
    store<u32>(memberAt(g, to), group_count(g, to) + 1, Member.COUNT);
    value = load<u32>(memberAt(g, to), Member.VALUE);
  }
  store<u32>(g + Group.VALUES + <usize>(bucket << 2), value);
}

/**
 * Set a member's weight; 0 drains it. Buckets move as little as the shares allow.
 *
 * 1. Whoever holds more than its share rounded up gives the rest back.
 * 2. Free buckets go, one by one, to the member farthest below its share; so
 *    nobody exceeds its share rounded up.
 * 3. While somebody holds less than its share rounded down, the member
 *    farthest above its share hands over a bucket.
 *
 * Each step moves only what must move: the larger of all surplus and all want.
 * Removing a member moves its buckets and no others, since all other shares grow.
 */
export function group_set_weight(g: usize, member: u32, weight: u32): void {
  const m = memberAt(g, member), buckets = load<u32>(g, Group.BUCKETS);
  store<u32>(g, load<u32>(g, Group.WEIGHT) - load<u32>(m, Member.WEIGHT) + weight, Group.WEIGHT);
  store<u32>(m, weight, Member.WEIGHT);
  const total = <i64>load<u32>(g, Group.WEIGHT);

  for (let b: u32 = 0; b < buckets; b++) {
    const owner = <u32>load<u16>(ownerOf(g, b));
    // More than rounded up: at least one whole bucket above the share. A
    // drained member is above by all it has, also when no weight is left.
    if (owner != NOBODY && (shortfall(g, owner) <= -total)) assign(g, b, NOBODY);
  }
  if (total == 0) return;
  for (let b: u32 = 0; b < buckets; b++)
    if (<u32>load<u16>(ownerOf(g, b)) == NOBODY) assign(g, b, farthest(g, 1));
  for (;;) {
    const to = farthest(g, 1);
    if (shortfall(g, to) < total) return;
    const from = farthest(g, -1);
    let b: u32 = 0;
    while (<u32>load<u16>(ownerOf(g, b)) != from) b++;
    assign(g, b, to);
  }
}
