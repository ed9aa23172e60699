// views.ts -- what `weft show` can show: one row a view.

import { errors } from './errors.ts';
import { graph } from './graph.ts';
import { Paths } from './paths.ts';
import type { Report, View } from './report.ts';
import type { CaptureReader } from '../capture/reader.ts';
import type { Network } from '../switch/network.ts';
import { Runtime } from './runtime.ts';
import { bier, conntrack, ecn, fdb, fib, groups, interfaces, ipsec, labels, nat, neighbors, oam, pfc, policers, policies, ports, reals, rules, services, sids, vxlan } from './tables.ts';

/** A view that needs nothing but the end of the run. */
const state = (of: (network: Network, reader?: CaptureReader) => Report): View['open'] => network => ({ report: reader => of(network, reader) });

export const VIEWS: Readonly<Record<string, View>> = {
  interfaces: { summary: 'interfaces and their addresses', open: state(interfaces) },
  ports: { summary: 'packets and bytes of ports, and wrong checksums', open: state(ports) },
  fib: { summary: 'routes of every VRF, and the lines that made them', open: state(fib) },
  neighbors: { summary: 'who answers to an address: static and learnt', open: state(neighbors) },
  fdb: { summary: 'stations that bridges know', open: state(fdb) },
  groups: { summary: 'next-hop groups, and how they shared their flows out', open: state(groups) },
  labels: { summary: 'MPLS labels that mean something here', open: state(labels) },
  sids: { summary: 'SRv6 SIDs, and what they processed', open: state(sids) },
  rules: { summary: 'rules of security groups, how often each was met, and which never', open: state(rules) },
  conntrack: { summary: 'flows that stateful security groups let through', open: state(conntrack) },
  nat: { summary: 'port forwards, and the mappings of NAT44', open: state(nat) },
  reals: { summary: 'real servers of load balancers, and what went to them', open: state(reals) },
  policers: { summary: 'policers, and the colours they gave', open: state(policers) },
  services: { summary: 'services behind segments, and what their proxies remember', open: state(services) },
  policies: { summary: 'SRv6 policies, and what was sent into them', open: state(policies) },
  oam: { summary: 'packets that came to a SID with the O-flag', needsCapture: true, open: state(oam) },
  bier: { summary: 'BIER tables: who is behind which neighbour, and what was sent there', open: state(bier) },
  vxlan: { summary: 'VXLAN tunnels, and what went through', open: state(vxlan) },
  ipsec: { summary: 'IPsec tunnels, and what went through', open: state(ipsec) },
  pfc: { summary: 'PAUSE and PFC frames that ports received', open: state(pfc) },
  ecn: { summary: 'virtual queues of ports, and what they marked', open: state(ecn) },
  graph: { summary: 'nodes and edges, and what went along each', open: state(graph) },
  errors: { summary: 'drops by node and reason', needsCapture: true, open: state(errors) },
  paths: { summary: 'the ways packets took, those of one way counted together', needsCapture: true, open: network => new Paths(network) },
  runtime: { summary: 'calls, packets and time of each node', needsCapture: true, open: (network, clock) => new Runtime(network, clock) },
};
