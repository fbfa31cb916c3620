/** `aisle record --twin`: simulated shoppers in virtual time, with the truth. */
import { join } from 'node:path'
import type { RecordingWriter } from '../runtime/recording/recording-writer.ts'
import { loadTwinStore } from '../runtime/twin/scenario/scenario-store.ts'
import { usualStartMs } from '../runtime/twin/virtual/run-virtual.ts'
import { writeTwinRecording } from '../runtime/twin/virtual/write-recording.ts'
import { gigabyte, progressText, showProgress } from './record-progress.ts'
import { type StoreOptions, storeDirectories } from './store-options.ts'

export interface TwinRecordOptions extends StoreOptions {
  out?: string
  hours?: number
  visits?: number
  seed?: number
  shoppersPerHour?: number
  rateHz?: number
  plain?: boolean
  maxGigabytes: number
}

/** Messages of a real store's plates come five times a second, whatever their rate. */
const batchesPerSecond = 5
const progressMs = 500

export async function recordTwin(options: TwinRecordOptions): Promise<void> {
  const { profileDirectory, dataDirectory } = storeDirectories(options)
  const { loaded, goods } = await loadTwinStore(profileDirectory)
  const { visits, seed = 1, rateHz = 15, shoppersPerHour, maxGigabytes } = options
  const hours = options.hours ?? (visits === undefined ? 1 : undefined)
  const name = `twin-${loaded.layout.storeId}-${seed}`
  const directory =
    options.out ??
    join(dataDirectory, 'recordings', `${name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`)
  console.error(`Recording to ${directory}; Ctrl-C closes the store early`)

  const endMs = hours === undefined ? Number.POSITIVE_INFINITY : usualStartMs + hours * 3_600_000
  let interrupted = false
  let written = 0
  const interrupt = () => {
    interrupted = true
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  let last = ''
  let shownMs = 0
  const onProgress = (storeMs: number, writer: RecordingWriter) => {
    written = writer.bytes
    last = progressText(writer, storeMs)
    if (performance.now() - shownMs < progressMs) return
    shownMs = performance.now()
    showProgress(writer, storeMs, hours === undefined ? ` of ${visits} visits` : ` of ${hours} h`)
  }
  const startedMs = performance.now()
  const truth = await writeTwinRecording(directory, {
    ...{ layout: loaded.layout, goods, seed, name, rateHz, startMs: usualStartMs, gzip: !options.plain, onProgress },
    batchSize: Math.max(1, Math.round(rateHz / batchesPerSecond)),
    ...(shoppersPerHour === undefined ? {} : { shoppersPerHour }),
    ...(visits === undefined ? {} : { visits }),
    closes: (nowMs) => interrupted || nowMs >= endMs || written >= maxGigabytes * gigabyte,
  })
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  if (written >= maxGigabytes * gigabyte) {
    console.error(`\n${maxGigabytes} GB are written: the store closed early. --max-gigabytes allows more.`)
  }
  const seconds = (performance.now() - startedMs) / 1000
  const speed = (truth.endMs - truth.startMs) / 1000 / seconds
  console.error(
    `\r${last}; ${truth.visits.length} ${truth.visits.length === 1 ? 'visit' : 'visits'}, ${Math.round(speed)} times as fast as real`,
  )
  console.log(directory)
}
