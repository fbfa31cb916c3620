/**
 * What goes wrong between the world and the platform, in a run without protocols: plates, vision and messages that
 * fail for a time. Each fault is a change of the stream of records, so that whatever reads the stream meets it.
 */
import { distanceM } from '../../people/geometry.ts'
import { hashGaussian, hashUniform, streamOf } from '../world/hash-noise.ts'
import type { VirtualRecord } from './records.ts'
import type { VirtualTruth } from './run-virtual.ts'

export type PlateFault =
  /** No valid sample. */
  | { fault: 'disconnected' }
  /** The last value again and again. */
  | { fault: 'stuck' }
  /** The value wanders off. */
  | { fault: 'drifting'; gramsPerMinute: number }
  /** No value above this, measured from the value at the beginning of the fault. */
  | { fault: 'saturated'; aboveG: number }
  /** What is taken reads as added. */
  | { fault: 'sign-flipped' }
  /** Gaussian noise of this standard deviation on top. */
  | { fault: 'noisy'; noiseG: number }

export type VisionFault =
  | { fault: 'vision-offline' }
  | { fault: 'no-sightings' }
  /** No camera sees a hand. */
  | { fault: 'hands-hidden' }
  /** The first two who come near each other are taken for one another, until it ends. */
  | { fault: 'ids-switched' }
  /** Everybody goes under a new id, as after a restart of the tracker, until it ends. */
  | { fault: 'ids-lost' }

export const streamNames = ['weights', 'people', 'sightings', 'passes-in', 'passes-out'] as const
export type StreamName = (typeof streamNames)[number]

export type MessageFault = { stream: StreamName } & (
  | { fault: 'lost'; share: number }
  | { fault: 'late'; byMs: number; share: number }
  | { fault: 'duplicated'; byMs: number; share: number }
  /** Each message comes up to so much later, one like another: they overtake each other. */
  | { fault: 'shuffled'; byMs: number }
  /** The clock that stamps these messages is so far ahead; negative: behind. */
  | { fault: 'clock-off'; byMs: number }
)

export type StreamFault = { fromMs: number; untilMs: number } & (
  | ({ plates: string[] } & PlateFault)
  | VisionFault
  | MessageFault
)

/** Trackers confuse people who stand this close (chosen: two who leave each other room at a shelf). */
const switchWithinM = 1.2

type Seen = Extract<VirtualRecord, { type: 'people' }>

/** The run as a platform with these faults hears it: `atMs` of a record is when it arrives. */
export function* withFaults(
  run: Generator<VirtualRecord, VirtualTruth>,
  faults: readonly StreamFault[],
  seed: number,
): Generator<VirtualRecord, VirtualTruth> {
  const stages = faults.map((fault, index) => stageOf(fault, seed + index))
  const waiting: VirtualRecord[] = []
  let step = run.next()
  for (; !step.done; step = run.next()) {
    let records = [step.value]
    for (const stage of stages) records = records.flatMap(stage)
    for (const record of records) waiting.splice(placeOf(record, waiting), 0, record)
    while ((waiting[0]?.atMs ?? Number.POSITIVE_INFINITY) <= step.value.atMs) yield waiting.shift() as VirtualRecord
  }
  yield* waiting
  return step.value
}

/** After everything that arrives no later. */
const placeOf = ({ atMs }: VirtualRecord, waiting: readonly VirtualRecord[]): number =>
  waiting.findLastIndex((other) => other.atMs <= atMs) + 1

type Stage = (record: VirtualRecord) => VirtualRecord[]

function stageOf(fault: StreamFault, seed: number): Stage {
  // Another fault may have changed the arrival already: what counts is when it was said.
  const active = (record: VirtualRecord) => {
    const atMs = saidAtMs(record)
    return atMs >= fault.fromMs && atMs < fault.untilMs
  }
  if ('plates' in fault) return plateStage(fault, active, seed)
  if ('stream' in fault) return messageStage(fault, active, seed)
  return visionStage(fault, active)
}

function saidAtMs(record: VirtualRecord): number {
  if (record.type === 'samples') return record.batch.firstAtMs
  return 'message' in record ? record.message.seenAtMs : record.atMs
}

// ---- plates ---------------------------------------------------------------------------------------------

function plateStage(
  fault: Extract<StreamFault, { plates: string[] }>,
  active: (record: VirtualRecord) => boolean,
  seed: number,
): Stage {
  const plates = new Set(fault.plates)
  /** Of each plate: the last value before the fault. */
  const last = new Map<string, number>()
  return (record) => {
    if (record.type !== 'samples') return [record]
    const { batch } = record
    if (!active(record)) {
      for (const [row, plate] of batch.plates.entries()) {
        const grams = batch.grams[row]?.findLast((gram) => gram !== null)
        if (plates.has(plate) && typeof grams === 'number') last.set(plate, grams)
      }
      return [record]
    }
    const grams = batch.grams.map((row, i) => {
      const plate = batch.plates[i] as string
      if (!plates.has(plate)) return row
      const before = last.get(plate) ?? row.find((gram) => gram !== null) ?? 0
      last.set(plate, before)
      return row.map((gram, sample) => {
        const atMs = batch.firstAtMs + (sample * 1000) / batch.rateHz
        return gram === null ? null : misread(fault, gram, before, { atMs, seed, plate })
      })
    })
    return [{ ...record, batch: { ...batch, grams } }]
  }
}

function misread(
  fault: PlateFault & { fromMs: number },
  gram: number,
  before: number,
  { atMs, seed, plate }: { atMs: number; seed: number; plate: string },
): number | null {
  switch (fault.fault) {
    case 'disconnected':
      return null
    case 'stuck':
      return before
    case 'drifting':
      return gram + (fault.gramsPerMinute * (atMs - fault.fromMs)) / 60_000
    case 'saturated':
      return Math.min(gram, before + fault.aboveG)
    case 'sign-flipped':
      return 2 * before - gram
    case 'noisy':
      return gram + fault.noiseG * hashGaussian(seed, streamOf(plate), Math.round(atMs) & 0x7fffffff)
  }
}

// ---- vision ---------------------------------------------------------------------------------------------

function visionStage(fault: VisionFault & { fromMs: number }, active: (record: VirtualRecord) => boolean): Stage {
  const map = (change: (record: Seen) => Seen['message']['people']): Stage => {
    return (record) => {
      if (record.type !== 'people' || !active(record)) return [record]
      return [{ ...record, message: { ...record.message, people: change(record) } }]
    }
  }
  switch (fault.fault) {
    case 'vision-offline':
      return (record) => ((record.type === 'people' || record.type === 'sighting') && active(record) ? [] : [record])
    case 'no-sightings':
      return (record) => (record.type === 'sighting' && active(record) ? [] : [record])
    case 'hands-hidden':
      return map(({ message }) =>
        message.people.map((person) => ({ ...person, handsM: person.handsM.map(() => null) })),
      )
    case 'ids-lost':
      return map(({ message }) =>
        message.people.map((person) => ({ ...person, trackId: `${person.trackId}-again-${fault.fromMs % 1e6}` })),
      )
    case 'ids-switched': {
      let pair: [string, string] | undefined
      return map(({ message: { people } }) => {
        pair ??= nearPair(people)
        const other = (id: string) => (id === pair?.[0] ? pair[1] : id === pair?.[1] ? pair[0] : id)
        return people.map((person) => ({ ...person, trackId: other(person.trackId) }))
      })
    }
  }
}

function nearPair(people: Seen['message']['people']): [string, string] | undefined {
  for (const [i, one] of people.entries()) {
    const near = people.slice(i + 1).find(({ headM }) => distanceM(headM, one.headM) < switchWithinM)
    if (near) return [one.trackId, near.trackId]
  }
  return undefined
}

// ---- messages -------------------------------------------------------------------------------------------

function streamOfRecord(record: VirtualRecord): StreamName | null {
  switch (record.type) {
    case 'samples':
      return 'weights'
    case 'people':
      return 'people'
    case 'sighting':
      return 'sightings'
    case 'gate-pass':
      return record.message.direction === 'in' ? 'passes-in' : 'passes-out'
    case 'scan':
      // Till and reader are one machine: no message between them can be lost.
      return null
  }
}

function messageStage(
  fault: MessageFault & { fromMs: number },
  active: (record: VirtualRecord) => boolean,
  seed: number,
): Stage {
  let count = 0
  return (record) => {
    if (streamOfRecord(record) !== fault.stream || !active(record)) return [record]
    const draw = hashUniform(seed, streamOf(fault.stream), ++count)
    const laterBy = (ms: number): VirtualRecord => ({ ...record, atMs: record.atMs + ms })
    switch (fault.fault) {
      case 'lost':
        return draw < fault.share ? [] : [record]
      case 'late':
        return [draw < fault.share ? laterBy(fault.byMs) : record]
      case 'duplicated':
        return draw < fault.share ? [record, laterBy(fault.byMs)] : [record]
      case 'shuffled':
        return [laterBy(draw * fault.byMs)]
      case 'clock-off':
        return [stampedBy(record, fault.byMs)]
    }
  }
}

/** As said by a clock that is `byMs` ahead. */
function stampedBy(record: VirtualRecord, byMs: number): VirtualRecord {
  if (record.type === 'samples') {
    return { ...record, batch: { ...record.batch, firstAtMs: record.batch.firstAtMs + byMs } }
  }
  if (!('message' in record)) return record
  const message = { ...record.message, seenAtMs: record.message.seenAtMs + byMs }
  return { ...record, message } as VirtualRecord
}
