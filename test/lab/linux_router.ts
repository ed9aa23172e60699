// linux_router.ts -- a Linux kernel between two wires: what a router made of
// its SRv6, routing and tunnel code does with frames.
//
//   s0 ------ r0 [Linux] r1 ------ d0
//   fd00:1::9    fd00:1::2  fd00:2::2    fd00:2::9     (10.0.1.x, 10.0.2.x)

import { cable, Namespace } from './namespaces.ts';
import { inject, Tap } from './wire_tap.ts';

export const MACS = { s0: '02:00:00:00:00:01', r0: '02:00:00:00:00:02', r1: '02:00:00:00:00:03', d0: '02:00:00:00:00:04' };
/** Frames of the kernels' own accord: ND, MLD, ARP. */
const CHATTER = 'not (arp or (icmp6 and (ip6[40] >= 133 and ip6[40] <= 136)) or (icmp6 and ip6[40] == 143) or (ip6 and ip6[6] == 0))';

async function exchange(from: readonly [Namespace, string], to: readonly [Namespace, string], frames: readonly Uint8Array[], expected: number): Promise<Buffer[]> {
  const tap = await Tap.open(...to, CHATTER);
  inject(...from, frames);
  return tap.close(expected);
}

export class LinuxRouter {
  readonly source = new Namespace('s');
  readonly router = new Namespace('r');
  readonly sink = new Namespace('d');

  constructor() {
    const { source: s, router: r, sink: d } = this;
    for (const ns of [s, r, d])
      ns.sysctl('net.ipv6.conf.all.disable_ipv6=0', 'net.ipv6.conf.default.accept_dad=0', 'net.ipv6.conf.default.router_solicitations=0', 'net.ipv6.conf.default.addr_gen_mode=1', 'net.ipv6.conf.all.forwarding=1', 'net.ipv4.ip_forward=1',
        'net.ipv6.conf.all.seg6_enabled=1', 'net.ipv6.conf.default.seg6_enabled=1', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0', 'net.ipv4.conf.all.send_redirects=0', 'net.ipv4.icmp_ratelimit=0', 'net.ipv6.icmp.ratelimit=0');
    cable([s, 's0', MACS.s0], [r, 'r0', MACS.r0]);
    cable([r, 'r1', MACS.r1], [d, 'd0', MACS.d0]);
    r.sysctl('net.ipv6.conf.r0.seg6_enabled=1', 'net.ipv6.conf.r1.seg6_enabled=1');
    for (const line of [
      '-6 addr add fd00:1::2/64 dev r0 nodad', '-6 addr add fd00:2::2/64 dev r1 nodad', '-6 addr add fd00:ffff::1/128 dev lo', 'addr add 10.0.1.2/24 dev r0', 'addr add 10.0.2.2/24 dev r1',
      `neigh add fd00:1::9 lladdr ${MACS.s0} dev r0`, `neigh add fd00:2::9 lladdr ${MACS.d0} dev r1`, `neigh add 10.0.1.9 lladdr ${MACS.s0} dev r0`, `neigh add 10.0.2.9 lladdr ${MACS.d0} dev r1`,
      '-6 route add default via fd00:2::9 dev r1', 'route add default via 10.0.2.9 dev r1', 'sr tunsrc set fd00:ffff::1',
    ]) r.ip(line);
  }

  /** Frames in by r0; what comes out of r1. @param expected how many are to come */
  forward(frames: readonly Uint8Array[], expected = frames.length): Promise<Buffer[]> {
    return exchange([this.source, 's0'], [this.sink, 'd0'], frames, expected);
  }

  /** Frames in by r1; what comes out of r0. */
  back(frames: readonly Uint8Array[], expected = frames.length): Promise<Buffer[]> {
    return exchange([this.sink, 'd0'], [this.source, 's0'], frames, expected);
  }

  remove(): void {
    for (const ns of [this.source, this.router, this.sink]) ns.remove();
  }
}

/** What a weft switch in the router's place is configured with. */
export const ROUTER = `
ports:
  e1: {address: [10.0.1.2/24, fd00:1::2/64], mac: ${MACS.r0}, mtu: 9000}
  e2: {address: [10.0.2.2/24, fd00:2::2/64], mac: ${MACS.r1}, mtu: 9000}
neighbors:
  - {address: fd00:1::9, mac: ${MACS.s0}, port: e1}
  - {address: fd00:2::9, mac: ${MACS.d0}, port: e2}
  - {address: 10.0.1.9, mac: ${MACS.s0}, port: e1}
  - {address: 10.0.2.9, mac: ${MACS.d0}, port: e2}
`;
