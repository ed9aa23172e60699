// explain_run.ts -- an explanation as the command line runs it: files, the
// packet that is meant, and the text.

import { explainFrame, explainPacket } from '../explain/explain.ts';
import type { Explanation } from '../explain/explanation.ts';
import { explanationJson } from '../explain/json.ts';
import { explanationText } from '../explain/text.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { portMac } from '../replay/replay.ts';
import type { Network } from '../switch/network.ts';
import { build } from '../wire/build.ts';
import { entryPort, type InputFlags, inputFilter, openInput } from './input.ts';
import { loadNetwork } from './load.ts';
import { sourceLines } from './source_line.ts';
import type { Talk } from './talk.ts';

/** As `weft explain` has them. */
export interface ExplainFlags extends Partial<InputFlags> {
  config: string;
  number?: number;
  whatIf?: string;
  memory?: number;
}

/**
 * Explain one packet, and print that.
 * @param words filter expression; none takes every packet
 * @returns exit code
 * @throws WeftError, FilterError, BuildError
 */
export async function runExplain(words: readonly string[], flags: ExplainFlags, talk: Talk): Promise<number> {
  const { config, number, whatIf, read } = flags;
  if ((number === undefined) === (whatIf === undefined)) throw new WeftError(EXIT.usage, 'expected the packet to explain: -n NUMBER or --what-if PACKET', 'weft explain --help');
  if (number !== undefined && read === undefined) throw new WeftError(EXIT.usage, `packet ${number} of which capture?`, 'name it with -r');
  const program = inputFilter(words), network = loadNetwork(config, flags.memory);
  const reader = read === undefined ? undefined : openInput(network, { ...flags, read }, program, number === undefined ? {} : { mark: number });
  let explanation: Explanation;
  try {
    explanation = number !== undefined ? await explainPacket(network, reader!, number) : await whatIfPacket(network, flags, reader);
  } finally {
    reader?.close();
  }
  if (talk.json) talk.document(explanationJson(explanation, EXIT.ok));
  else for (const line of explanationText(explanation, network.switches.length > 1, sourceLines(network.file), talk.colors)) talk.out(line);
  return EXIT.ok;
}

/** Source of packets that state none: locally administered, no port has it. */
const SOURCE = Uint8Array.of(2, 0, 0, 0, 0, 0);

function whatIfPacket(network: Network, { whatIf, port }: ExplainFlags, reader: Parameters<typeof explainFrame>[3]): Promise<Explanation> {
  const entry = entryPort(network, port);
  return explainFrame(network, entry, build(whatIf!, { src: SOURCE, dst: portMac(network, entry) }), reader);
}
