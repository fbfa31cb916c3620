/**
 * What the load cells' dialog does: looking at plates, orders to their transmitters, and corrections of the store's
 * own files. Everything that changes something is written into the log with who did it.
 */
import type { DeviceCatalogue } from '../../runtime/devices/catalogue.ts'
import { planGateways, planPublishers, planStreams } from '../../runtime/devices/load-cells/gateway-plan.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { platePut, type StoreChange, weighed } from '../../runtime/profile/store-changes.ts'
import { StoreFolder } from '../../runtime/profile/store-folder.ts'
import type { ProgramContext } from '../../runtime/program/program.ts'
import type { ProgramName } from '../../runtime/program/run-settings.ts'
import { handedSecret } from '../../runtime/security/handed-secret.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import {
  createLoadCellClient,
  type LoadCellClient,
  type LoadCellOrder,
} from '../../runtime/sensing-api/load-cell-client.ts'
import type { SensingClient } from '../../runtime/sensing-api/sensing-client.ts'
import type {
  Detail,
  OrderAnswer,
  PlateChange,
  Reading,
  Registers,
  Saved,
  StoreFacts,
  WeightChange,
} from '../editor/browser/load-cells/views.ts'
import { programsThatRead } from './store-readers.ts'

export interface LoadCellDeskOptions {
  profileDirectory: string
  devices: DeviceCatalogue
  loadCells: LoadCellClient
  sensing: Pick<SensingClient, 'plates'>
  requestRestart(programs: ProgramName[]): void
  audit(event: string, facts: object): void
}

export class LoadCellDesk {
  readonly #options: LoadCellDeskOptions
  readonly #folder: StoreFolder
  readonly #waiting = new Set<ProgramName>()
  /** As it was looked at last; undefined: it could not be read. */
  #seen: Promise<LoadedStore | undefined>

  constructor(options: LoadCellDeskOptions) {
    this.#options = options
    this.#folder = new StoreFolder(options.profileDirectory, ({ profile }) => {
      // As sensing does it at its start: what no device can do is refused before it is written.
      for (const plan of [planGateways, planStreams, planPublishers]) plan(profile, options.devices)
    })
    // Now, when the programs have just read it: what is changed by hand from here on waits for them, too.
    this.#seen = this.#folder.load().catch(() => undefined)
  }

  async facts(): Promise<StoreFacts> {
    const [seen, store] = [await this.#seen, await this.#folder.load()]
    if (seen) this.#noteChange(seen, store)
    const { hash, profile, layout, names } = store
    const nameOf = new Map(layout.products.map(({ sku, name }) => [sku, name]))
    const readers = new Set(profile.plates.map(({ source }) => source.device))
    return {
      revision: hash,
      plates: profile.plates.map((plate) => {
        const entries = layout.planogram.filter(({ plates }) => plates.includes(plate.id))
        return { ...plate, products: entries.map(({ sku }) => nameOf.get(sku) ?? sku) }
      }),
      groups: names.groups.map(({ id, plates }) => ({ id, plates })),
      fixtures: profile.fixtures.map(({ id }) => id),
      devices: profile.devices.map(({ id }) => id).filter((id) => readers.has(id)),
      products: layout.products.map(({ sku, name, weightG, weightSdG, soldBy }) => {
        return { sku, name, weightG, weightSdG, soldBy }
      }),
      waiting: [...this.#waiting],
    }
  }

  /** null: sensing does not answer, which a live display shows and goes on asking. */
  async plates(): Promise<Reading[] | null> {
    return await this.#options.sensing.plates(AbortSignal.timeout(answerWithinMs)).catch(() => null)
  }

  plate(id: string): Promise<Detail> {
    return this.#options.loadCells.plate(id)
  }

  registers(id: string): Promise<Registers[]> {
    return this.#options.loadCells.registers(id)
  }

  async order(user: string, plate: string, order: LoadCellOrder): Promise<OrderAnswer> {
    const audit = (outcome: object) => this.#options.audit('load cell ordered', { user, plate, ...order, ...outcome })
    try {
      const answer = await this.#options.loadCells.execute(plate, order)
      audit({ grossG: answer.grossG })
      return answer
    } catch (error) {
      audit({ failed: (error as { code?: string }).code ?? 'defect' })
      throw error
    }
  }

  async correctWeight(user: string, sku: string, { revision, ...measured }: WeightChange): Promise<Saved> {
    const { before, saved } = await this.#change(revision, weighed(sku, measured))
    const was = before.catalogue.products.find((product) => product.sku === sku)
    const old = { oldWeightG: was?.weightG, oldWeightSdG: was?.weightSdG }
    this.#options.audit('product weighed in', { user, sku, ...measured, ...old, revision, saved: saved.revision })
    return saved
  }

  /** @param id of the plate that changes; undefined: it is a new one */
  async putPlate(user: string, id: string | undefined, { revision, plate }: PlateChange): Promise<Saved> {
    const { before, saved } = await this.#change(revision, platePut(id, plate))
    const old = before.profile.plates.find((one) => one.id === id)
    this.#options.audit(id ? 'plate changed' : 'plate added', { user, plate, old, revision, saved: saved.revision })
    return saved
  }

  /** Has the programs take up what changed that wait for it. */
  restart(user: string): { programs: ProgramName[] } {
    const programs = [...this.#waiting]
    this.#waiting.clear()
    this.#options.audit('programs restarted', { user, programs })
    // The answer goes out first: this program may be one of them.
    if (programs.length > 0) setTimeout(() => this.#options.requestRestart(programs), leaveMs)
    return { programs }
  }

  #noteChange(before: LoadedStore, after: LoadedStore): void {
    for (const program of programsThatRead(before, after)) this.#waiting.add(program)
    this.#seen = Promise.resolve(after)
  }

  async #change(revision: string, change: StoreChange) {
    const { before, after } = await this.#folder.change(revision, change)
    this.#noteChange(before, after)
    return { before, saved: { revision: after.hash, waiting: [...this.#waiting] } }
  }
}

const answerWithinMs = 3000
const leaveMs = 300

/** The desk of the store that runs. */
export function liveLoadCells(
  context: ProgramContext & { devices: DeviceCatalogue; sensing: SensingClient },
): LoadCellDesk {
  const { settings, secrets, log, devices, sensing, requestRestart } = context
  return new LoadCellDesk({
    ...{ profileDirectory: settings.profileDirectory, devices, sensing, requestRestart },
    loadCells: createLoadCellClient({
      url: `http://${settings.host}:${settings.ports.sensing}`,
      token: handedSecret(secrets, generatedSecrets.sensingToken),
    }),
    audit: (event, facts) => log.info(facts, `audit ${event}`),
  })
}
