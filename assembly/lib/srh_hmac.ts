// srh_hmac.ts -- the HMAC TLV of an SRH, RFC 8754 section 2.1.2.
//
//   text   source address (16) | Last Entry (1) | Flags (1) | D, reserved (2) |
//          HMAC Key ID (4) | all of the segment list
//
// Linux leaves out the two octets of D and reserved bits.

import { IP6 } from "../wire/ip6";
import { SRH, SRH_HMAC, SRH_HMAC_D, SRH_TLV, SRH_TLV_TYPE } from "../wire/srh";
import { same6 } from "./address6";
import { be16, be32 } from "./packet";
import { hmac_sha256, SHA256_LEN, SHA256_WORK } from "./sha256";

/** Bytes of the TLV with a whole digest, and its Length. */
const TLV_LEN: u32 = SRH_HMAC.LEN + SHA256_LEN, TLV_LENGTH: u32 = TLV_LEN - SRH_TLV.VALUE;
/** Bytes of the work that a check takes: hashing, the digest, the longest text. */
export const SRH_HMAC_WORK: u32 = SHA256_WORK + SHA256_LEN + 16 + 8 + 128 * SRH.SEGMENT_LEN;

/** srhTlv: no TLV of that type; a TLV is longer than the header, at `cutAt`. */
export const TLV_NONE: u32 = 0;
const TLV_CUT: u32 = 0x8000_0000;

export function isCut(tlv: u32): bool {
  return (tlv & TLV_CUT) != 0;
}

export function cutAt(tlv: u32): u32 {
  return tlv & ~TLV_CUT;
}

/**
 * Find the first TLV of a type.
 * Precondition: all `size` bytes of the SRH are there, and Last Entry is within.
 * @returns its offset from the SRH; TLV_NONE; or isCut
 */
export function srhTlv(srh: usize, size: u32, type: SRH_TLV_TYPE): u32 {
  for (let o: u32 = SRH.SEGMENT_LIST + (<u32>load<u8>(srh, SRH.LAST_ENTRY) + 1) * SRH.SEGMENT_LEN; o < size; ) {
    const t = <u32>load<u8>(srh + o, SRH_TLV.TYPE);
    if (t == <u32>SRH_TLV_TYPE.PAD1) {
      o++;
      continue;
    }
    const end = o + <u32>SRH_TLV.VALUE > size ? size + 1 : o + SRH_TLV.VALUE + <u32>load<u8>(srh + o, SRH_TLV.LENGTH);
    if (end > size) return o | TLV_CUT;
    if (t == <u32>type) return o;
    o = end;
  }
  return TLV_NONE;
}

/**
 * Digest over an SRH with an HMAC TLV at `tlv`: 32 bytes at `out`.
 * @param source address, 16 bytes
 * @param key    HmacKey
 * @param linux  whether the text is Linux's
 * @param work   SRH_HMAC_WORK bytes less SHA256_LEN
 */
export function srh_hmac(out: usize, source: usize, srh: usize, tlv: usize, key: usize, linux: bool, work: usize): void {
  const text = work + SHA256_WORK, list = (<u32>load<u8>(srh, SRH.LAST_ENTRY) + 1) * SRH.SEGMENT_LEN;
  memory.copy(text, source, 16);
  store<u8>(text, load<u8>(srh, SRH.LAST_ENTRY), 16);
  store<u8>(text, load<u8>(srh, SRH.FLAGS), 17);
  let n: u32 = 18;
  if (!linux) {
    store<u16>(text, load<u16>(tlv, SRH_HMAC.D_RESERVED), 18);
    n += 2;
  }
  store<u32>(text + n, load<u32>(tlv, SRH_HMAC.KEY_ID));
  memory.copy(text + n + 4, srh + SRH.SEGMENT_LIST, list);
  hmac_sha256(out, key, text, n + 4 + list, work);
}

/**
 * Whether an HMAC TLV is right (section 2.1.2.1): the destination is the
 * active segment, or was never in the list (D), and the digest is that of `key`.
 * @param p    IPv6 header
 * @param tlv  offset of the TLV from the SRH
 * @param size bytes of the SRH
 * @param work SRH_HMAC_WORK bytes
 */
export function srhHmacRight(p: usize, srh: usize, tlv: u32, size: u32, key: usize, linux: bool, work: usize): bool {
  const t = srh + tlv, length = <u32>load<u8>(t, SRH_HMAC.LENGTH), left = <u32>load<u8>(srh, SRH.SEGMENTS_LEFT);
  // Length counts what is behind it; tcpdump's capture of one counts the digest alone.
  if ((length != TLV_LENGTH && length != SHA256_LEN) || tlv + TLV_LEN > size) return false;
  if (left > <u32>load<u8>(srh, SRH.LAST_ENTRY)) {
    if (!(be16(t + SRH_HMAC.D_RESERVED) & SRH_HMAC_D)) return false;
  } else if (!same6(p + IP6.DST, srh + SRH.SEGMENT_LIST + left * SRH.SEGMENT_LEN)) return false;
  const digest = work + SRH_HMAC_WORK - SHA256_LEN;
  srh_hmac(digest, p + IP6.SRC, srh, t, key, linux, work);
  let differs: u64 = 0; // no early end: the time says nothing of where they differ
  for (let i: u32 = 0; i < SHA256_LEN; i += 8) differs |= load<u64>(digest + i) ^ load<u64>(t + i, SRH_HMAC.HMAC);
  return differs == 0;
}

/** Key ID of the HMAC TLV at `tlv`. */
export function srhHmacKeyId(tlv: usize): u32 {
  return be32(tlv + SRH_HMAC.KEY_ID);
}
