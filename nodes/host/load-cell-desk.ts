/**
 * What the load cells' dialog does: looking at plates, orders to their transmitters, and corrections of the store's
 * own files. Everything that changes something is written into the log with who did it.
 */
import { platePut, weighed } from '../../runtime/profile/store-changes.ts'
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
  StoreFacts,
  WeightChange,
} from '../editor/browser/load-cells/views.ts'
import type { Saved } from '../editor/browser/saved.ts'
import { productFacts } from './product-facts.ts'
import type { StoreDesk } from './store-desk.ts'

export interface LoadCellDeskOptions {
  store: StoreDesk
  loadCells: LoadCellClient
  sensing: Pick<SensingClient, 'plates'>
  audit(event: string, facts: object): void
  /** Where it stands what was learned; missing: nowhere. */
  dataDirectory?: string
}

export class LoadCellDesk {
  readonly #options: LoadCellDeskOptions

  constructor(options: LoadCellDeskOptions) {
    this.#options = options
  }

  async facts(): Promise<StoreFacts> {
    const { store } = this.#options
    const { hash, profile, layout, names } = await store.look()
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
      products: productFacts(layout, this.#options.dataDirectory),
      waiting: store.waiting,
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
    const { before, saved } = await this.#options.store.change(revision, weighed(sku, measured))
    const was = before.catalogue.products.find((product) => product.sku === sku)
    const old = { oldWeightG: was?.weightG, oldWeightSdG: was?.weightSdG }
    this.#options.audit('product weighed in', { user, sku, ...measured, ...old, revision, saved: saved.revision })
    return saved
  }

  /** @param id of the plate that changes; undefined: it is a new one */
  async putPlate(user: string, id: string | undefined, { revision, plate }: PlateChange): Promise<Saved> {
    const { before, saved } = await this.#options.store.change(revision, platePut(id, plate))
    const old = before.profile.plates.find((one) => one.id === id)
    this.#options.audit(id ? 'plate changed' : 'plate added', { user, plate, old, revision, saved: saved.revision })
    return saved
  }

  restart(user: string): { programs: ProgramName[] } {
    return this.#options.store.restart(user)
  }
}

const answerWithinMs = 3000

/** The desk of the store that runs. */
export function liveLoadCells(context: ProgramContext & { store: StoreDesk; sensing: SensingClient }): LoadCellDesk {
  const { settings, secrets, log, store, sensing } = context
  return new LoadCellDesk({
    ...{ store, sensing },
    loadCells: createLoadCellClient({
      url: `http://${settings.host}:${settings.ports.sensing}`,
      token: handedSecret(secrets, generatedSecrets.sensingToken),
    }),
    audit: (event, facts) => log.info(facts, `audit ${event}`),
    dataDirectory: settings.dataDirectory,
  })
}
