// address6.ts -- kinds of IPv6 addresses, RFC 4291 section 2.4. `a` points at
// 16 bytes in a packet or table.

/** fe80::/10. */
export function isLinkLocal6(a: usize): bool {
  return (load<u16>(a) & 0xc0ff) == 0x80fe;
}

/** ff00::/8. */
export function isMulticast6(a: usize): bool {
  return load<u8>(a) == 0xff;
}

/** ::, nobody. */
export function isUnspecified6(a: usize): bool {
  return (load<u64>(a) | load<u64>(a, 8)) == 0;
}

/** Whether the addresses at `a` and `b` are the same. */
export function same6(a: usize, b: usize): bool {
  return load<u64>(a) == load<u64>(b) && load<u64>(a, 8) == load<u64>(b, 8);
}

/** Copy the address at `from` to `to`. */
export function copy6(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
}

/** ::, ::1 and ::ffff:0:0/96: nobody, loopback, IPv4-mapped. No wire carries them. */
export function isReserved6(a: usize): bool {
  if (load<u64>(a) != 0) return false;
  const low = load<u64>(a, 8);
  return low == 0 || low == <u64>1 << 56 || <u32>low == 0xffff0000;
}

/** Low half, as loaded, of an IPv4-mapped address (RFC 4291 section 2.5.5.2); the high half is 0. `ip4` as loaded. */
export function mapped4(ip4: u32): u64 {
  return (<u64>ip4 << 32) | 0xffff0000;
}
