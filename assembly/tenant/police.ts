// police.ts -- what a policer does to a packet: count its colour, then let it
// pass, write its DSCP, or drop it.

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Color, Policer, PolicerAction } from "../abi/policer";
import { checksumUpdate16 } from "../lib/checksum";
import { be16, data, drop, put16 } from "../lib/packet";
import { policer_color } from "../tables/policer";
import { IP4 } from "../wire/ip4";
import { IP6 } from "../wire/ip6";

/** The IP packet at `l3` meets a policer. Precondition: the fixed header is there. @returns false when it was dropped */
export function conforms(d: usize, l3: u32, policer: usize): bool {
  const p = data(d) + l3, six = load<u8>(p) >> 4 == 6, bytes = six ? <u32>IP6.LEN + be16(p + IP6.PAYLOAD_LENGTH) : be16(p + IP4.TOTAL_LENGTH);
  const before = load<u8>(policer, Policer.COLOR_AWARE) ? colorOf(dscpOf(p, six)) : <u32>Color.GREEN;
  const color = policer_color(policer, load<i64>(d, Packet.TIME), <u64>bytes << 3, before), counts = policer + (<usize>color << 4);
  store<u64>(counts, load<u64>(counts, Policer.COUNTS) + 1, Policer.COUNTS);
  store<u64>(counts, load<u64>(counts, Policer.COUNTS + 8) + bytes, Policer.COUNTS + 8);
  const action = <u32>load<u8>(policer + <usize>color, Policer.ACTIONS);
  if (action == <u32>PolicerAction.DROP) {
    store<u32>(d, <u32>policer, Packet.HIT);
    drop(d, Drop.POLICED);
    return false;
  }
  if (action != <u32>PolicerAction.TRANSMIT) remark(p, six, action);
  return true;
}

function dscpOf(p: usize, six: bool): u32 {
  return six ? (be16(p) >> 6) & 63 : <u32>load<u8>(p, IP4.TOS) >> 2;
}

/** The drop precedence of assured forwarding, AF11 to AF43 (RFC 2597 section 6); all others are green. */
function colorOf(dscp: u32): u32 {
  const af = dscp >> 3, precedence = (dscp >> 1) & 3;
  return dscp & 1 || af < 1 || af > 4 || precedence == 0 ? <u32>Color.GREEN : precedence - 1;
}

function remark(p: usize, six: bool, dscp: u32): void {
  const word = load<u16>(p);
  if (six) put16(p, (be16(p) & 0xf03f) | (dscp << 6));
  else {
    store<u8>(p, (load<u8>(p, IP4.TOS) & 3) | (dscp << 2), IP4.TOS);
    store<u16>(p, checksumUpdate16(load<u16>(p, IP4.CHECKSUM), word, load<u16>(p)), IP4.CHECKSUM);
  }
}
