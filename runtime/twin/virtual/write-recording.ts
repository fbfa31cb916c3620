/** Writes a run of the twin as a recording (format open-aisle-recording/1), with its truth for scoring. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { RecordingWriter } from '../../recording/recording-writer.ts'
import { itemsOf } from '../world/truth.ts'
import type { VirtualRecord } from './records.ts'
import { runVirtual, usualStartMs, type VirtualOptions, type VirtualTruth } from './run-virtual.ts'

export interface TwinRecordingOptions extends VirtualOptions {
  name?: string
  gzip?: boolean
  /** Called now and then, between two records. */
  onProgress?: (storeMs: number, writer: RecordingWriter) => void
}

/** So many records are written before disk, signals and timers get their turn. */
const recordsInTurn = 500

/**
 * Runs the twin and writes what its sensors said to `directory`, a new or empty folder; memory does not grow with
 * the run's length, but for the truth.
 * @throws AisleError `recording-exists`, `recording-failed`
 */
export async function writeTwinRecording(directory: string, options: TwinRecordingOptions): Promise<VirtualTruth> {
  const { layout, seed, startMs = usualStartMs, gzip = false, onProgress } = options
  const name = options.name ?? `twin-${layout.storeId}-${seed}`
  const writer = await RecordingWriter.open(directory, { name, source: 'simulated', layout, startMs, gzip })
  const run = runVirtual({ ...options, startMs })
  let step = run.next()
  for (let count = 1; !step.done; step = run.next(), count++) {
    write(step.value, writer)
    if (count % recordsInTurn > 0) continue
    await writer.ready()
    await setImmediate()
    onProgress?.(step.value.atMs - startMs, writer)
  }
  const truth = step.value
  await writer.close(truth.endMs)
  onProgress?.(truth.endMs - startMs, writer)
  await writeFile(join(directory, 'truth.json'), `${JSON.stringify(truthJson(truth), null, 1)}\n`)
  return truth
}

function write(record: VirtualRecord, writer: RecordingWriter): void {
  switch (record.type) {
    case 'samples':
      writer.samples(record.batch)
      break
    case 'people':
      writer.people(record.message)
      break
    case 'sighting':
      writer.sighting(record.message)
      break
    case 'scan': {
      const { atMs, gate, token, party } = record
      writer.gate({ atMs, gate, event: 'scan', direction: 'in', token, party })
      break
    }
    case 'gate-pass': {
      const { seenAtMs, gate, direction } = record.message
      writer.gate({ atMs: seenAtMs, gate, event: 'pass', direction, token: null, party: 1 })
    }
  }
}

function truthJson({ visits, handOvers }: VirtualTruth) {
  const entered = visits.filter(({ enteredAtMs, role }) => enteredAtMs !== null && role === 'shopper')
  const people = new Map(entered.map((visit) => [visit.visit, visit.trackIds[0] as string]))
  const personOf = ({ visit }: { visit: number }) => people.get(visit) as string
  return {
    people: entered.map((visit) => ({ person: personOf(visit), ids: visit.trackIds, token: visit.credential })),
    events: visits
      .flatMap(({ events }) => events)
      // Of what staff do, only what takes something off a shopper's receipt is told.
      .filter(({ visit, payer }) => people.has(payer ?? visit))
      .sort((a, b) => a.fromMs - b.fromMs)
      .map((event) => ({
        t0: seconds(event.fromMs),
        t1: seconds(event.untilMs),
        person: people.get(event.visit) ?? 'staff',
        sku: event.sku,
        quantity: event.quantity,
        delta_g: Math.round(event.deltaG * 10) / 10,
        plates: event.plates,
        ...(event.payer === undefined ? {} : { payer: people.get(event.payer) }),
      })),
    handovers: handOvers
      .filter(({ from, to }) => people.has(from) && people.has(to))
      .map(({ atMs, from, to, sku }) => ({ t: seconds(atMs), from: people.get(from), to: people.get(to), sku })),
    receipts: entered.map((visit) => ({ person: personOf(visit), items: itemsOf(visit) })),
  }
}

const seconds = (ms: number) => Math.round(ms) / 1000
