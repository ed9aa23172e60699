// index.ts -- the public API: what `import ... from 'weft-dataplane'` gives.
//
//     const k = loadKernels();
//     const network = new Network(k, SwitchFile.read('router.yaml'));
//     const reader = openCapture(k, 'in.pcap', { mac: port => portMac(network, port) });
//     const writer = createCapture(k, 'out.pcapng', { ports: network.ports.map((p, port) => ({ port, name: p.name })) });
//     const result = await replay(network, reader, { writer });
//     writer.close();
//     reader.close();
//
// Times are picoseconds since the run's origin (bigint), sizes bytes, packet
// bytes in network order. Errors a user can act on are WeftErrors with an exit
// code; captures that end too soon are a `fault` of their reader.

export { type Fault, faultText } from './capture/fault.ts';
export { createCapture, openCapture } from './capture/open.ts';
export type { CaptureInterface, CaptureReader, ReadOptions, ReaderDrop } from './capture/reader.ts';
export type { CapturePort, CaptureWriter, PortStatistics, WriteOptions } from './capture/writer.ts';
export { explainFrame, explainPacket } from './explain/explain.ts';
export type { ExplainedBranch, ExplainedVisit, Explanation, Outcome } from './explain/explanation.ts';
export { explanationJson } from './explain/json.ts';
export { explanationText } from './explain/text.ts';
export { compileFilter, FilterError, type Program } from './filter/filter.ts';
export { DROPS, type Reason } from './graph/drops.ts';
export type { DropRow, EdgeCount, Graph, NodeCount } from './graph/graph.ts';
export { takeTrace, type Visit } from './graph/trace.ts';
export { EXIT, WeftError } from './kernel/errors.ts';
export type { Kernels, Sizes } from './kernel/kernels.ts';
export { loadKernels } from './kernel/load.ts';
export { type Arrival, frame, receive, release, take, Vector } from './kernel/packets.ts';
export { type Rate, RatePace, type Wall } from './replay/rate.ts';
export { type Amount, dropComment, type Pace, portMac, type ReplayOptions, type ReplayResult, replay } from './replay/replay.ts';
export { ConfigError, formatPosition, type Path, type Position, SwitchFile } from './switch/file.ts';
export { Network, type OutsidePort, type Sink } from './switch/network.ts';
export { type CacheRow, type ServiceRow, setService, showServices } from './switch/services_report.ts';
export type { Switch } from './switch/switch.ts';
export { AddressError, formatIp, formatMac, formatPrefix, parseIp, parseMac, parsePrefix, type Prefix } from './wire/address.ts';
export { BuildError, build } from './wire/build.ts';
export { dissect, type Layer, type LayerField, values } from './wire/dissect.ts';
export { hexdump } from './wire/hexdump.ts';
export { type Summary, summary } from './wire/summary.ts';
