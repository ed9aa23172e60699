// commands.ts -- the verbs: name, one line, and where each is. Nothing of a
// verb is loaded before it is asked for.

import type { Command } from './command.ts';

export interface Row {
  readonly summary: string;
  load(): Promise<{ default: Command }>;
}

export const COMMANDS: Readonly<Record<string, Row>> = {
  replay: { summary: 'run a capture through a switch and account for every packet', load: () => import('./replay.ts') },
  explain: { summary: "explain one packet's way, node by node, and why it was dropped", load: () => import('./explain.ts') },
  show: { summary: 'show what a switch knows, and what packets did there', load: () => import('./show.ts') },
  check: { summary: 'check a switch file', load: () => import('./check.ts') },
  dissect: { summary: 'print the packets of a capture', load: () => import('./dissect.ts') },
  fabric: { summary: 'run a fabric and its workload in virtual time', load: () => import('./fabric.ts') },
  demo: { summary: 'replay the capture that comes with weft, and explain its drops', load: () => import('./demo.ts') },
  bench: { summary: 'measure this machine (in a clone of the repository)', load: () => import('./bench.ts') },
  doctor: { summary: 'say what works on this machine and how to get the rest', load: () => import('./doctor.ts') },
  completion: { summary: 'print a completion script for bash, zsh or fish', load: () => import('./completion.ts') },
};
