/** `aisle record`: what the running store's sensors say. */
import { join } from 'node:path'
import { SystemClock } from '../runtime/contract/clock.ts'
import { loadStore } from '../runtime/profile/load-store.ts'
import { recordLive } from '../runtime/recording/record-live.ts'
import { RecordingWriter } from '../runtime/recording/recording-writer.ts'
import { generatedSecrets } from '../runtime/security/secret-names.ts'
import { readSecret } from '../runtime/security/secret-store.ts'
import { createSensingClient } from '../runtime/sensing-api/sensing-http-client.ts'
import { readRunFile } from '../runtime/supervisor/run-file.ts'
import { createTillClient } from '../runtime/till-api/till-http-client.ts'
import { gigabyte, progressText, showProgress } from './record-progress.ts'
import { type StoreOptions, storeDirectories } from './store-options.ts'

export interface LiveRecordOptions extends StoreOptions {
  out?: string
  seconds?: number
  maxGigabytes: number
}

/** How often the progress line is renewed, and the size looked at. */
const progressMs = 1000

export async function recordStore(options: LiveRecordOptions): Promise<void> {
  const { profileDirectory, dataDirectory } = storeDirectories(options)
  const { settings } = await readRunFile(dataDirectory)
  const { layout } = await loadStore(profileDirectory)
  const clock = new SystemClock(settings.clock)
  const startMs = clock.nowMs()
  const name = `${layout.storeId}-${new Date(startMs).toISOString().slice(0, 19).replaceAll(':', '')}`
  const directory = options.out ?? join(dataDirectory, 'recordings', name)
  const writer = await RecordingWriter.open(directory, {
    ...{ name, layout, startMs },
    source: settings.live ? 'real' : 'simulated',
  })
  const at = (port: number, secret: string) => ({
    url: `http://${settings.host}:${port}`,
    token: readSecret(dataDirectory, secret),
    clock,
  })
  const stop = await recordLive(writer, {
    sensing: createSensingClient(at(settings.ports.sensing, generatedSecrets.sensingToken)),
    till: createTillClient(at(settings.ports.till, generatedSecrets.tillTokenConsole)),
    startMs,
  })
  console.error(`Recording to ${directory}${options.seconds ? '' : '; end it with Ctrl-C'}`)
  await untilDone(options, writer, () => showProgress(writer, clock.nowMs() - startMs))
  stop()
  await writer.close(clock.nowMs())
  console.error(`\r${progressText(writer, clock.nowMs() - startMs)}`)
  console.log(directory)
}

/** Resolves on Ctrl-C, on an end signal, after so many seconds, or when so much is written. */
function untilDone(
  { seconds, maxGigabytes }: LiveRecordOptions,
  writer: RecordingWriter,
  onProgress: () => void,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      clearInterval(watch)
      process.off('SIGINT', done).off('SIGTERM', done)
      resolve()
    }
    const timer = seconds === undefined ? undefined : setTimeout(done, seconds * 1000)
    const watch = setInterval(() => {
      onProgress()
      if (writer.bytes < maxGigabytes * gigabyte) return
      console.error(`\n${maxGigabytes} GB are written; it ends here. --max-gigabytes allows more.`)
      done()
    }, progressMs)
    process.once('SIGINT', done).once('SIGTERM', done)
  })
}
