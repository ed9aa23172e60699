// crc32.ts -- the CRC-32 of Ethernet, IEEE 802.3 clause 3.2.9, bit-reversed:
// eight octets at a time (Kounavis and Berry 2005, "slicing-by-8").
//
// A handle is the address of the tables: TABLES of 256 u32. Table n takes an
// octet that n more octets follow. A running CRC starts as CRC32_START and is
// inverted at the end.

/** The polynomial, bit-reversed. */
const POLYNOMIAL: u32 = 0xedb88320;
const TABLES: u32 = 8;
/** Bytes of a table. */
const SIZE: u32 = 1024;

/** A CRC of nothing yet. */
export const CRC32_START: u32 = 0xffffffff;

/** Bytes of the tables. */
export function crc32_sizeof(): u32 {
  return TABLES * SIZE;
}

/** Fill the tables at `t`. */
export function crc32_init(t: usize): void {
  for (let octet: u32 = 0; octet < 256; octet++) {
    let crc = octet;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1;
    store<u32>(t + (octet << 2), crc);
  }
  for (let i: u32 = 256; i < TABLES * 256; i++) {
    const before = load<u32>(t + ((i - 256) << 2));
    store<u32>(t + (i << 2), (before >> 8) ^ load<u32>(t + ((before & 255) << 2)));
  }
}

/** Entry for the low octet of `v` in table `n`. */
function entry(t: usize, n: u32, v: u32): u32 {
  return load<u32>(t + n * SIZE + ((v & 255) << 2));
}

/** Four octets, as loaded, with `more` tables' worth of octets behind them. */
function four(t: usize, v: u32, more: u32): u32 {
  return entry(t, more + 3, v) ^ entry(t, more + 2, v >> 8) ^ entry(t, more + 1, v >> 16) ^ entry(t, more, v >> 24);
}

/** A running CRC over eight more octets, as loaded. */
export function crc32Eight(t: usize, crc: u32, octets: u64): u32 {
  return four(t, crc ^ <u32>octets, 4) ^ four(t, <u32>(octets >> 32), 0);
}

/** A running CRC over `n` more bytes at `p`. */
export function crc32Bytes(t: usize, crc: u32, p: usize, n: u32): u32 {
  for (; n >= 8; n -= 8, p += 8) crc = crc32Eight(t, crc, load<u64>(p));
  if (n & 4) {
    crc = four(t, crc ^ load<u32>(p), 0);
    p += 4;
  }
  for (n &= 3; n; n--, p++) crc = (crc >> 8) ^ entry(t, 0, crc ^ load<u8>(p));
  return crc;
}

/** CRC-32 of `n` bytes at `p`. */
export function crc32(t: usize, p: usize, n: u32): u32 {
  return ~crc32Bytes(t, CRC32_START, p, n);
}
