/** Everything that senses in one store: its devices, weighing, and the API that the flows and pages read. */
import { createServer } from 'node:http'
import type { Logger } from 'pino'
import { type Clock, SystemClock } from '../contract/clock.ts'
import { envelope } from '../contract/messages.ts'
import type { DeviceCatalogue } from '../devices/catalogue.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { listen } from '../program/listen.ts'
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
import { createSensingDevices, type SensingListener } from './sensing-devices.ts'
import { StateKeeper } from './state-keeper.ts'

export interface SensingOptions {
  store: LoadedStore
  catalogue: DeviceCatalogue
  dataDirectory: string
  host: string
  ports: { sensing: number; broker: number }
  secrets: ProgramSecrets
  /** The store's time. */
  clock: Clock
  log: Logger
}

export interface RunningSensing {
  port: number
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
  const plateIds = layout.plates.map(({ id }) => id)
  const plates = new PlateBoard(plateIds, health)
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
    for (const plate of plateIds) health.seen(plate, weighing.plateHealth(plate))
  })

  return {
    port,
    async stop() {
      endHealth()
      attention.stop()
      await devices.stop()
      await keeper.stop()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
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
