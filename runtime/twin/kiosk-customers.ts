/**
 * What a shopper's eyes and finger do at a kiosk: they wait until it shows what they have, press that it is theirs, hold
 * a card to the terminal, and look for the receipt. It speaks to the till as the kiosk's page does.
 */
import type { Logger } from 'pino'
import { type Clock, sleep } from '../contract/clock.ts'
import { errorSentence } from '../contract/errors.ts'
import type { KioskState, KioskVisit } from '../till-api/kiosks.ts'
import type { KioskClient } from '../till-api/till-client.ts'
import type { Paying } from './shoppers/shopper.ts'
import { itemsOf, type VisitTruth } from './world/truth.ts'

export interface KioskCustomersOptions {
  till: KioskClient
  clock: Clock
  log: Pick<Logger, 'warn'>
  /** Holds a card to the kiosk's terminal. */
  tap(kiosk: string, token: string): void
  /** A card that the provider knows; another one each time. */
  newCard(): string
}

const lookEveryMs = 500
/** A card is held there again when nothing comes of it. */
const tapAgainMs = 5000
const answerWithinMs = 5000

export class KioskCustomers {
  readonly #options: KioskCustomersOptions
  readonly #end = new AbortController()

  constructor(options: KioskCustomersOptions) {
    this.#options = options
  }

  stop(): void {
    this.#end.abort()
  }

  /** Somebody stands before a kiosk now. */
  comes(kiosk: string, visit: VisitTruth): Paying {
    const leaves = new AbortController()
    const paying: Paying = { outcome: null, left: () => leaves.abort() }
    const signal = AbortSignal.any([leaves.signal, this.#end.signal])
    this.#pay(kiosk, visit, signal).then(
      (paid) => {
        paying.outcome = paid ? 'paid' : 'gave-up'
      },
      (error: unknown) => {
        this.#options.log.warn({ kiosk, error: errorSentence(error) }, 'a shopper could not pay at the kiosk')
        paying.outcome = 'gave-up'
      },
    )
    return paying
  }

  async #pay(kiosk: string, visit: VisitTruth, signal: AbortSignal): Promise<boolean> {
    const { till, clock, tap, newCard } = this.#options
    const card = newCard()
    let tappedMs = Number.NEGATIVE_INFINITY
    while (!signal.aborted) {
      const soon = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)])
      const shown = await till.kiosk(kiosk, soon).catch(() => null)
      const own = shown && ownList(shown, visit)
      if (own?.prepaid?.state === 'paid') return true
      if (shown?.confirmed?.visitId === own?.visitId && own && !shown?.confirmed?.paying) {
        if (clock.nowMs() - tappedMs > tapAgainMs) tap(kiosk, card)
        tappedMs = Math.max(tappedMs, clock.nowMs())
      } else if (own && own.prepaid === null && own.basket && !shown?.confirmed) {
        // What it refuses it shows otherwise by the next look.
        const wish = { visitId: own.visitId, basketRevision: own.basket.revision }
        await till.press(kiosk, 'confirm', wish, soon).catch(() => {})
      }
      await sleep(clock, lookEveryMs, signal)
    }
    return false
  }
}

/** The one list that shows exactly what this shopper has; an honest shopper pays for no other. */
function ownList({ visits }: KioskState, truth: VisitTruth): KioskVisit | undefined {
  const wanted = textOf(itemsOf(truth))
  return visits.find(({ basket }) => basket && textOf(basket.lines) === wanted)
}

const textOf = (items: readonly { sku: string; quantity: number }[]) =>
  items
    .map(({ sku, quantity }) => `${sku} ${quantity}`)
    .sort()
    .join()
