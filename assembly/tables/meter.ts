// placeholder until the real table is merged
export function meter_sizeof(): u32 { return 64; }
export function meter_init(m: usize, rate: u32, burst: u32): void { store<u32>(m, burst); }
export function meter_take(m: usize, now: i64, n: u32): bool { const b = load<u32>(m); if (b < n) return false; store<u32>(m, b - n); return true; }
