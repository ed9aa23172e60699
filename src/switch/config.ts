// config.ts -- the shape of a switch file once schema/switch.schema.json has
// passed it. Keys and their meaning are described there.

export interface PortConfig extends VlanConfig {
  description?: string;
  min_frame?: number;
  fix_checksums?: boolean;
  vlans?: Record<string, VlanConfig>;
}

export interface VlanConfig {
  mac?: string;
  address?: string | string[];
  vrf?: string;
  mtu?: number;
  promiscuous?: boolean;
}

export interface NeighborConfig { address: string; mac: string; port: string }

export interface RouteConfig {
  to: string;
  vrf?: string;
  via?: string;
  port?: string;
  vrf_leak?: string;
  action?: 'blackhole' | 'unreachable' | 'reject' | 'prohibit';
}

export interface SwitchConfig {
  name?: string;
  seed?: number;
  ports: Record<string, PortConfig | null>;
  vrfs?: string[];
  neighbors?: NeighborConfig[];
  routes?: RouteConfig[] | string;
  icmp?: { rate?: number; burst?: number };
}

export interface NetworkConfig {
  name?: string;
  switches: Record<string, SwitchConfig>;
  links?: { endpoints: [string, string] }[];
}
