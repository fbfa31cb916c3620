/**
 * Runs a recording through a flow's wires: Node-RED without its editor, our nodes on a till in memory, and a virtual
 * clock that stands still while a node works. For the shipped flow the answer is the one of `replayStore`.
 */
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import { readRecording } from '../../runtime/recording/recording.ts'
import type { StoreBinding } from '../../runtime/store/binding.ts'
import { MemoryTill } from '../../runtime/store/memory-till.ts'
import type { Answer, ReplayInput } from '../../runtime/store/recorded-store.ts'
import { ReplaySource } from '../../runtime/store/replay-source.ts'
import type { TillEvent, VisitSnapshot } from '../../runtime/till-api/events.ts'
import { whenIdle } from '../kit/work.ts'
import { withNodeRed } from './headless.ts'
import { nodeRed } from './node-red.ts'
import { readFlowFile, refuseUnsound } from './read-flow-file.ts'

/** What a flow made of a recording. */
export interface WiresResult {
  answer: Answer
  visits: VisitSnapshot[]
  /** What the flow had the till record of its shelves. */
  stockMoves: Extract<TillEvent, { type: 'stock-moved' }>['data'][]
}

/**
 * Once in a process: Node-RED cannot be started again.
 * @param directory of the recording
 * @throws AisleError `flow-refused` when the check finds errors, `flow-not-runnable` when a node cannot work on the
 * recording's store
 */
export async function replayFlow(directory: string, flowFile: string): Promise<Answer> {
  return (await playThroughWires(await readRecording(directory), flowFile)).answer
}

/** Like {@link replayFlow}, of whatever can be replayed. */
export async function playThroughWires(input: ReplayInput, flowFile: string): Promise<WiresResult> {
  const flow = await readFlowFile(flowFile)
  const { binding, till, source } = replayedStore(input)
  const failures: string[] = []
  const options = { openAisle: binding, onError: (text: string) => failures.push(text) }
  return await withNodeRed(options, async (catalogue) => {
    refuseUnsound(flow, catalogue, flowFile)
    await deploy(flow as object[])
    refuseFailures(failures, flowFile)
    await source.play(() => whenIdle(binding))
    const stockMoves = till.eventsAfter(0).flatMap((event) => (event.type === 'stock-moved' ? [event.data] : []))
    return { answer: till.answer(), visits: till.visits, stockMoves }
  })
}

function replayedStore(recording: ReplayInput) {
  const { layout, startMs, admission } = recording
  const clock = new VirtualClock(startMs)
  const till = new MemoryTill(layout, admission)
  const source = new ReplaySource(recording, clock, till)
  const names = {
    groups: [],
    cameraGroups: [],
    zones: layout.zones.map(({ id, name }) => ({ id, name })),
    gates: layout.gates.map(({ id }) => ({ id })),
    // As a recording's people and sightings come from one appliance.
    appliances: [{ id: 'recording' }],
  }
  const binding: StoreBinding = {
    ...{ layout, names, clock, till, sensing: source },
    timeZone: 'UTC',
    profileHash: 'recording',
    isReplay: true,
  }
  return { binding, till, source }
}

async function deploy(flows: object[]): Promise<void> {
  const started = new Promise<void>((resolve) => nodeRed.events.once('flows:started', () => resolve()))
  await nodeRed.runtime.flows.setFlows({ flows: { flows }, deploymentType: 'full' })
  await started
}

/** A node that cannot work would only be silent, and the answer would be wrong. */
function refuseFailures(failures: readonly string[], flowFile: string): void {
  if (failures.length === 0) return
  throw new AisleError('flow-not-runnable', `Nodes of this flow cannot work here:\n  ${failures.join('\n  ')}\n`, {
    where: flowFile,
    action: 'A recording has no groups and devices of a profile; let the nodes take all of them.',
  })
}
