// srv6_input.ts -- node: what a packet must pass before a SID of ours acts on it.
//
// Sources: RFC 8754 section 5.1, only the infrastructure of the domain sends to
// SIDs; others are told, if the switch file says so (RFC 4443 section 3.1).
// O-flag: RFC 9259 section 2.1.1, a copy with its time goes to the operator, as
// many a second as he wants; the packet goes on as it is. HMAC: RFC 8754 section
// 2.1.2.1. In the way of SIDs only where the file asks for one of these; TLVs
// that nobody asked about are passed on unread.
//
//   in / out  the packet, unchanged
//
// cfg    Packet.HIT: Sid, CODE the edge; HMAC. Switch.SRV6
// edges  1 srv6_local, 2 srv6_csid, 3 ip6_lookup (ICMPv6)
// sets   nothing

import { Drop } from "../abi/drop";
import { Hop } from "../abi/hop";
import { Edge, Packet } from "../abi/packet";
import { Sid, SidHmac } from "../abi/srv6";
import { Oam, OAM_RECORDS, OamRecord, Srv6Domain } from "../abi/srv6_domain";
import { Switch } from "../abi/switch";
import { copy6 } from "../lib/address6";
import { emit } from "../lib/emit";
import { extension6, extensionLength } from "../lib/ext6";
import { at, be16, data, drop, forward, len, wireLen } from "../lib/packet";
import { clone } from "../lib/pool";
import { inPrefixes } from "../lib/prefixes";
import { cutAt, isCut, srhHmacKeyId, srhHmacRight, srhTlv, TLV_NONE } from "../lib/srh_hmac";
import { icmp6Error } from "../originate/icmp6";
import { srhProblem } from "../originate/srh";
import { exact32_get, MISS } from "../tables/exact32";
import { meter_take } from "../tables/meter";
import { ICMP6_TYPE, ICMP6_UNREACHABLE } from "../wire/icmp6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6 } from "../wire/ip6";
import { SRH, SRH_FLAG, SRH_ROUTING_TYPE, SRH_TLV_TYPE } from "../wire/srh";

const ICMP = 3;

export function srv6_input(vec: usize, n: u32, sw: usize): void {
  const domain = <usize>load<u32>(sw, Switch.SRV6), sources = load<u32>(domain, Srv6Domain.SOURCE_COUNT), oam = <usize>load<u32>(domain, Srv6Domain.OAM);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), p = data(d) + <usize>load<u16>(d, Packet.L3), sid = <usize>load<u32>(d, Packet.HIT);
    if (sources && !inPrefixes(load<u32>(domain, Srv6Domain.SOURCES), sources, p + IP6.SRC)) {
      if (load<u8>(domain, Srv6Domain.ANSWER)) icmp6Error(sw, d, Drop.SR_DOMAIN, ICMP6_TYPE.DEST_UNREACHABLE, ICMP6_UNREACHABLE.SOURCE_POLICY, 0, ICMP);
      else drop(d, Drop.SR_DOMAIN);
      continue;
    }
    const o = srhOf(d, p);
    if (oam && o && load<u8>(p + o, SRH.FLAGS) & SRH_FLAG.O) tell(sw, d, oam, p, o);
    if (load<u8>(sid, Sid.HMAC) != SidHmac.IGNORED && !hmacPasses(sw, d, domain, sid, p, o)) continue;
    forward(d, load<u8>(sid, Hop.CODE));
  }
}

/** Offset of the SRH, all of which is there; 0: there is none. What is cut the SID itself drops. */
function srhOf(d: usize, p: usize): u32 {
  const have = len(d) - <u32>load<u16>(d, Packet.L3), o = extension6(p, have, IP_PROTOCOL.ROUTING);
  return o && load<u8>(p + o, SRH.ROUTING_TYPE) == SRH_ROUTING_TYPE && have >= o + sizeOf(p + o) ? o : 0;
}

function sizeOf(srh: usize): u32 {
  return extensionLength(IP_PROTOCOL.ROUTING, srh);
}

/** The O-flag: a copy ends here, on record. */
function tell(sw: usize, d: usize, oam: usize, p: usize, o: u32): void {
  const allowed = meter_take(<usize>load<u32>(oam, Oam.METER), load<i64>(sw, Switch.NOW), 1);
  const copy = allowed ? clone(<usize>load<u32>(sw, Switch.POOL), d) : 0;
  if (!copy) {
    store<u64>(oam, load<u64>(oam, Oam.SUPPRESSED) + 1, Oam.SUPPRESSED);
    return;
  }
  const count = load<u64>(oam, Oam.PACKETS), r = oam + Oam.RING + <usize>(count % OAM_RECORDS) * OamRecord.SIZEOF;
  store<u64>(oam, count + 1, Oam.PACKETS);
  store<i64>(r, load<i64>(d, Packet.TIME), OamRecord.TIME);
  store<u32>(r, load<u32>(d, Packet.ID), OamRecord.ID);
  copy6(r + OamRecord.SRC, p + IP6.SRC);
  copy6(r + OamRecord.DST, p + IP6.DST);
  store<u16>(r, <u16>be16(p + o + SRH.TAG), OamRecord.TAG);
  store<u8>(r, load<u8>(p + o, SRH.SEGMENTS_LEFT), OamRecord.SEGMENTS_LEFT);
  store<u32>(r, wireLen(d) - <u32>load<u16>(d, Packet.L3), OamRecord.LEN);
  emit(sw, copy, Edge.CONSUME);
}

/** Whether the HMAC TLV of the SRH at `o` is what the SID wants. @returns false when the packet was dropped */
function hmacPasses(sw: usize, d: usize, domain: usize, sid: usize, p: usize, o: u32): bool {
  const required = load<u8>(sid, Sid.HMAC) == SidHmac.REQUIRED, srh = p + o;
  if (o && <u32>load<u8>(srh, SRH.LAST_ENTRY) >= <u32>load<u8>(srh, SRH.HDR_EXT_LEN) >> 1) {
    srhProblem(sw, d, Drop.SRH_MALFORMED, o + SRH.SEGMENTS_LEFT, ICMP);
    return false;
  }
  const tlv = o ? srhTlv(srh, sizeOf(srh), SRH_TLV_TYPE.HMAC) : TLV_NONE;
  if (tlv == TLV_NONE) {
    if (required) drop(d, Drop.SRH_HMAC);
    return !required;
  }
  if (isCut(tlv)) {
    srhProblem(sw, d, Drop.SRH_MALFORMED, o + cutAt(tlv), ICMP);
    return false;
  }
  const keys = <usize>load<u32>(domain, Srv6Domain.HMAC_KEYS), key = exact32_get(keys, srhHmacKeyId(srh + tlv));
  if (key != MISS && srhHmacRight(p, srh, tlv, sizeOf(srh), <usize>key, load<u8>(domain, Srv6Domain.HMAC_LINUX) != 0, <usize>load<u32>(sw, Switch.SCRATCH))) return true;
  srhProblem(sw, d, Drop.SRH_HMAC, o + tlv, ICMP);
  return false;
}
