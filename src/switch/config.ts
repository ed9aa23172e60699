// config.ts -- the shape of a switch file once schema/switch.schema.json has
// passed it. Keys and their meaning are described there.

export interface PortConfig extends VlanConfig {
  description?: string;
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

export interface NeighborConfig { address: string; mac: string; port: string }

export interface GroupConfig {
  members: { via: string; port?: string; weight?: number }[];
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
  action?: 'blackhole' | 'unreachable' | 'reject' | 'prohibit';
  srv6?: string;
}

export interface SidConfig {
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
  sids?: Record<string, SidConfig> | string;
  policies?: Record<string, { segments: string[]; mode?: 'encaps' | 'encaps.red'; mtu?: number }>;
}

export interface SwitchConfig {
  name?: string;
  seed?: number;
  ports: Record<string, PortConfig | null>;
  vrfs?: string[];
  bridges?: Record<string, BridgeConfig | null>;
  neighbors?: NeighborConfig[];
  unresolved?: 'drop' | 'queue';
  neighbor_queue?: number;
  neighbor_table?: number;
  neighbor_age?: string;
  groups?: Record<string, GroupConfig>;
  routes?: RouteConfig[] | string;
  icmp?: { rate?: number; burst?: number };
  srv6?: Srv6Config;
}

export interface NetworkConfig {
  name?: string;
  switches: Record<string, SwitchConfig>;
  links?: { endpoints: [string, string] }[];
}
