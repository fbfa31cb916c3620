import { join } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { SystemClock } from '../../runtime/contract/clock.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { recordLive } from '../../runtime/recording/record-live.ts'
import { RecordingWriter } from '../../runtime/recording/recording-writer.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { readSecret } from '../../runtime/security/secret-store.ts'
import { createSensingClient } from '../../runtime/sensing-api/sensing-http-client.ts'
import { readRunFile } from '../../runtime/supervisor/run-file.ts'
import { createTillClient } from '../../runtime/till-api/till-http-client.ts'
import type { AddCommand } from '../command.ts'
import { dataOption, profileOption, type StoreOptions, storeDirectories } from '../store-options.ts'

interface Options extends StoreOptions {
  out?: string
  seconds?: number
}

/** How often the progress line is renewed. */
const progressMs = 1000

const addCommand: AddCommand = (program) => {
  program
    .command('record')
    .addOption(profileOption)
    .addOption(dataOption)
    .option('--out <folder>', 'a new folder; by default one in the store’s data folder, named by the time')
    .option('--seconds <n>', 'how long; without it until Ctrl-C', positive)
    .description("record what the running store's sensors say, to run it again with replay")
    .action(record)
}

async function record(options: Options): Promise<void> {
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
  const progress = setInterval(() => showProgress(writer, clock.nowMs() - startMs), progressMs)
  await untilDone(options.seconds)
  clearInterval(progress)
  stop()
  await writer.close(clock.nowMs())
  showProgress(writer, clock.nowMs() - startMs)
  process.stderr.write('\n')
  console.log(directory)
}

/** Resolves on Ctrl-C, on an end signal, or after so many seconds. */
function untilDone(seconds: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      process.off('SIGINT', done).off('SIGTERM', done)
      resolve()
    }
    const timer = seconds === undefined ? undefined : setTimeout(done, seconds * 1000)
    process.once('SIGINT', done).once('SIGTERM', done)
  })
}

function showProgress({ counts }: RecordingWriter, elapsedMs: number): void {
  const { weights, people, sightings, gate } = counts
  const what = `${weights} batches, ${people} frames, ${sightings} sightings, ${gate} gate events`
  // On a terminal one line is renewed; in a log every line would be one too many.
  if (process.stderr.isTTY) process.stderr.write(`\r${(elapsedMs / 1000).toFixed(0)} s: ${what}  `)
}

function positive(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0)) throw new InvalidArgumentError('It must be a number of seconds above 0.')
  return seconds
}

export default addCommand
