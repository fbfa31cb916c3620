/** A ledger, a charger and a provider of the twin, joined as the till joins them. */
import { pino } from 'pino'
import { type Clock, SystemClock } from '../../../runtime/contract/clock.ts'
import { seededRandom } from '../../../runtime/contract/random.ts'
import type { Ledger } from '../../../runtime/till/ledger/ledger.ts'
import type { Shop } from '../../../runtime/till/ledger/step.ts'
import { Charger } from '../../../runtime/till/payments/charger.ts'
import type { VisitSnapshot } from '../../../runtime/till-api/events.ts'
import { newLedgerPath, openLedger } from './test-ledger.ts'
import { TwinProvider } from './twin-provider.ts'
import { waitFor } from './wait.ts'

const patienceMs = 60_000

export class PaymentBench {
  readonly ledger: Ledger
  readonly provider: TwinProvider
  readonly clock: Clock
  readonly path: string
  #charger: Charger | undefined

  private constructor(ledger: Ledger, provider: TwinProvider, clock: Clock, path: string) {
    this.ledger = ledger
    this.provider = provider
    this.clock = clock
    this.path = path
  }

  /** @param clock pauses run fifty times faster than in a shop if nothing else is said */
  static async open(
    name: 'toss' | 'stripe',
    shop: Partial<Shop> = {},
    clock: Clock = new SystemClock({ scale: 50, originMs: Date.now() }),
  ): Promise<PaymentBench> {
    const path = await newLedgerPath()
    const ledger = await openLedger(path, clock.nowMs(), shop)
    const provider = await new TwinProvider(name, clock, seededRandom(11)).start()
    return new PaymentBench(ledger, provider, clock, path)
  }

  get nowMs(): number {
    return this.clock.nowMs()
  }

  /** Carries out what is due, until stopped. */
  carryOut(): void {
    this.#charger ??= new Charger({
      ledger: this.ledger,
      provider: this.provider.client(),
      clock: this.clock,
      random: seededRandom(4),
      log: pino({ level: 'silent' }),
    })
    this.#charger.nudge()
  }

  async pause(): Promise<void> {
    await this.#charger?.stop()
    this.#charger = undefined
  }

  visit(visitId: string, what: string, is: (visit: VisitSnapshot) => boolean): Promise<VisitSnapshot> {
    return waitFor(
      `${visitId} to be ${what}`,
      async () => {
        const visit = await this.ledger.visit(visitId)
        return is(visit) && visit
      },
      patienceMs,
    )
  }

  /** Resolves when nothing is left to be carried out. */
  async settled(): Promise<void> {
    await waitFor('all orders to end', async () => (await this.ledger.nextPaymentDueMs()) === undefined, patienceMs)
  }

  async close(): Promise<void> {
    await this.pause()
    await this.provider.stop()
    await this.ledger.close()
  }
}
