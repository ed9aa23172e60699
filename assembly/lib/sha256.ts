// sha256.ts -- SHA-256 (FIPS 180-4 section 6.2) and HMAC with it (RFC 2104).
//
// A state is eight u32 in host order. Work is memory of the caller's.

/** Bytes of a digest, of a block, and of the work that hashing takes: the message schedule and a last block. */
export const SHA256_LEN: u32 = 32;
const BLOCK: u32 = 64;
const SCHEDULE: u32 = 256;
export const SHA256_WORK: u32 = SCHEDULE + 2 * BLOCK;

/** Initial hash value: square roots of the first eight primes. */
const H = memory.data<u32>([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
/** Cube roots of the first 64 primes. */
const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** Take the 64 bytes at `p` into the state at `h`. */
function compress(h: usize, p: usize, w: usize): void {
  for (let t: u32 = 0; t < 64; t += 4) store<u32>(w + t, bswap<u32>(load<u32>(p + t)));
  for (let t: usize = 64; t < 256; t += 4) {
    const x = load<u32>(w + t - 60), y = load<u32>(w + t - 8);
    const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3), s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
    store<u32>(w + t, load<u32>(w + t - 64) + s0 + load<u32>(w + t - 28) + s1);
  }
  let a = load<u32>(h), b = load<u32>(h, 4), c = load<u32>(h, 8), d = load<u32>(h, 12);
  let e = load<u32>(h, 16), f = load<u32>(h, 20), g = load<u32>(h, 24), k = load<u32>(h, 28);
  for (let t: usize = 0; t < 256; t += 4) {
    const t1 = k + (rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25)) + ((e & f) ^ (~e & g)) + load<u32>(K + t) + load<u32>(w + t);
    const t2 = (rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    k = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  store<u32>(h, load<u32>(h) + a);
  store<u32>(h, load<u32>(h, 4) + b, 4);
  store<u32>(h, load<u32>(h, 8) + c, 8);
  store<u32>(h, load<u32>(h, 12) + d, 12);
  store<u32>(h, load<u32>(h, 16) + e, 16);
  store<u32>(h, load<u32>(h, 20) + f, 20);
  store<u32>(h, load<u32>(h, 24) + g, 24);
  store<u32>(h, load<u32>(h, 28) + k, 28);
}

/**
 * The last `n` bytes of a message and its padding go into the state at `h`,
 * which becomes the digest in network order.
 * @param before bytes of the message that went in already, a multiple of 64
 * @param work   SHA256_WORK bytes
 */
function finish(h: usize, p: usize, n: u32, before: u32, work: usize): void {
  let left = n;
  for (; left >= BLOCK; left -= BLOCK, p += BLOCK) compress(h, p, work);
  const last = work + SCHEDULE, size: u32 = left < BLOCK - 8 ? BLOCK : 2 * BLOCK;
  memory.copy(last, p, left);
  store<u8>(last + left, 0x80);
  memory.fill(last + left + 1, 0, size - left - 1 - 8);
  store<u64>(last + size - 8, bswap<u64>(<u64>(before + n) << 3));
  compress(h, last, work);
  if (size > BLOCK) compress(h, last + BLOCK, work);
  for (let t: u32 = 0; t < SHA256_LEN; t += 4) store<u32>(h + t, bswap<u32>(load<u32>(h + t)));
}

/** SHA-256 of `n` bytes at `p`: 32 bytes at `out`. */
export function sha256(out: usize, p: usize, n: u32, work: usize): void {
  memory.copy(out, H, SHA256_LEN);
  finish(out, p, n, 0, work);
}

/**
 * Prepare a key: the states behind its inner and its outer pad, 32 bytes each, at `key`.
 * @param secret `n` bytes; more than 64 are hashed first (RFC 2104 section 2)
 */
export function hmac_key(key: usize, secret: usize, n: u32, work: usize): void {
  const pad = work + SCHEDULE;
  if (n > BLOCK) {
    sha256(key, secret, n, work);
    secret = key;
    n = SHA256_LEN;
  }
  memory.copy(pad, secret, n);
  memory.fill(pad + n, 0, BLOCK - n);
  for (let t: u32 = 0; t < BLOCK; t += 8) store<u64>(pad + t, load<u64>(pad + t) ^ 0x3636363636363636);
  memory.copy(key, H, SHA256_LEN);
  compress(key, pad, work);
  for (let t: u32 = 0; t < BLOCK; t += 8) store<u64>(pad + t, load<u64>(pad + t) ^ 0x6a6a6a6a6a6a6a6a); // 0x36 ^ 0x5c
  memory.copy(key + SHA256_LEN, H, SHA256_LEN);
  compress(key + SHA256_LEN, pad, work);
}

/** HMAC-SHA-256 of `n` bytes at `text` under a prepared key: 32 bytes at `out`, which may not overlap with `work`. */
export function hmac_sha256(out: usize, key: usize, text: usize, n: u32, work: usize): void {
  const inner = work + SCHEDULE + BLOCK; // finish() reads it before the second half of the last block is written
  memory.copy(out, key, SHA256_LEN);
  finish(out, text, n, BLOCK, work);
  memory.copy(inner, out, SHA256_LEN);
  memory.copy(out, key + SHA256_LEN, SHA256_LEN);
  finish(out, inner, SHA256_LEN, BLOCK, work);
}
