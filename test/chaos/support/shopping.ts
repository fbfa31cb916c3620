/** Shoppers who come through one door, one after the other and overlapping, whatever befalls the till. */
import type { TillEvent, VisitSnapshot } from '../../../runtime/till-api/events.ts'
import type { TillClient } from '../../../runtime/till-api/till-client.ts'
import {
  checkOut,
  cola,
  gum,
  lineOf,
  record,
  registration,
  showUntilScanned,
  type TestStore,
} from '../../till/support/test-till.ts'
import { waitFor } from '../../till/support/wait.ts'
import { type Acknowledged, remembering } from './judgement.ts'
import type { KilledTill } from './killed-till.ts'
import { patienceMs } from './trial.ts'

export class Shopping {
  readonly acknowledged: Acknowledged[] = []
  readonly visitIds: string[] = []
  readonly #store: TestStore
  readonly #till: KilledTill
  readonly #flows: TillClient
  readonly #leaving: Promise<void>[] = []
  #shoppers = 0
  readonly #told: { events: TillEvent[]; stop(): void }

  /**
   * @param till that runs
   * @param reached is called at each step: "TYPE is sent", "it is told to be STATE"
   */
  constructor(store: TestStore, till: KilledTill, reached: (step: string) => void = () => {}) {
    this.#store = store
    this.#till = till
    const client = till.client('flows')
    this.#flows = remembering(
      {
        ...client,
        send(command, signal) {
          const answer = client.send(command, signal)
          reached(`${command.type} is sent`)
          return answer
        },
      },
      this.acknowledged,
    )
    this.#told = record(client, ({ type, data }) => {
      if (type === 'visit-changed') reached(`it is told to be ${data.state}`)
    })
  }

  /** Everything that the till told, through all of its lives. */
  get events(): readonly TillEvent[] {
    return this.#told.events
  }

  /** What the till has been seen to do: answers that it gave, events that it told, requests to the provider. */
  get done(): number {
    return this.acknowledged.length + this.events.length + this.#store.toss.requests.length
  }

  /** The next shopper comes in. */
  async enter(): Promise<string> {
    const name = `shopper-${this.#shoppers++}`
    await this.#till.client('accounts').send(registration(name))
    // Others may keep a till busy that lives for a moment only: somebody is the last whom it gets round to.
    const withinMs = 10 * patienceMs
    const { scanId } = await showUntilScanned(this.#store.scanner, this.#told.events, name, { withinMs })
    const { visitId } = await this.#flows.send({
      type: 'admit',
      commandId: `admit-${scanId}`,
      ...{ scanId, party: 1, rule: '', policyHash: '' },
    })
    if (!visitId) throw new Error('The till opened no visit.')
    this.visitIds.push(visitId)
    await waitFor('the visit to be open', () => this.wasTold(visitId, 'open'), patienceMs)
    return visitId
  }

  wasTold(visitId: string, state: VisitSnapshot['state']): boolean {
    return this.events.some(
      ({ type, data }) => type === 'visit-changed' && data.visitId === visitId && data.state === state,
    )
  }

  /** Takes one to three colas and a gum and leaves, while others come; {@link ended} waits for it. */
  leave(visitId: string): void {
    const lines = [lineOf(cola.sku, 1 + (this.visitIds.length % 3)), lineOf(gum.sku, 1)]
    this.#leaving.push(checkOut(this.#flows, visitId, lines))
  }

  /** Every visit, once all have ended. */
  async ended(): Promise<VisitSnapshot[]> {
    await Promise.all(this.#leaving)
    const visits: VisitSnapshot[] = []
    for (const visitId of this.visitIds) {
      visits.push(await waitFor(`${visitId} to end`, () => this.#till.ended(visitId), patienceMs))
    }
    return visits
  }

  stop(): void {
    this.#told.stop()
  }
}
