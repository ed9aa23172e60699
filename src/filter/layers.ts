// layers.ts -- where the headers are. `vlan` and `mpls` move what follows them
// in the expression, whether or not they match: `vlan and ip` looks for IP
// behind the tag, and so does the right-hand side of `vlan or ip`.
//
//        type     net
//         |        |
//   | dst src | ethertype | IP ...                    at first
//   | dst src | tag | ethertype | IP ...              after vlan: both 4 further
//   | dst src | ethertype | label | IP ...            after mpls: net 4 further

import { BPF_JMP } from '../../assembly/wire/bpf.ts';
import { ETH, ETH_LENGTH_MAX, ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { MPLS, MPLS_ENTRY } from '../../assembly/wire/mpls.ts';
import { VLAN, VLAN_TCI } from '../../assembly/wire/vlan.ts';
import { all, any, type Condition, equal, leaf, loadA, not } from './condition.ts';

const TAG_TYPES = [ETHERTYPE.VLAN, ETHERTYPE.S_VLAN, ETHERTYPE.QINQ_OLD];
/** The byte of a label stack entry with the bottom-of-stack bit, from the entry's end, and the bit in it. */
const BOTTOM_AT = MPLS.LABEL_TC_S - MPLS.LEN, BOTTOM = MPLS_ENTRY.S >> 8;

/** DSAP and SSAP both: IEEE 802.1 bridge (6), NetBIOS, ISO network layer. */
const BOTH_SAPS: ReadonlySet<number> = new Set([0x06, 0xf0, 0xfe]);
/** IPX, AppleTalk, AARP: found under several encapsulations, each with offsets of its own. */
const MANY_FORMS: ReadonlySet<number> = new Set([0xe0, 0x809b, 0x80f3]);

export class Layers {
  /** Offset of the ethertype, bytes. */
  #type: number = ETH.ETHERTYPE;
  /** Offset of the network header, bytes. */
  #net: number = ETH.LEN;
  #labels = 0;

  get net(): number {
    return this.#net;
  }

  /** A label was matched: behind it there is IP and nothing else to name. */
  get inMpls(): boolean {
    return this.#labels > 0;
  }

  /** What is in the way of `type` being tested, or undefined. */
  refuses(type: number): string | undefined {
    if (this.inMpls && type !== ETHERTYPE.IPV4 && type !== ETHERTYPE.IPV6) return 'behind mpls only ip and ip6 can be told';
    return MANY_FORMS.has(type) ? 'IPX, AppleTalk and AARP are not supported' : undefined;
  }

  /** The network header is of ethertype `type`; up to 1500 it is an LLC service access point. Precondition: not refused. */
  ethertype(type: number): Condition {
    if (this.inMpls) // RFC 3032 has no type field: bottom of stack, then the version that IP begins with
      return all(equal(1, this.#net + BOTTOM_AT, BOTTOM, BOTTOM), equal(1, this.#net, type === ETHERTYPE.IPV4 ? 0x40 : 0x60, 0xf0));
    if (type > ETH_LENGTH_MAX) return equal(2, this.#type, type);
    const sap = BOTH_SAPS.has(type) ? equal(2, this.#net, type << 8 | type) : equal(1, this.#net, type);
    return all(not(leaf([loadA(2, this.#type)], BPF_JMP.JGT, ETH_LENGTH_MAX)), sap);
  }

  /** A VLAN tag, with this id (12 bits) if given. Precondition: not in MPLS. */
  vlan(id: number | undefined): Condition {
    const tagged = any(...TAG_TYPES.map(type => equal(2, this.#type, type)));
    const condition = id === undefined ? tagged : all(tagged, equal(2, this.#net, id, VLAN_TCI.VID));
    this.#type += VLAN.LEN;
    this.#net += VLAN.LEN;
    return condition;
  }

  /** A label stack entry, with this label (20 bits) if given; from the second on, one that is not behind the bottom. */
  mpls(label: number | undefined): Condition {
    const stacked = this.inMpls ? equal(1, this.#net + BOTTOM_AT, 0, BOTTOM) : equal(2, this.#type, ETHERTYPE.MPLS);
    const condition = label === undefined ? stacked : all(stacked, equal(4, this.#net, (label << MPLS_ENTRY.LABEL_SHIFT) >>> 0, (MPLS_ENTRY.LABEL << MPLS_ENTRY.LABEL_SHIFT) >>> 0));
    this.#net += MPLS.LEN;
    this.#labels++;
    return condition;
  }
}
