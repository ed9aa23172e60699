// sha256.test.ts -- SHA-256 and HMAC against the published examples (FIPS
// 180-4's, NIST's; RFC 4231), then against Node's OpenSSL at every length.

import { createHash, createHmac } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HmacKey } from '../assembly/abi/srv6_domain.ts';
import { loadKernels } from '../src/kernel/load.ts';

const k = loadKernels({ memory: 64 * 2 ** 20, small: 4, jumbo: 1, huge: 1 });
const MOST = 2 ** 20, text = k.alloc(MOST, 'text'), secret = k.alloc(1024, 'secret'), key = k.alloc(HmacKey.SIZEOF, 'key'), out = k.alloc(32, 'digest'), work = k.alloc(4096, 'work');

const digest = (): string => Buffer.from(k.bytes.subarray(out, out + 32)).toString('hex');
function sha256(message: Uint8Array): string {
  k.bytes.set(message, text);
  k.bytes.fill(0xa5, work, work + 4096);
  k.fn['sha256']!(out, text, message.length, work);
  return digest();
}
function hmac(under: Uint8Array, message: Uint8Array): string {
  k.bytes.set(under, secret);
  k.bytes.set(message, text);
  k.fn['hmac_key']!(key, secret, under.length, work);
  k.fn['hmac_sha256']!(out, key, text, message.length, work);
  return digest();
}

const ascii = (s: string): Uint8Array => Buffer.from(s, 'ascii');
const many = (octet: number, n: number): Uint8Array => new Uint8Array(n).fill(octet);

test('examples of FIPS 180-4', () => {
  assert.is(sha256(ascii('')), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.is(sha256(ascii('abc')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.is(sha256(ascii('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')), '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1');
  assert.is(sha256(ascii('abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu')), 'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1');
  assert.is(sha256(many(0x61, 1e6)), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
});

test('RFC 4231 section 4, test cases 1 to 4, 6 and 7', () => {
  const cases: [Uint8Array, Uint8Array, string][] = [
    [many(0x0b, 20), ascii('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [ascii('Jefe'), ascii('what do ya want for nothing?'), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    [many(0xaa, 20), many(0xdd, 50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
    [Uint8Array.from({ length: 25 }, (_, i) => i + 1), many(0xcd, 50), '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b'],
    [many(0xaa, 131), ascii('Test Using Larger Than Block-Size Key - Hash Key First'), '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'],
    [many(0xaa, 131), ascii('This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.'), '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2'],
  ];
  for (const [under, message, want] of cases) assert.is(hmac(under, message), want);
});

test('every length to three blocks, as Node has it', () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => (i * 167 + 13) & 255);
  for (let n = 0; n <= bytes.length; n++) {
    const message = bytes.subarray(0, n);
    assert.is(sha256(message), createHash('sha256').update(message).digest('hex'), `${n} bytes`);
    assert.is(hmac(message, bytes), createHmac('sha256', message).update(bytes).digest('hex'), `a key of ${n} bytes`);
    assert.is(hmac(bytes.subarray(0, 64), message), createHmac('sha256', bytes.subarray(0, 64)).update(message).digest('hex'), `a text of ${n} bytes`);
  }
});

test.run();
