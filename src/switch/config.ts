// config.ts -- the shape of a switch file once schema/switch.schema.json has
// passed it. Keys and their meaning are described there.

export interface PortConfig extends VlanConfig {
  description?: string;
  speed?: string;
  min_frame?: number;
  fix_checksums?: boolean;
  vlans?: Record<string, VlanConfig | null>;
  access?: number;
  trunk?: (number | string)[];
  native?: number;
  qos?: QosConfig;
  ecn?: EcnConfig;
}

export interface QosConfig {
  trust?: 'pcp' | 'dscp';
  dscp_map?: Record<string, number>;
  pcp_map?: Record<string, number>;
  remark?: { dscp?: Record<string, number>; pcp?: Record<string, number> };
}

export interface EcnConfig { rate?: string; kmin: string; kmax: string; pmax?: number }

/** What an interface asks of its packets; so do tunnels and bridges' own interfaces. */
export interface PolicyConfig {
  security_groups?: string[];
  source_guard?: 'strict' | string[];
  policer_in?: string;
  policer_out?: string;
}

/** A DSCP to write, or what else becomes of a packet. */
export type PolicerActionConfig = 'transmit' | 'drop' | number;

/** RFC 2697; with `pir` RFC 2698. */
export interface PolicerConfig {
  cir: string;
  cbs?: string;
  ebs?: string;
  pir?: string;
  pbs?: string;
  color_aware?: boolean;
  conform?: PolicerActionConfig;
  exceed?: PolicerActionConfig;
  violate?: PolicerActionConfig;
}

export interface TagConfig { addresses?: string[]; interfaces?: string[]; vnis?: number[] }

export interface SecurityRuleConfig {
  direction: 'ingress' | 'egress';
  action: 'allow' | 'deny';
  priority?: number;
  protocol?: string | number;
  source?: string | string[];
  destination?: string | string[];
  source_ports?: PortsConfig;
  destination_ports?: PortsConfig;
  icmp_type?: number;
  icmp_code?: number;
  expires?: string;
  policer?: string;
}

/** A port, a range `1000-2000`, or several. */
export type PortsConfig = number | string | (number | string)[];

export interface SecurityGroupConfig { stateful?: boolean; rules: SecurityRuleConfig[] }

/** Flows of stateful groups: most at once, and how long one that is silent is kept. */
export interface ConntrackConfig { size?: number; tcp?: string; udp?: string; icmp?: string; other?: string }

/** A virtual service and the real servers behind it. */
export interface BalancerConfig {
  vrf?: string;
  address: string;
  protocol: 'tcp' | 'udp';
  port?: number;
  mode?: 'direct' | 'ipip';
  source?: string;
  affinity?: 'stateless' | 'flow';
  table_size?: number;
  tcp?: string;
  udp?: string;
  reals: { address: string; port?: string; weight?: number; drain?: boolean }[];
}

/** NAT44 of one VRF. */
export interface NatConfig {
  vrf?: string;
  outside: string[];
  pools?: { inside: string; addresses: string[]; block?: number; ports?: string }[];
  forwards?: { protocol: 'tcp' | 'udp'; address: string; port: number; to: string; to_port?: number }[];
  table_size?: number;
  timeouts?: { tcp?: string; tcp_transitory?: string; udp?: string; icmp?: string };
}

/** An IPsec tunnel: ESP in UDP, keys by hand. */
export interface IpsecConfig {
  local: string;
  remote: string;
  underlay?: string;
  vrf?: string;
  port?: number;
  entropy?: boolean;
  spi_out: number;
  spi_in: number;
  key_out: string;
  key_in: string;
  replay_window?: number;
  ttl?: number;
  mtu?: number;
}

export interface VlanConfig extends PolicyConfig {
  mac?: string;
  address?: string | string[];
  vrf?: string;
  mtu?: number;
  promiscuous?: boolean;
  loopback?: boolean;
  bridge?: string;
  horizon?: number;
  learn?: boolean;
  flood?: boolean;
  srv6_domain?: 'edge';
  fe2?: number;
}

export interface BridgeConfig extends PolicyConfig {
  vlan?: number;
  age?: string;
  ports?: string[];
  static?: { mac: string; port: string }[];
  address?: string | string[];
  mac?: string;
  vrf?: string;
  mtu?: number;
}

export interface VxlanConfig extends PolicyConfig {
  vni: number;
  bridge?: string;
  vrf_l3?: string;
  vnis?: string;
  router_mac?: string;
  local: string | string[];
  remotes?: string[];
  vrf?: string;
  port?: number;
  fdb?: { mac: string; remote: string }[];
  learn?: boolean;
  any_peer?: boolean;
  strict?: boolean;
  inner_vlan?: boolean;
  udp6_zero_csum?: boolean;
  mtu?: number;
  ttl?: number;
  tos?: 'inherit';
}

export interface NeighborConfig { address: string; mac: string; port: string }

export interface GroupConfig {
  members: { via: string; port?: string; weight?: number; drain?: boolean; push?: number[]; entropy?: EntropyConfig; tc?: number }[];
  hash?: ('src' | 'dst' | 'proto' | 'sport' | 'dport' | 'label' | 'inner' | 'qp')[];
  buckets?: number;
}

export interface RouteConfig {
  ipsec?: string;
  to: string;
  vrf?: string;
  via?: string;
  port?: string;
  group?: string;
  vrf_leak?: string;
  srv6?: string;
  vxlan?: string;
  bier?: string;
  remote?: string;
  router_mac?: string;
  action?: 'blackhole' | 'unreachable' | 'reject' | 'prohibit';
  push?: number[];
  entropy?: EntropyConfig;
  tc?: number;
}

/** `true`: below all labels; a number: below so many. */
export type EntropyConfig = boolean | number;

export interface MplsConfig {
  ports?: string[];
  ttl?: 'uniform' | 'pipe';
  labels?: Record<string, LabelConfig> | string;
  srgb?: string;
  sids?: Record<string, SidConfig>;
}

/** A prefix SID; `srgb` is the neighbour's. */
export type SidConfig = Pick<LabelConfig, 'pop' | 'php' | 'via' | 'port'> & { srgb?: string };

export interface LabelConfig {
  pop?: string;
  family?: 'ip4' | 'ip6';
  swap?: number | number[];
  php?: true;
  via?: string;
  port?: string;
}

/** BFR-ids and ranges of them, `first-last`. */
export type BfrList = number | string | (number | string)[];

export interface BierConfig { ports?: string[]; sub_domains?: Record<string, SubDomainConfig> }

export interface SubDomainConfig {
  bfr_id?: number;
  bsl?: 64 | 128 | 256 | 512 | 1024 | 2048 | 4096;
  bift_id?: number;
  label?: number;
  ttl?: number;
  vrf?: string;
  ethernet?: string;
  bift?: { bfr: BfrList; via: string; port?: string; bift_id?: number; label?: number }[];
  groups?: Record<string, BfrList>;
}

export interface PseudowireConfig {
  label_in: number;
  labels_out: number[];
  via: string;
  port?: string;
  control_word?: boolean;
  bridge?: string;
  horizon?: number;
  entropy?: EntropyConfig;
  tc?: number;
}

export interface Srv6SidConfig {
  behavior: 'End' | 'End.X' | 'End.T' | 'End.DX4' | 'End.DX6' | 'End.DT4' | 'End.DT6' | 'End.DT46' | 'End.DX2' | 'End.DX2V' | 'End.DT2U' | 'End.DT2M'
    | 'End.B6.Encaps' | 'End.B6.Encaps.Red' | 'End.B6.Insert' | 'End.B6.Insert.Red' | 'End.BM';
  flavors?: ('psp' | 'usp' | 'usd' | 'next-csid' | 'replace-csid')[];
  vrf?: string;
  via?: string;
  port?: string;
  group?: string;
  policy?: string;
  push?: number[];
  bridge?: string;
  vlans?: Record<string, string>;
  lblen?: number;
  nflen?: number;
  hmac?: 'required' | 'optional';
  arg?: { size: number; count?: number };
}

export interface LocatorConfig {
  prefix: string;
  block_len?: number;
  node_len?: number;
  func_len?: number;
  hmac?: 'required' | 'optional';
}

export interface Srv6PolicyConfig {
  segments?: string[];
  lists?: { segments: string[]; weight?: number }[];
  mode?: 'encaps' | 'encaps.red' | 'insert' | 'insert.red';
  mtu?: number;
  bsid?: string;
  csid?: 'next' | 'replace';
  hmac?: number | string;
  tag?: number;
  oam?: boolean;
}

export interface Srv6L2Config {
  policy: string;
  port?: string;
  bridge?: string;
  flood?: string;
  source?: string;
  learn?: boolean;
}

export interface Srv6Config {
  source?: string;
  hop_limit?: number | 'copy';
  dscp?: number | 'copy';
  flow_label?: number | 'hash' | 'copy';
  allow?: ('icmpv6' | 'udp')[];
  locators?: Record<string, string | LocatorConfig>;
  sids?: Record<string, Srv6SidConfig> | string;
  policies?: Record<string, Srv6PolicyConfig>;
  hmac_text?: 'rfc8754' | 'linux';
  hmac_keys?: Record<string, string>;
  oam?: { rate?: number; burst?: number };
  domain?: { block?: string[]; infrastructure?: string[]; answer?: boolean };
  l2?: Record<string, Srv6L2Config>;
}

export interface ServiceConfig {
  behavior: 'End.AN' | 'End.AS' | 'End.AD' | 'End.AM';
  sid?: string;
  label?: number;
  inner?: 'ip4' | 'ip6' | 'ethernet';
  out: string;
  via?: string;
  mac?: string;
  in?: string;
  cache?: { source?: string; segments?: string[]; mode?: 'encaps' | 'encaps.red'; labels?: number[] };
  flows?: number;
  flavors?: ('nat' | 'cache')[];
  segments_left?: 'before' | 'after';
  on_failure?: 'bypass' | 'drop';
  down?: boolean;
}

export interface SwitchConfig {
  ipsec?: Record<string, IpsecConfig>;
  name?: string;
  seed?: number;
  count_checksums?: boolean;
  ports: Record<string, PortConfig | null>;
  vrfs?: string[] | string;
  mac_table_size?: number;
  bridges?: Record<string, BridgeConfig | null>;
  neighbors?: NeighborConfig[];
  vxlan?: Record<string, VxlanConfig>;
  unresolved?: 'drop' | 'queue';
  neighbor_queue?: number;
  neighbor_table?: number;
  neighbor_age?: string;
  tags?: Record<string, TagConfig>;
  security_groups?: Record<string, SecurityGroupConfig>;
  conntrack?: ConntrackConfig;
  nat?: NatConfig;
  load_balancers?: Record<string, BalancerConfig>;
  policers?: Record<string, PolicerConfig>;
  groups?: Record<string, GroupConfig>;
  routes?: RouteConfig[] | string;
  icmp?: { rate?: number; burst?: number };
  mpls?: MplsConfig;
  bier?: BierConfig;
  pseudowires?: Record<string, PseudowireConfig>;
  srv6?: Srv6Config;
  services?: Record<string, ServiceConfig>;
}

export interface NetworkConfig {
  name?: string;
  switches: Record<string, SwitchConfig>;
  links?: { endpoints: [string, string] }[];
}
