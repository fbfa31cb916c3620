/** Everything that senses in one store: its devices, weighing, and the API that the flows and pages read. */
import { createServer } from 'node:http'
import type { Logger } from 'pino'
import { type Clock, SystemClock } from '../contract/clock.ts'
import { envelope } from '../contract/messages.ts'
import type { DeviceCatalogue } from '../devices/catalogue.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { endServer, listen } from '../program/listen.ts'
import type { ProgramSecrets } from '../program/run-settings.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'
import type { SampleBatch } from '../sensing-api/sensing-client.ts'
import { Weighing } from '../weighing/weighing.ts'
import { Attention } from './attention.ts'
import { Backlog } from './backlog.ts'
import { HealthBoard } from './health-board.ts'
import { createSensingApi } from './http-api.ts'
import { PlateBoard } from './plate-board.ts'
import { PlateCare } from './plate-care.ts'
import { joiningTimes, SampleJoiner } from './sample-joiner.ts'
import { loadState } from './saved-state.ts'
import { createSensingDevices, type SensingListener, sameEyes } from './sensing-devices.ts'
import { StateKeeper } from './state-keeper.ts'

export interface SensingOptions {
  store: LoadedStore
  catalogue: DeviceCatalogue
  dataDirectory: string
  host: string
  ports: { sensing: number; broker: number; vision?: number }
  secrets: ProgramSecrets
  /** The store's time. */
  clock: Clock
  log: Logger
}

export interface RunningSensing {
  port: number
  /**
   * Takes up what changed of plates and of the lines on which they are read, while all others go on. False: something
   * else of the store changed too, nothing was done, and sensing has to start anew.
   * @throws AisleError `device-unknown`, `device-mismatch`; then nothing was changed
   */
  change(store: LoadedStore): Promise<boolean>
  stop(): Promise<void>
}

/** More than an earlier run can have given out after it saved its state for the last time. */
const sequenceReserve = 1_000_000

/** What samples show of a plate's health takes seconds to be seen. */
const healthEveryMs = 1000

export async function startSensing(options: SensingOptions): Promise<RunningSensing> {
  const { store, catalogue, dataDirectory, host, ports, secrets, clock, log } = options
  const { profile, layout } = store
  const storeId = profile.storeId
  const wireClock = new SystemClock()

  const saved = await loadState(dataDirectory, log)
  // Microseconds grow faster than messages are numbered; the reserve is for a clock that was set back.
  const sequence = Math.max(Math.floor(clock.nowMs() * 1000), (saved?.sequence ?? 0) + sequenceReserve)
  const backlog = new Backlog({ clock, sequence })
  const weighing = new Weighing({ storeId, plates: layout.plates })
  const keeper = new StateKeeper({ directory: dataDirectory, clock, wireClock, backlog, weighing, log })
  const health = new HealthBoard((change) => {
    log[change.state === 'online' ? 'debug' : 'warn'](change, 'health')
    const message = { type: 'device-health' as const, ...envelope(storeId, 0, clock.nowMs()), ...change }
    backlog.append(message, `${change.device} ${change.plate ?? ''}`)
  })
  let present = store
  const plates = new PlateBoard(platesOf(store), health)
  const sampleListeners = new Set<(batch: SampleBatch) => void>()
  const joiner = new SampleJoiner(joiningTimes, (batch) => keeper.send(weighing.push(batch, clock.nowMs())))
  const attention = new Attention(layout.plates, wireClock, (near) => devices.attend(near))

  const listener: SensingListener = {
    onBatch(batch) {
      for (const listener of [...sampleListeners]) listener(batch)
      joiner.push(care.withoutWork(batch))
    },
    onReading: (plate, reading, atMs) => plates.read(plate, reading, atMs),
    onPeople({ seenAtMs, receivedAtMs, ...people }) {
      attention.see(people.people)
      backlog.append({ ...envelope(storeId, 0, receivedAtMs, seenAtMs), ...people })
    },
    onSighting: ({ seenAtMs, receivedAtMs, ...sighting }) =>
      backlog.append({ ...envelope(storeId, 0, receivedAtMs, seenAtMs), ...sighting }),
    onHealth: (report) => health.report(report),
  }
  const broker = { host, port: ports.broker }
  const devices = createSensingDevices({
    profile,
    catalogue,
    secrets,
    broker,
    visionUrl: `http://${host}:${ports.vision}`,
    clock,
    wireClock,
    log,
    dataDirectory,
    listener,
  })
  const care = new PlateCare({
    commands: devices.loadCells,
    board: plates,
    onRescaled(plate) {
      joiner.flush()
      weighing.rescale(plate)
    },
  })
  const server = createServer(
    createSensingApi({
      token: handedSecret(secrets, generatedSecrets.sensingToken),
      backlog,
      plates: () => plates.all(),
      onSamples(onBatch) {
        sampleListeners.add(onBatch)
        return () => sampleListeners.delete(onBatch)
      },
      picture: devices.picture,
      loadCells: care,
      log,
    }),
  )
  // Before anybody can ask: consumers have to find their positions.
  keeper.start(saved)
  const port = await listen(server, { host, port: ports.sensing, what: 'sensing' })
  devices.start()
  const endHealth = every(wireClock, healthEveryMs, () => {
    for (const plate of platesOf(present)) health.seen(plate, weighing.plateHealth(plate))
  })

  return {
    port,
    async change(next) {
      if (next.profile.storeId !== storeId || !sameEyes(present.profile, next.profile)) return false
      const moved = replugged(present, next)
      await devices.change(next.profile)
      present = next
      joiner.flush()
      weighing.change(next.layout.plates)
      // What another cell shows is no change against what was there before.
      for (const plate of moved) weighing.rescale(plate)
      plates.change(platesOf(next), moved)
      health.keep(new Set(next.profile.devices.map(({ id }) => id)), new Set(platesOf(next)))
      attention.change(next.layout.plates)
      return true
    },
    async stop() {
      endHealth()
      attention.stop()
      await devices.stop()
      await keeper.stop()
      await endServer(server)
    },
  }
}

const platesOf = ({ layout }: LoadedStore) => layout.plates.map(({ id }) => id)

/** The plates that are read elsewhere in `next` than before. */
function replugged(before: LoadedStore, next: LoadedStore): ReadonlySet<string> {
  const sources = new Map(before.profile.plates.map(({ id, source }) => [id, JSON.stringify(source)]))
  const moved = next.profile.plates.filter(({ id, source }) => (sources.get(id) ?? '') !== JSON.stringify(source))
  return new Set(moved.map(({ id }) => id))
}

/** Does `work` every `periodMs`. Returns a function that ends it. */
function every(clock: Clock, periodMs: number, work: () => void): () => void {
  const turn = () => {
    work()
    timer = clock.after(periodMs, turn)
  }
  let timer = clock.after(periodMs, turn)
  return () => clock.clear(timer)
}
