/** Writes what a running store's sensors say as a recording, line by line as it arrives. */
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { AisleError } from '../contract/errors.ts'
import type { People, Sighting } from '../contract/messages.ts'
import type { StoreLayout } from '../profile/layout.ts'
import type { SampleBatch } from '../sensing-api/sensing-client.ts'
import type { GateObservation } from '../store/recorded-store.ts'
import type { RecordingHeader } from './format.ts'
import { recordedLayout, recordedPlanogram, recordedProducts } from './recording-layout.ts'

const streamFiles = ['weights', 'people', 'sightings', 'gate'] as const
type StreamName = (typeof streamFiles)[number]

export interface RecordingOptions {
  name: string
  source: RecordingHeader['source']
  layout: StoreLayout
  startMs: number
}

export class RecordingWriter {
  readonly #directory: string
  readonly #options: RecordingOptions
  readonly #streams: Record<StreamName, WriteStream>
  readonly #counts: Record<StreamName, number> = { weights: 0, people: 0, sightings: 0, gate: 0 }
  #failure: Error | undefined

  private constructor(directory: string, options: RecordingOptions) {
    this.#directory = directory
    this.#options = options
    const open = (name: StreamName) => {
      const stream = createWriteStream(join(directory, `${name}.jsonl`), { flags: 'wx' })
      stream.on('error', (error) => {
        this.#failure ??= error
      })
      return stream
    }
    this.#streams = {
      weights: open('weights'),
      people: open('people'),
      sightings: open('sightings'),
      gate: open('gate'),
    }
  }

  /**
   * Begins a recording in a new or empty folder.
   * @throws AisleError `recording-exists`
   */
  static async open(directory: string, options: RecordingOptions): Promise<RecordingWriter> {
    await mkdir(directory, { recursive: true })
    if ((await readdir(directory)).length > 0) {
      throw new AisleError('recording-exists', 'This folder is not empty.', {
        where: directory,
        action: 'Name another folder, or remove what is in it.',
      })
    }
    const { layout } = options
    await writeJson(join(directory, 'layout.json'), recordedLayout(layout))
    await writeJson(join(directory, 'products.json'), recordedProducts(layout))
    await writeJson(join(directory, 'planogram.json'), recordedPlanogram(layout))
    const writer = new RecordingWriter(directory, options)
    await writer.#writeHeader(options.startMs)
    return writer
  }

  /** Lines written so far. */
  get counts(): Readonly<Record<StreamName, number>> {
    return this.#counts
  }

  samples({ firstAtMs, rateHz, fixture, plates, grams }: SampleBatch): void {
    const g = grams.map((row) => row.map((gram) => (gram === null || Number.isNaN(gram) ? null : gram)))
    this.#write('weights', { t: seconds(firstAtMs), hz: rateHz, fixture, plates, g })
  }

  people({ seenAtMs, people }: People): void {
    const seen = people.map(({ trackId, headM, handsM, score }) => ({ id: trackId, head: headM, hands: handsM, score }))
    this.#write('people', { t: seconds(seenAtMs), people: seen })
  }

  sighting({ seenAtMs, camera, positionM, candidates }: Sighting): void {
    const guesses = candidates.map(({ sku, probability }) => ({ sku, p: probability }))
    this.#write('sightings', { t: seconds(seenAtMs), camera, position: positionM, candidates: guesses })
  }

  /** A token is written only when the observation has one; live stores give none, it would be somebody's key. */
  gate({ atMs, gate, event, direction, token, party }: GateObservation): void {
    const optional = { ...(token === null ? {} : { token }), ...(party === 1 ? {} : { party }) }
    this.#write('gate', { t: seconds(atMs), gate, event, direction, ...optional })
  }

  /**
   * Ends the recording; it is complete only now.
   * @throws AisleError `recording-failed` when the disk did not take everything
   */
  async close(endMs: number): Promise<void> {
    for (const stream of Object.values(this.#streams)) stream.end()
    await Promise.allSettled(Object.values(this.#streams).map((stream) => finished(stream)))
    await this.#writeHeader(endMs)
    if (!this.#failure) return
    throw new AisleError('recording-failed', `It could not be written: ${this.#failure.message}.`, {
      where: this.#directory,
      action: 'Make room on the disk and record again.',
      cause: this.#failure,
    })
  }

  #write(name: StreamName, line: object): void {
    this.#counts[name]++
    this.#streams[name].write(`${JSON.stringify(line)}\n`)
  }

  async #writeHeader(endMs: number): Promise<void> {
    const { name, source, layout, startMs } = this.#options
    const header: RecordingHeader = {
      format: 'open-aisle-recording/1',
      ...{ name, source, currency: layout.currency },
      start: seconds(startMs),
      duration: seconds(Math.max(0, endMs - startMs)),
    }
    await writeJson(join(this.#directory, 'recording.json'), header)
  }
}

const seconds = (ms: number) => Math.round(ms * 1000) / 1e6
const writeJson = (path: string, value: unknown) => writeFile(path, `${JSON.stringify(value)}\n`)
