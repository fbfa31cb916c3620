/** Reads a recording: what a store's sensors said, in the form in which live sensing says it. */
import { envelope } from '../contract/messages.ts'
import type { SampleBatch } from '../sensing-api/sensing-client.ts'
import type { Arrival, Recording } from '../store/recorded-store.ts'
import {
  checkBatch,
  checkGateEvent,
  checkHeader,
  checkLayout,
  checkPeople,
  checkPlanogram,
  checkProducts,
  checkSighting,
  type RecordedBatch,
  type RecordedGateEvent,
  type RecordedPeople,
  type RecordedSighting,
} from './format.ts'
import { readJsonFile, readLines } from './recording-files.ts'
import { recordingLayout } from './recording-layout.ts'

/**
 * Reads and checks a recording. `truth.json` is not looked at.
 * @throws AisleError that names the file and the line
 */
export async function readRecording(directory: string): Promise<Recording> {
  const header = readJsonFile(directory, 'recording.json', checkHeader)
  const layout = recordingLayout(header, {
    layout: readJsonFile(directory, 'layout.json', checkLayout),
    products: readJsonFile(directory, 'products.json', checkProducts),
    planogram: readJsonFile(directory, 'planogram.json', checkPlanogram),
  })
  const { storeId } = layout
  const streams: Arrival[][] = [
    inOrder((await readLines(directory, 'weights.jsonl', checkBatch)).map(samplesArrival)),
    inOrder(
      (await readLines(directory, 'people.jsonl', checkPeople)).map((line, i) => peopleArrival(storeId, line, i)),
    ),
    inOrder(
      (await readLines(directory, 'sightings.jsonl', checkSighting, { optional: true })).map((line, i) =>
        sightingArrival(storeId, line, i),
      ),
    ),
    inOrder((await readLines(directory, 'gate.jsonl', checkGateEvent, { optional: true })).map(gateArrival)),
  ]
  return {
    name: header.name,
    source: header.source,
    startMs: header.start * 1000,
    durationMs: header.duration * 1000,
    layout,
    // The sort is stable: what arrives at the same millisecond keeps the order of the streams.
    arrivals: streams.flat().sort((a, b) => a.arrivedAtMs - b.arrivedAtMs),
  }
}

/** A stream's lines arrived one after the other, however late: a late line does not come before an earlier one. */
function inOrder(arrivals: Arrival[]): Arrival[] {
  let latestMs = 0
  for (const arrival of arrivals) {
    latestMs = Math.max(latestMs, arrival.arrivedAtMs)
    arrival.arrivedAtMs = latestMs
  }
  return arrivals
}

/** A batch is sent when its last sample has been taken. */
function samplesArrival({ t, hz, fixture, plates, g }: RecordedBatch): Arrival {
  const samples = Math.max(...g.map((row) => row.length), 0)
  const batch: SampleBatch = { fixture, firstAtMs: milliseconds(t), rateHz: hz, plates, grams: g }
  return { kind: 'samples', arrivedAtMs: milliseconds(t + samples / hz), batch }
}

function peopleArrival(storeId: string, { t, people }: RecordedPeople, sequence: number): Arrival {
  const atMs = milliseconds(t)
  const seen = people.map(({ id, head, hands, score }) => ({ trackId: id, headM: head, handsM: hands, score }))
  return {
    kind: 'people',
    arrivedAtMs: atMs,
    people: { type: 'people', ...envelope(storeId, sequence, atMs), source: 'recording', people: seen },
  }
}

function sightingArrival(storeId: string, line: RecordedSighting, sequence: number): Arrival {
  const atMs = milliseconds(line.t)
  const candidates = line.candidates.map(({ sku, p }) => ({ sku, probability: p }))
  const { camera, position } = line
  return {
    kind: 'sighting',
    arrivedAtMs: atMs,
    sighting: { type: 'sighting', ...envelope(storeId, sequence, atMs), camera, positionM: position, candidates },
  }
}

function gateArrival({ t, gate, event, direction, token, party }: RecordedGateEvent): Arrival {
  const atMs = milliseconds(t)
  return {
    kind: 'gate',
    arrivedAtMs: atMs,
    observation: { atMs, gate, event, direction, token: token ?? null, party: party ?? 1 },
  }
}

/** Milliseconds with microseconds, without the noise of binary fractions. */
const milliseconds = (seconds: number) => Math.round(seconds * 1e6) / 1e3
