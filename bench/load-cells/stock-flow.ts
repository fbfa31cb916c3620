/** The flow that a user would build of stock nodes: node-red-contrib-modbus, and functions that know a threshold. */
import type { BenchUnit } from './layout.ts'

/**
 * flow: a read node for each unit with the node's own queue, a function that decodes, a deadband, a function with a
 * threshold. expert: the queue off, and one function that decodes a block and compares.
 */
export type StockVariant = 'flow' | 'expert'

/** Under these names a function finds, in the global context, what counts its events. */
export const tellName = 'tell'

const decode = `
const bytes = msg.responseBuffer.buffer, first = Number(msg.topic), out = [];
for (let i = 0; i + 4 <= bytes.length; i += 4) out.push({ topic: String(first + i / 4), payload: bytes.readInt32BE(i) });
return [out];`
const compare = `
const key = 'c' + msg.topic, last = context.get(key);
if (last === undefined) { context.set(key, msg.payload); return null; }
if (Math.abs(msg.payload - last) < 500) return null;
context.set(key, msg.payload);
return { payload: { channel: Number(msg.topic) } };`
const decodeAndCompare = `
const bytes = msg.responseBuffer.buffer, first = Number(msg.topic);
let levels = context.get('levels');
if (!levels) { levels = []; context.set('levels', levels); }
for (let i = 0, channel = first; i + 4 <= bytes.length; i += 4, channel++) {
  const value = bytes.readInt32BE(i);
  if (levels[channel] !== undefined && Math.abs(value - levels[channel]) < 500) continue;
  if (levels[channel] !== undefined) node.send({ payload: { channel } });
  levels[channel] = value;
}
return null;`
const tell = `global.get('${tellName}')(msg.payload.channel); return null;`

export function stockFlow(
  variant: StockVariant,
  { gateways, ports, hz }: { gateways: readonly BenchUnit[][]; ports: readonly number[]; hz: number },
): object[] {
  const functionNode = (id: string, func: string, wires: string[][]) => ({
    ...{ id, type: 'function', z: 'tab', x: 1, y: 1, func, wires },
    ...{ outputs: 1, noerr: 0, timeout: 0, initialize: '', finalize: '', libs: [] },
  })
  const reads = gateways.flatMap((units, index) => [
    client(`gateway-${index}`, ports[index] as number, variant === 'flow'),
    ...units.map((unit) => read(unit, `gateway-${index}`, { hz, isText: variant === 'flow' })),
  ])
  const deadband = {
    ...{ id: 'deadband', type: 'rbe', z: 'tab', x: 1, y: 1, func: 'deadbandEq', gap: '200', start: '', inout: 'out' },
    ...{ septopics: true, property: 'payload', topi: 'topic', wires: [['compare']] },
  }
  const chain =
    variant === 'expert'
      ? [functionNode('decode', decodeAndCompare, [['tell']])]
      : [functionNode('decode', decode, [['deadband']]), deadband, functionNode('compare', compare, [['tell']])]
  return [{ id: 'tab', type: 'tab', label: 'stock' }, ...reads, ...chain, functionNode('tell', tell, [])]
}

const client = (id: string, port: number, bufferCommands: boolean) => ({
  ...{ id, type: 'modbus-client', name: '', clienttype: 'tcp', bufferCommands, stateLogEnabled: false },
  ...{ queueLogEnabled: false, failureLogEnabled: true, tcpHost: '127.0.0.1', tcpPort: String(port) },
  ...{ tcpType: 'DEFAULT', serialPort: '', unit_id: '1', commandDelay: '1', clientTimeout: '1000' },
  ...{ reconnectOnTimeout: true, reconnectTimeout: '2000', parallelUnitIdsAllowed: true },
  ...{ showErrors: true, showWarnings: true, showLogs: true },
})

/** Its editor stores the unit id as text, which is ignored when the queue is off: then every read goes to one unit. */
const read = (
  { unit, first, channels }: BenchUnit,
  server: string,
  { hz, isText }: { hz: number; isText: boolean },
) => ({
  ...{ id: `${server}-${unit}`, type: 'modbus-read', z: 'tab', x: 1, y: 1, name: `unit ${unit}`, topic: String(first) },
  ...{ showStatusActivities: false, logIOActivities: false, showErrors: false, showWarnings: true },
  ...{ unitid: isText ? String(unit) : unit, dataType: 'HoldingRegister', adr: '0', quantity: String(2 * channels) },
  ...{ rate: String(1000 / hz), rateUnit: 'ms', delayOnStart: false, startDelayTime: '', server, useIOFile: false },
  ...{ ioFile: '', useIOForPayload: false, emptyMsgOnFail: false, wires: [['decode'], []] },
})
