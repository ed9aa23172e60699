// checksum.ts -- the Internet checksum, RFC 1071, and its pseudo-headers.

/**
 * One's complement sum of 16-bit words, an odd last octet padded with zero.
 * @param sum a sum to continue, from even-length data
 * @returns 16 bits, not complemented
 */
export function onesSum(bytes: Uint8Array, sum = 0): number {
  for (let i = 0; i + 1 < bytes.length; i += 2) sum += bytes[i]! << 8 | bytes[i + 1]!;
  if (bytes.length & 1) sum += bytes.at(-1)! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

/** Sum of the pseudo-header of IPv4 (RFC 768, RFC 9293) or IPv6 (RFC 8200 section 8.1), by the length of the addresses. */
export function pseudoSum(src: Uint8Array, dst: Uint8Array, protocol: number, length: number): number {
  return onesSum(dst, onesSum(src)) + protocol + (length & 0xffff) + (length >>> 16);
}

/** Checksum field for bytes in which that field is zero. */
export function checksum(bytes: Uint8Array, sum = 0): number {
  return onesSum(bytes, sum) ^ 0xffff;
}
