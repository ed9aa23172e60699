// maglev.ts -- Maglev: a table of slots that members share by weight, the same
// for everybody who knows the same members (Eisenbud et al., NSDI 2016, 3.4).
//
// A member has a permutation of the slots, (offset + j * skip) mod M, made of
// its name; members take turns, as often as they have weight, and each takes
// the next slot of its permutation that is free. M is a prime, so every skip
// gives a permutation. A lookup is one load.
//
// When one of N leaves, its slots go to others; some slots of others change
// hands, too, as turns fall differently. With M = MAGLEV_SLOTS and N = 100 those
// are half a percent of all slots, besides the one percent that has to move:
// fewer than 1 % whoever it is (test/maglev.test.ts). More slots, fewer
// (paper, section 5.3).
//
//   table | header | owners, u16 a slot | members |

import { hash128, reduce } from "../lib/hash";
import { MISS } from "./slots";

export { MISS } from "./slots";

/** Slots unless the owner has reasons: a prime; up to 650 members are within 1 % of their share. */
export const MAGLEV_SLOTS: u32 = 65537;

enum Maglev {
  /** u32, slots; u32, members. */
  SLOTS = 0,
  MEMBERS = 4,
  OWNERS = 64,
}

enum Member {
  /** u32 x 3: permutation, and where it stands in it while the table is made. */
  OFFSET = 0,
  SKIP = 4,
  NEXT = 8,
  /** u32, turns of a round; 0: absent. */
  WEIGHT = 12,
  SIZEOF = 16,
}

/** Owner of a slot that nobody has. */
const NOBODY: u32 = 0xffff;
/** Salts of the two hashes of a name. */
const OFFSET_SALT: u32 = 1, SKIP_SALT: u32 = 2;

function membersAt(slots: u32): u32 {
  return (Maglev.OWNERS + 2 * slots + 3) & ~3;
}

function member(t: usize, i: u32): usize {
  return t + membersAt(load<u32>(t, Maglev.SLOTS)) + <usize>i * Member.SIZEOF;
}

/** Bytes of a table. */
export function maglev_sizeof(members: u32, slots: u32): u32 {
  return membersAt(slots) + members * Member.SIZEOF;
}

/**
 * Make the memory at `t` a table of members 0 .. members - 1, all absent.
 * @param members at most 65,535 @param slots a prime, more than members
 */
export function maglev_init(t: usize, members: u32, slots: u32): void {
  store<u32>(t, slots, Maglev.SLOTS);
  store<u32>(t, members, Maglev.MEMBERS);
  memory.fill(t + Maglev.OWNERS, 0xff, <usize>2 * slots);
  memory.fill(member(t, 0), 0, <usize>members * Member.SIZEOF);
}

/** Name a member: any number that tells it apart, the same wherever it is known. */
export function maglev_name(t: usize, i: u32, name: u64): void {
  const slots = load<u32>(t, Maglev.SLOTS);
  maglev_permutation(t, i, hash128(name, 0, OFFSET_SALT) % slots, hash128(name, 0, SKIP_SALT) % (slots - 1) + 1);
}

/** Give a member its permutation outright. @param offset below the slots @param skip 1 and up, below the slots */
export function maglev_permutation(t: usize, i: u32, offset: u32, skip: u32): void {
  store<u32>(member(t, i), offset, Member.OFFSET);
  store<u32>(member(t, i), skip, Member.SKIP);
}

/** Set a member's share; 0: none. Counts from the next maglev_build on. */
export function maglev_weight(t: usize, i: u32, weight: u32): void {
  store<u32>(member(t, i), weight, Member.WEIGHT);
}

/** Fill the table. Some M log M steps. */
export function maglev_build(t: usize): void {
  const slots = load<u32>(t, Maglev.SLOTS), members = load<u32>(t, Maglev.MEMBERS);
  let turns: u32 = 0;
  memory.fill(t + Maglev.OWNERS, 0xff, <usize>2 * slots);
  for (let i: u32 = 0; i < members; i++) {
    store<u32>(member(t, i), load<u32>(member(t, i), Member.OFFSET), Member.NEXT);
    turns += load<u32>(member(t, i), Member.WEIGHT);
  }
  if (turns == 0) return;
  for (let left = slots; ; )
    for (let i: u32 = 0; i < members; i++)
      for (let turn = load<u32>(member(t, i), Member.WEIGHT); turn; turn--) {
        take(t, i, slots);
        if (--left == 0) return;
      }
}

/** Member `i` takes its next free slot. Precondition: there is one. */
function take(t: usize, i: u32, slots: u32): void {
  const m = member(t, i), skip = load<u32>(m, Member.SKIP);
  let slot = load<u32>(m, Member.NEXT);
  while (<u32>load<u16>(ownerOf(t, slot)) != NOBODY) slot = step(slot, skip, slots);
  store<u16>(ownerOf(t, slot), <u16>i);
  store<u32>(m, step(slot, skip, slots), Member.NEXT);
}

function step(slot: u32, skip: u32, slots: u32): u32 {
  const next = slot + skip;
  return next >= slots ? next - slots : next;
}

function ownerOf(t: usize, slot: u32): usize {
  return t + Maglev.OWNERS + (<usize>slot << 1);
}

/** Member that a flow goes to; MISS when all are absent. */
export function maglev_get(t: usize, hash: u32): u32 {
  return maglev_slot(t, reduce(hash, load<u32>(t, Maglev.SLOTS)));
}

/** Member that has a slot, or MISS. */
export function maglev_slot(t: usize, slot: u32): u32 {
  const owner = <u32>load<u16>(ownerOf(t, slot));
  return owner == NOBODY ? MISS : owner;
}
