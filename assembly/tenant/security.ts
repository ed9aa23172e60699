// security.ts -- security groups: what the rules of an interface say of a packet.

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { IfacePolicy, Rule, RuleAction } from "../abi/policy";
import { Switch } from "../abi/switch";
import { be16, data, drop, len, wireLen } from "../lib/packet";
import { classifier_find4, classifier_find6 } from "../tables/classifier";
import { IP4 } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { begin, tracked } from "./conntrack";
import { conforms } from "./police";
import { ruleKey4, ruleKey6 } from "./rule_key";

/**
 * Ask the rules about the packet at `l3`: count it at the one that matches; one
 * that is denied drops ACL_DENY with that rule in HIT.
 * Precondition: the fixed header is there.
 * @param policy IfacePolicy with rules
 * @param leaves whether it leaves by the interface, or came in by it
 * @param iface  index of the interface it came in by, 0 when that is not known
 * @returns false when it was dropped
 */
export function permits(sw: usize, d: usize, l3: u32, policy: usize, leaves: bool, iface: u32): bool {
  const p = data(d) + l3, key = <usize>load<u32>(sw, Switch.SCRATCH), six = load<u8>(p) >> 4 == 6;
  // Padding of a bridged frame is no part of the packet.
  const total = six ? <u32>IP6.LEN + be16(p + IP6.PAYLOAD_LENGTH) : be16(p + IP4.TOTAL_LENGTH);
  const have = min<u32>(len(d) - l3, total), wire = min<u32>(wireLen(d) - l3, total), why = six ? ruleKey6(p, have, wire, iface, key) : ruleKey4(p, have, wire, iface, key);
  if (why) {
    drop(d, why);
    return false;
  }
  const now = load<i64>(d, Packet.TIME), track = <usize>load<u32>(policy, IfacePolicy.TRACK), zone = load<u32>(policy, IfacePolicy.ZONE);
  const known = track ? tracked(track, p, have, zone, key + FLOW_KEY_AT, now) : 0, rule = <usize>(known ? known : ask(policy, leaves, six, key, now));
  store<u64>(rule, load<u64>(rule, Rule.PACKETS) + 1, Rule.PACKETS);
  store<u64>(rule, load<u64>(rule, Rule.BYTES) + wire, Rule.BYTES);
  store<u32>(d, <u32>rule, Packet.HIT);
  if (load<u8>(rule, Rule.ACTION) == RuleAction.ALLOW) {
    if (!known && track && load<u8>(rule, Rule.STATEFUL)) begin(track, p, have, zone, key + FLOW_KEY_AT, now, <u32>rule);
    const policer = <usize>load<u32>(rule, Rule.POLICER);
    return !policer || conforms(d, l3, policer);
  }
  drop(d, Drop.ACL_DENY);
  return false;
}

/** Where in the scratch memory the key of a flow stands, behind that of the rules. */
const FLOW_KEY_AT: usize = 64;

/** The first rule that matches, or what stands behind them all. */
function ask(policy: usize, leaves: bool, six: bool, key: usize, now: i64): u32 {
  const rules = <usize>load<u32>(policy + (leaves ? <usize>IfacePolicy.TX4 : <usize>IfacePolicy.RX4) + (six ? 4 : 0));
  const found = six ? classifier_find6(rules, key, now) : classifier_find4(rules, key, now);
  return found ? found : load<u32>(policy + (leaves ? <usize>IfacePolicy.TX_DEFAULT : <usize>IfacePolicy.RX_DEFAULT));
}
