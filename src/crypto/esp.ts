// esp.ts -- seal and open ESP packets in tunnel mode, by AES-GCM with a
// 16-octet ICV (RFC 4303, RFC 4106).
//
//   SPI | sequence | IV | AES-GCM(payload | padding 1 2 3 ... | pad length | next header) | ICV
//
// The IV is the sequence number: unique under a key is all it has to be (RFC
// 4106 section 3.1). Sequence numbers do not wrap: an SA is over then.

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { ESP, ESP_GCM } from '../../assembly/wire/ipsec.ts';

export interface Key {
  readonly cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm';
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

/** Key material as RFC 4106 section 8.1 and Linux's `ip xfrm` have it: the AES key, then four octets of salt. @returns undefined when it is of no right length */
export function splitKey(material: Uint8Array): Key | undefined {
  const at = material.length - ESP_GCM.SALT, cipher = ({ 16: 'aes-128-gcm', 24: 'aes-192-gcm', 32: 'aes-256-gcm' } as const)[at];
  return cipher && { cipher, key: material.slice(0, at), salt: material.slice(at) };
}

/** Octets that ESP adds to a payload of `n`. */
export const espOverhead = (n: number): number => ESP.LEN + ESP_GCM.IV + padding(n) + ESP_GCM.TRAILER + ESP_GCM.ICV;
/** Most of them. */
export const ESP_OVERHEAD_MAX = ESP.LEN + ESP_GCM.IV + ESP_GCM.ALIGN - 1 + ESP_GCM.TRAILER + ESP_GCM.ICV;

const padding = (n: number): number => (ESP_GCM.ALIGN - (n + ESP_GCM.TRAILER) % ESP_GCM.ALIGN) % ESP_GCM.ALIGN;

/** @param sequence 1 to 2^32 - 1 @param next protocol of the payload */
export function seal({ cipher, key, salt }: Key, spi: number, sequence: number, payload: Uint8Array, next: number): Uint8Array {
  const pad = padding(payload.length), out = Buffer.alloc(payload.length + espOverhead(payload.length));
  out.writeUInt32BE(spi, ESP.SPI);
  out.writeUInt32BE(sequence, ESP.SEQUENCE);
  out.writeUInt32BE(sequence, ESP.LEN + 4);
  const iv = out.subarray(ESP.LEN, ESP.LEN + ESP_GCM.IV), gcm = createCipheriv(cipher, key, Buffer.concat([salt, iv]), { authTagLength: ESP_GCM.ICV });
  gcm.setAAD(out.subarray(0, ESP.LEN));
  const trailer = Uint8Array.from([...Array.from({ length: pad }, (_, i) => i + 1), pad, next]);
  let at = ESP.LEN + ESP_GCM.IV;
  for (const part of [gcm.update(payload), gcm.update(trailer), gcm.final(), gcm.getAuthTag()]) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export type Opened = { readonly payload: Uint8Array; readonly next: number } | { readonly fault: 'malformed' | 'authentication' };

/** @param packet from the SPI to the ICV */
export function open({ cipher, key, salt }: Key, packet: Uint8Array): Opened {
  const from = ESP.LEN + ESP_GCM.IV, to = packet.length - ESP_GCM.ICV;
  if (to - from < ESP_GCM.ALIGN || (to - from) % ESP_GCM.ALIGN !== 0) return { fault: 'malformed' };
  const gcm = createDecipheriv(cipher, key, Buffer.concat([salt, packet.subarray(ESP.LEN, from)]), { authTagLength: ESP_GCM.ICV });
  gcm.setAAD(packet.subarray(0, ESP.LEN));
  gcm.setAuthTag(packet.subarray(to));
  const plain = gcm.update(packet.subarray(from, to));
  try {
    gcm.final();
  } catch {
    return { fault: 'authentication' };
  }
  const pad = plain.at(-ESP_GCM.TRAILER)!, end = plain.length - ESP_GCM.TRAILER - pad;
  // RFC 4303 section 2.4: padding counts from 1, and a receiver should look.
  if (end < 0 || plain.subarray(end, end + pad).some((v, i) => v !== i + 1)) return { fault: 'malformed' };
  return { payload: plain.subarray(0, end), next: plain.at(-1)! };
}

/** Which sequence numbers were here: a window behind the highest (RFC 4303 section 3.4.3). */
export class ReplayWindow {
  #highest = 0;
  readonly #seen: Uint8Array;

  /** @param size packets that may come behind a later one */
  constructor(readonly size: number) {
    this.#seen = new Uint8Array(size);
  }

  /** Whether a packet of this number may be new. */
  fits(sequence: number): boolean {
    return sequence > this.#highest || (sequence > this.#highest - this.size && sequence > 0 && this.#seen[sequence % this.size] === 0);
  }

  /** It was, and its ICV was right. Precondition: it fits. */
  take(sequence: number): void {
    for (let s = Math.max(this.#highest + 1, sequence - this.size + 1); s <= sequence; s++) this.#seen[s % this.size] = 0;
    this.#highest = Math.max(this.#highest, sequence);
    this.#seen[sequence % this.size] = 1;
  }
}
