// route.ts -- where a switch sends a packet: to the port its endpoint hangs on,
// else by one of the ways to the leaf that does.

import { Balance, Choice, Endpoint, Flow, NOBODY, Sim, SimPacket, SimPort, SimPortState, SimSwitch } from "../abi/sim";
import { fare_choose } from "../balance/fare";
import { group_get, MISS } from "../balance/group";
import { hash64 } from "../lib/hash";
import { rng_below } from "../lib/rng";
import { portAt, switchAt } from "./port";
import { traceChosen, traceWays } from "./trace";

/** Port that packet `d` leaves switch `n` by, or NOBODY. */
export function route(sim: usize, n: u32, d: usize): u32 {
  const sw = switchAt(sim, n), leaf = <u32>load<u16>(d, SimPacket.LEAF);
  if (leaf == load<u32>(sw, SimSwitch.LEAF)) return load<u32>(<usize>load<u32>(sim, Sim.ENDPOINTS) + (<usize>load<u32>(d, SimPacket.TO) << 3), Endpoint.PORT);
  const choice = <usize>load<u32>(<usize>load<u32>(sw, SimSwitch.CHOICES) + (leaf << 2));
  return choice ? choose(sim, sw, choice, d) : NOBODY;
}

/** The same, written down: what there was to choose from, and what was chosen. */
export function routeTraced(sim: usize, n: u32, d: usize): u32 {
  const sw = switchAt(sim, n), leaf = <u32>load<u16>(d, SimPacket.LEAF), here = leaf == load<u32>(sw, SimSwitch.LEAF);
  const choice = here ? 0 : <usize>load<u32>(<usize>load<u32>(sw, SimSwitch.CHOICES) + (leaf << 2));
  traceWays(sim, choice, d);
  const out = route(sim, n, d), hash = choice && load<u8>(choice) == Balance.ECMP ? flowHash(sim, d, load<u32>(sw, SimSwitch.SALT)) : 0;
  traceChosen(sim, out, choice, d, hash);
  return out;
}

function choose(sim: usize, sw: usize, c: usize, d: usize): u32 {
  const mode = load<u8>(c), count = load<u32>(c, Choice.COUNT), ports = c + Choice.PORTS;
  if (mode == Balance.FARE) return fare_choose(<usize>load<u32>(c, Choice.TABLE), <usize>load<u32>(sim, Sim.DEPTHS));
  if (mode == Balance.ECMP) {
    const port = group_get(<usize>load<u32>(c, Choice.TABLE), flowHash(sim, d, load<u32>(sw, SimSwitch.SALT)));
    return port == MISS ? NOBODY : port;
  }
  if (!count) return NOBODY;
  if (mode == Balance.RANDOM) return load<u32>(ports + (rng_below(sim + Sim.RNG, count) << 2));
  if (mode == Balance.SHORTEST) return shortest(sim, ports, count);
  const next = load<u32>(c, Choice.NEXT);
  store<u32>(c, next + 1 < count ? next + 1 : 0, Choice.NEXT);
  return load<u32>(ports + (min<u32>(next, count - 1) << 2));
}

/** What ECMP goes by: the two ends, and the entropy of the flow (its source port). */
function flowHash(sim: usize, d: usize, salt: u32): u32 {
  const flow = <usize>load<u32>(sim, Sim.FLOWS) + <usize>load<u32>(d, SimPacket.FLOW) * Flow.SIZEOF;
  return hash64((<u64>load<u32>(d, SimPacket.FLOW) << 32) | load<u32>(flow, Flow.ENTROPY), salt);
}

/** The port with the least queued; of equals one by lot. */
function shortest(sim: usize, ports: usize, count: u32): u32 {
  const depths = <usize>load<u32>(sim, Sim.DEPTHS), first = rng_below(sim + Sim.RNG, count);
  let best = NOBODY, least: u32 = 0xffffffff;
  for (let i: u32 = 0; i < count; i++) {
    const at = first + i, port = load<u32>(ports + ((at < count ? at : at - count) << 2)), sending = u32(load<u8>(portAt(sim, port), SimPort.STATE) & SimPortState.SENDING);
    const depth = (load<u32>(depths + (<usize>port << 2)) << 1) | sending;
    if (depth < least) {
      least = depth;
      best = port;
    }
  }
  return best;
}
