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
}

export interface VlanConfig {
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
}

export interface BridgeConfig {
  vlan?: number;
  age?: string;
  ports?: string[];
  static?: { mac: string; port: string }[];
  address?: string | string[];
  mac?: string;
  vrf?: string;
  mtu?: number;
}

export interface VxlanConfig {
  vni: number;
  bridge?: string;
  vrf_l3?: string;
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
  to: string;
  vrf?: string;
  via?: string;
  port?: string;
  group?: string;
  vrf_leak?: string;
  srv6?: string;
  vxlan?: string;
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
  behavior: 'End' | 'End.X' | 'End.DT4' | 'End.DT6' | 'End.DT46';
  flavors?: ('psp' | 'usp' | 'usd')[];
  vrf?: string;
  via?: string;
  port?: string;
}

export interface Srv6Config {
  source?: string;
  hop_limit?: number | 'copy';
  dscp?: number | 'copy';
  flow_label?: number | 'hash' | 'copy';
  allow?: ('icmpv6' | 'udp')[];
  locators?: Record<string, string>;
  sids?: Record<string, Srv6SidConfig> | string;
  policies?: Record<string, { segments: string[]; mode?: 'encaps' | 'encaps.red'; mtu?: number }>;
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
  name?: string;
  seed?: number;
  count_checksums?: boolean;
  ports: Record<string, PortConfig | null>;
  vrfs?: string[];
  mac_table_size?: number;
  bridges?: Record<string, BridgeConfig | null>;
  neighbors?: NeighborConfig[];
  vxlan?: Record<string, VxlanConfig>;
  unresolved?: 'drop' | 'queue';
  neighbor_queue?: number;
  neighbor_table?: number;
  neighbor_age?: string;
  groups?: Record<string, GroupConfig>;
  routes?: RouteConfig[] | string;
  icmp?: { rate?: number; burst?: number };
  mpls?: MplsConfig;
  pseudowires?: Record<string, PseudowireConfig>;
  srv6?: Srv6Config;
  services?: Record<string, ServiceConfig>;
}

export interface NetworkConfig {
  name?: string;
  switches: Record<string, SwitchConfig>;
  links?: { endpoints: [string, string] }[];
}
