// fabric_out.ts -- what `weft fabric run` leaves behind: --out and --capture.

import { join } from 'node:path';
import { CAPTURE_PORTS_MAX, type Captured, FabricCapture } from '../fabric/capture.ts';
import { RunFolder } from '../fabric/folder.ts';
import { listPorts, matchPorts, type NamedPort } from '../fabric/ports.ts';
import type { Result } from '../fabric/results.ts';
import { Sampler } from '../fabric/samples.ts';
import type { Scenario } from '../fabric/scenario.ts';
import type { Simulation } from '../fabric/simulation.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { grouped } from './numbers.ts';
import { VERSION } from './version.ts';

export interface OutFlags { readonly out?: string; readonly capture?: readonly string[] }

/** Captures a run's points into a folder. */
export class RunOutput {
  readonly #folder: RunFolder;
  readonly #ports: readonly NamedPort[];
  #watching: { readonly sampler: Sampler; readonly capture: FabricCapture | undefined } | undefined;

  /** @throws WeftError for patterns that name no port, and folders that cannot be written */
  static open(scenario: Scenario, flags: OutFlags): RunOutput | undefined {
    if (flags.out !== undefined) return new RunOutput(scenario, flags.out, flags.capture);
    if (flags.capture) throw new WeftError(EXIT.usage, '--capture goes with --out, the folder that captures are put into');
    return undefined;
  }

  private constructor(readonly scenario: Scenario, out: string, patterns: readonly string[] = scenario.config.capture ?? []) {
    const all = listPorts(scenario.topology), chosen = new Set<NamedPort>();
    for (const pattern of patterns) {
      const ports = matchPorts(all, pattern);
      if (ports.length === 0) throw new WeftError(EXIT.usage, `"${pattern}" names no port of this fabric`, 'as in leaf1:e3, leaf1:* or spine*; weft fabric topo shows what there is');
      for (const p of ports) chosen.add(p);
    }
    if (chosen.size > CAPTURE_PORTS_MAX) throw new WeftError(EXIT.usage, `${grouped(chosen.size)} ports are more than a capture has room for (${grouped(CAPTURE_PORTS_MAX)})`);
    this.#ports = [...chosen].sort((a, b) => a.n - b.n);
    this.#folder = new RunFolder(out, scenario, { weft: VERSION, node: process.version, file: scenario.file.name, arguments: process.argv.slice(3) });
  }

  /** A point begins. */
  watch(sim: Simulation): Sampler {
    const dir = this.#folder.point(sim.model.balance, sim.model.seed), sampler = new Sampler(sim);
    this.#watching = { sampler, capture: this.#ports.length > 0 ? new FabricCapture(sim, this.#ports, join(dir, 'capture.pcapng'), VERSION) : undefined };
    return sampler;
  }

  /** It has ended. @returns frames captured, by port */
  ended(sim: Simulation, result: Result): Captured[] | undefined {
    const captured = this.#watching!.capture?.close();
    this.#folder.add(sim, result, this.#watching!.sampler);
    return captured;
  }

  finish(document: object): void {
    const { scenario: { config, topology: t } } = this;
    this.#folder.finish(document, {
      title: config.name ?? 'fabric',
      facts: [['fabric', `${t.kind}, ${grouped(t.hosts)} hosts, ${grouped(t.devices.length - t.hosts)} switches, ${grouped(t.links.length)} links`], ['weft', VERSION], ['command', `weft ${process.argv.slice(2).join(' ')}`]],
    });
  }
}
