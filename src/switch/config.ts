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
  fe2?: number;
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
  behavior: 'End' | 'End.X' | 'End.T' | 'End.DX4' | 'End.DX6' | 'End.DT4' | 'End.DT6' | 'End.DT46' | 'End.DX2' | 'End.DX2V' | 'End.DT2U' | 'End.DT2M'
    | 'End.B6.Encaps' | 'End.B6.Encaps.Red' | 'End.B6.Insert' | 'End.B6.Insert.Red' | 'End.BM';
  flavors?: ('psp' | 'usp' | 'usd')[];
  vrf?: string;
  via?: string;
  port?: string;
  group?: string;
  policy?: string;
  push?: number[];
  bridge?: string;
  vlans?: Record<string, string>;
  arg?: { size: number; count?: number };
}

export interface Srv6PolicyConfig {
  segments?: string[];
  lists?: { segments: string[]; weight?: number }[];
  mode?: 'encaps' | 'encaps.red' | 'insert' | 'insert.red';
  mtu?: number;
  bsid?: string;
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
  locators?: Record<string, string>;
  sids?: Record<string, Srv6SidConfig> | string;
  policies?: Record<string, Srv6PolicyConfig>;
  l2?: Record<string, Srv6L2Config>;
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
}

export interface NetworkConfig {
  name?: string;
  switches: Record<string, SwitchConfig>;
  links?: { endpoints: [string, string] }[];
}
