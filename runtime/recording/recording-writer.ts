/** Writes what a running store's sensors say as a recording, line by line as it arrives. */
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { constants, createGzip } from 'node:zlib'
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
  /** Writes `.jsonl.gz`: about a fifth of the size, but whole only once it was closed. */
  gzip?: boolean
}

/** Where lines go, and the file that they end in: the same, unless they are packed on the way. */
interface Sink {
  input: Writable
  file: WriteStream
}

export class RecordingWriter {
  readonly #directory: string
  readonly #options: RecordingOptions
  readonly #sinks: Record<StreamName, Sink>
  readonly #counts: Record<StreamName, number> = { weights: 0, people: 0, sightings: 0, gate: 0 }
  #failure: Error | undefined

  private constructor(directory: string, options: RecordingOptions) {
    this.#directory = directory
    this.#options = options
    const open = (name: StreamName): Sink => {
      const path = join(directory, `${name}.jsonl${options.gzip ? '.gz' : ''}`)
      const file = createWriteStream(path, { flags: 'wx' })
      const input = options.gzip ? createGzip({ level: constants.Z_BEST_SPEED }) : file
      if (input !== file) input.on('error', () => {}).pipe(file)
      file.on('error', (error) => {
        this.#failure ??= error
        input.destroy(error)
      })
      return { input, file }
    }
    this.#sinks = {
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

  /** What is on the disk so far; packed lines get there with some delay. */
  get bytes(): number {
    return Object.values(this.#sinks).reduce((sum, { file }) => sum + file.bytesWritten, 0)
  }

  /**
   * Resolves once the disk has caught up. Whoever writes faster than a store speaks waits for it now and then, or
   * the lines pile up in memory.
   * @throws AisleError `recording-failed`
   */
  async ready(): Promise<void> {
    for (const { input } of Object.values(this.#sinks)) {
      if (input.writableNeedDrain) await once(input, 'drain').catch(() => {})
    }
    if (this.#failure) throw this.#failed(this.#failure)
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
    const sinks = Object.values(this.#sinks)
    for (const { input } of sinks) input.end()
    await Promise.allSettled(sinks.map(({ file }) => finished(file)))
    await this.#writeHeader(endMs)
    if (this.#failure) throw this.#failed(this.#failure)
  }

  #failed(cause: Error): AisleError {
    return new AisleError('recording-failed', `It could not be written: ${cause.message}.`, {
      where: this.#directory,
      action: 'Make room on the disk and record again.',
      cause,
    })
  }

  #write(name: StreamName, line: object): void {
    this.#counts[name]++
    this.#sinks[name].input.write(`${JSON.stringify(line)}\n`)
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
