// srh.ts -- what a SID says of a routing header that it cannot act on.

import { Drop } from "../abi/drop";
import { ICMP6_PARAMETER, ICMP6_TYPE } from "../wire/icmp6";
import { icmp6Error } from "./icmp6";

/** Drop for `reason` and answer with a parameter problem, code 0. @param pointer octet at fault, from the IPv6 header */
export function srhProblem(sw: usize, d: usize, reason: Drop, pointer: u32, edge: u32): void {
  icmp6Error(sw, d, reason, ICMP6_TYPE.PARAMETER_PROBLEM, ICMP6_PARAMETER.FIELD, pointer, edge);
}
