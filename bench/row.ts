// row.ts -- one measurement in a process of its own, so that no row depends on
// what ran before it: `row.ts node NAME hot|cold`, `row.ts pipeline NAME hot|cold [twins]`.
// Prints one line of JSON.

import { measure, type PipelineRow, type SetName } from './measure.ts';
import { measureNode, type NodeRow, type NodeSet } from './nodes.ts';
import { pipelines } from './pipelines/index.ts';
import { loadTwins } from './twins.ts';

/** What a row's process says: a string is why there is no row. */
export type Result = NodeRow | PipelineRow[] | string;

const [kind, name = '', set, twins] = process.argv.slice(2);
const result: Result = kind === 'node' ? await measureNode(name, set as NodeSet) : await measure(pipelines[name]!(), set as SetName, twins ? loadTwins() : undefined);
process.stdout.write(JSON.stringify(result) + '\n');
