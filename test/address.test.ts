// address.test.ts -- addresses as text; judged by Node's own parsers.

import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AddressError, formatIp4, formatIp6, formatMac, formatPrefix, maskAddress, parseInterface, parseIp4, parseIp6, parseMac, parsePrefix } from '../src/wire/address.ts';
import { hexdump } from '../src/wire/hexdump.ts';

const seed = { seed: 4291 };
const octets = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
/** Addresses with runs of zero groups, where `::` is decided. */
const sparse = fc.array(fc.constantFrom(0, 0, 0, 1, 0xffff, 0x0db8), { minLength: 8, maxLength: 8 })
  .map(groups => Uint8Array.from(groups.flatMap(g => [g >> 8, g & 255])));

test('what is formatted parses back', () => {
  fc.assert(fc.property(octets(6), mac => { assert.equal(parseMac(formatMac(mac)), mac); }), seed);
  fc.assert(fc.property(octets(4), ip => { assert.equal(parseIp4(formatIp4(ip)), ip); }), seed);
  fc.assert(fc.property(fc.oneof(octets(16), sparse), ip => { assert.equal(parseIp6(formatIp6(ip)), ip); }), seed);
});

test('the WHATWG URL parser spells IPv6 addresses the same way', () => {
  fc.assert(fc.property(fc.oneof(octets(16), sparse), ip => {
    const text = formatIp6(ip);
    if (!text.includes('.')) assert.is(new URL(`http://[${text}]/`).hostname, `[${text}]`);
  }), seed);
});

test('Node accepts and refuses the same strings', () => {
  const alphabet = fc.constantFrom(':', '::', '.', '0', '1', 'ff', 'FFFF', '255', '256', '12345', '1.2.3.4', 'g', '01', '-', ' ');
  const accepts = (parse: (t: string) => Uint8Array, text: string) => {
    try { parse(text); return true; } catch (e) { assert.instance(e, AddressError); return false; }
  };
  fc.assert(fc.property(fc.array(alphabet, { maxLength: 12 }), parts => {
    const text = parts.join('');
    assert.is(accepts(parseIp4, text), isIPv4(text), text);
    assert.is(accepts(parseIp6, text), isIPv6(text), text);
  }), { ...seed, numRuns: 3000 });
});

test('RFC 5952 section 4: the longest run, the first of equals, never a single group', () => {
  assert.is(formatIp6(parseIp6('2001:0DB8:0:0:1:0:0:1')), '2001:db8::1:0:0:1');
  assert.is(formatIp6(parseIp6('2001:0:0:1:0:0:0:1')), '2001:0:0:1::1');
  assert.is(formatIp6(parseIp6('2001:db8:0:1:1:1:1:1')), '2001:db8:0:1:1:1:1:1');
  assert.is(formatIp6(parseIp6('::ffff:192.0.2.1')), '::ffff:192.0.2.1');
  assert.is(formatIp6(new Uint8Array(16)), '::');
});

test('a prefix has no bits beyond its length, an interface address may', () => {
  assert.is(formatPrefix(parsePrefix('10.0.0.0/8')), '10.0.0.0/8');
  assert.is(formatPrefix(parsePrefix('fc00:0:1::/48')), 'fc00:0:1::/48');
  assert.throws(() => parsePrefix('10.0.0.1/8'), /the prefix is 10\.0\.0\.0\/8/);
  assert.is(formatPrefix(parseInterface('10.0.0.1/8')), '10.0.0.1/8');
  for (const bad of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/08', '::/129', '::/', '::/1x']) assert.throws(() => parsePrefix(bad), /prefix length/);
  const all = new Uint8Array(4).fill(255);
  assert.equal([0, 1, 9, 31, 32].map(n => formatIp4(maskAddress(all, n))), ['0.0.0.0', '128.0.0.0', '255.128.0.0', '255.255.255.254', '255.255.255.255']);
});

test('a hex dump brackets what changed', () => {
  const before = Uint8Array.from({ length: 18 }, (_, i) => i);
  assert.is(hexdump(before), '0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n0010  10 11');
  const after = Uint8Array.from([...before, 0xff]);
  after[1] = after[2] = 0xaa;
  assert.is(hexdump(after, before), '0000  00[aa aa]03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n0010  10 11[ff]');
});

test.run();
