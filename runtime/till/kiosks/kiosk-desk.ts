/**
 * The kiosks of a store: who stands before each, what they have confirmed, and the card that pays for it. What is
 * confirmed waits in memory: a restart forgets it, and nothing is charged.
 */
import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { type Clock, SystemClock } from '../../contract/clock.ts'
import { AisleError, errorSentence } from '../../contract/errors.ts'
import type { Reader } from '../../devices/definition-schema.ts'
import type { VisitSnapshot } from '../../till-api/events.ts'
import type { KioskConfirmation, KioskPresence, KioskState, KioskTrouble, KioskVisit } from '../../till-api/kiosks.ts'
import { classifyCode } from '../doors/classify-code.ts'
import type { LedgerMethods } from '../ledger/ledger-thread.ts'
import type { PaymentProvider } from '../payments/payment-provider.ts'
import { kioskVisit, mayBePaid, mayBeShown, mayBeThere } from './kiosk-visit.ts'

export interface KioskDeskOptions {
  kiosks: readonly { id: string; name: string }[]
  storeId: string
  /** For adults only: a person has to look who buys them. */
  adultGoods: ReadonlySet<string>
  ledger: Pick<LedgerMethods, 'visit' | 'prepay' | 'recordAlarm'>
  provider: Pick<PaymentProvider, 'issueKey'>
  clock: Clock
  log: Logger
  /** Called when there is a charge to make. */
  onPaying(): void
}

interface Kiosk {
  name: string
  presence: KioskPresence
  /** When presence was told last, by the store's clock and in real time: a demonstration may run at any speed. */
  toldAtMs: { store: number; wire: number }
  confirmed: Confirmed | null
  trouble: KioskTrouble | null
  calledAtMs: number
}

interface Confirmed {
  visit: KioskVisit & { basket: NonNullable<KioskVisit['basket']> }
  untilMs: number
  paying: boolean
}

/** So long after it was told last nobody knows any more who stands there. */
const presentForMs = 10_000
/** How long a confirmed list waits for a card. */
const confirmedForMs = 60_000
/** Staff are called once, however often that is pressed. */
const callAgainMs = 30_000
const issuedWithinMs = 15_000
const nobody: KioskPresence = { visitIds: [], strangers: 0, lostVisitIds: [] }

export class KioskDesk {
  readonly #options: KioskDeskOptions
  readonly #kiosks: Map<string, Kiosk>
  readonly #wire = new SystemClock()
  readonly #end = new AbortController()

  constructor(options: KioskDeskOptions) {
    this.#options = options
    const never = Number.NEGATIVE_INFINITY
    const told = { presence: nobody, toldAtMs: { store: never, wire: never } }
    this.#kiosks = new Map(
      options.kiosks.map(({ id, name }) => [id, { name, ...told, confirmed: null, trouble: null, calledAtMs: never }]),
    )
  }

  stop(): void {
    this.#end.abort()
  }

  /** Who stands there now. Whoever confirmed and walked off did not mean the next one's card. @throws AisleError `kiosk-unknown` */
  present(id: string, presence: KioskPresence): void {
    const kiosk = this.#kiosk(id)
    kiosk.presence = presence
    kiosk.toldAtMs = { store: this.#options.clock.nowMs(), wire: this.#wire.nowMs() }
    const { confirmed } = kiosk
    if (confirmed && !confirmed.paying && !mayBeThere(presence, confirmed.visit.visitId)) kiosk.confirmed = null
    if (presence.visitIds.length === 0 && presence.strangers === 0) kiosk.trouble = null
  }

  /** @throws AisleError `kiosk-unknown` */
  async state(id: string): Promise<KioskState> {
    const kiosk = this.#kiosk(id)
    this.#forgetOld(kiosk)
    const watched = this.#isWatched(kiosk)
    const { visitIds, strangers, lostVisitIds } = watched ? kiosk.presence : nobody
    const [visits, lost] = await Promise.all([
      this.#visits(visitIds, mayBeShown),
      this.#visits(strangers > 0 ? lostVisitIds : [], mayBePaid),
    ])
    this.#lookAgain(kiosk, [...visits, ...lost])
    const { confirmed, trouble } = kiosk
    const waits = confirmed && {
      ...{ visitId: confirmed.visit.visitId, totalMinor: confirmed.visit.basket.totalMinor, paying: confirmed.paying },
    }
    return { kiosk: id, watched, strangers, visits, lost, confirmed: waits, trouble }
  }

  /**
   * The list that was shown is theirs: from now on a card pays for it.
   * @throws AisleError `kiosk-unknown`, `kiosk-blind`, `not-here`, `nothing-to-pay`, `needs-staff`, `basket-changed`
   */
  async confirm(id: string, { visitId, basketRevision }: KioskConfirmation): Promise<void> {
    const kiosk = this.#kiosk(id)
    if (!this.#isWatched(kiosk)) throw refusal('kiosk-blind', 'Nobody knows who stands here now.')
    if (!mayBeThere(kiosk.presence, visitId)) throw refusal('not-here', `Nobody of ${visitId} stands here.`)
    const snapshot = await this.#options.ledger.visit(visitId)
    const visit = this.#shown(snapshot)
    const { basket } = visit
    if (!mayBePaid(snapshot) || !basket || basket.totalMinor === 0) {
      throw refusal('nothing-to-pay', `There is nothing to pay for ${visitId}.`)
    }
    if (visit.needsStaff) throw refusal('needs-staff', 'Something in this basket is for adults only.')
    if (basket.revision !== basketRevision) throw refusal('basket-changed', 'The basket has changed meanwhile.')
    if (kiosk.confirmed?.paying) return
    const untilMs = this.#wire.nowMs() + confirmedForMs
    kiosk.confirmed = { visit: { ...visit, basket }, untilMs, paying: false }
    kiosk.trouble = null
  }

  /** @throws AisleError `kiosk-unknown` */
  cancel(id: string): void {
    const kiosk = this.#kiosk(id)
    if (!kiosk.confirmed?.paying) kiosk.confirmed = null
    kiosk.trouble = null
  }

  /** Somebody there wants a person to come. @throws AisleError `kiosk-unknown` */
  async call(id: string): Promise<void> {
    const { ledger, clock } = this.#options
    const kiosk = this.#kiosk(id)
    const nowMs = this.#wire.nowMs()
    if (nowMs - kiosk.calledAtMs < callAgainMs) return
    kiosk.calledAtMs = nowMs
    const text = `Somebody at ${kiosk.name} asks for staff.`
    await ledger.recordAlarm({ gate: id, alarm: 'call', text }, clock.nowMs())
  }

  /** The terminal read a card. */
  tapped(id: string, code: string, reader: Pick<Reader, 'reads' | 'adultAnswers'>): void {
    const { log } = this.#options
    const kiosk = this.#kiosk(id)
    const { is } = classifyCode(code, reader)
    if (is === 'card-number') {
      log.error({ kiosk: id }, 'a card terminal sent a card number, which was thrown away: set it to send tokens')
    }
    if (is !== 'credential') return
    this.#forgetOld(kiosk)
    const { confirmed } = kiosk
    if (!confirmed) kiosk.trouble = 'confirm-first'
    if (!confirmed || confirmed.paying) return
    confirmed.paying = true
    void this.#payFor(id, kiosk, confirmed, code)
  }

  async #payFor(id: string, kiosk: Kiosk, confirmed: Confirmed, token: string): Promise<void> {
    try {
      kiosk.trouble = await this.#pay(id, confirmed, token)
    } catch (error) {
      this.#options.log.error({ kiosk: id, error: errorSentence(error) }, 'a card was not charged')
      kiosk.trouble = error instanceof AisleError && error.code === 'cannot-charge' ? 'cannot-charge' : 'failed'
    }
    kiosk.confirmed = null
  }

  /** The card becomes what this visit is paid with, and nothing else ever is. Says why it was not charged. */
  async #pay(kiosk: string, { visit }: Confirmed, token: string): Promise<KioskTrouble | null> {
    const { ledger, clock, onPaying } = this.#options
    const { visitId, basket } = visit
    const issued = await this.#issue(`kiosk-${visitId}`, token)
    if (issued.outcome !== 'issued') return issued.outcome === 'declined' ? 'card-refused' : 'provider-away'
    const lines = basket.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }))
    const { customerKey, billingKey } = issued
    const means = { customerKey, billingKey }
    await ledger.prepay({ kiosk, visitId, basketRevision: basket.revision, lines, means }, clock.nowMs())
    onPaying()
    return null
  }

  /** Exchanges the terminal's token as a page for cards' is exchanged; a provider without that takes it as it is, once. */
  async #issue(customerKey: string, token: string) {
    const { provider, storeId } = this.#options
    if (!provider.issueKey) return { outcome: 'issued' as const, customerKey: '', billingKey: token }
    const idempotencyKey = `${storeId}:${customerKey}:${createHash('sha256').update(token).digest('base64url')}`
    const answer = await provider.issueKey(
      { idempotencyKey, customerKey, authKey: token },
      AbortSignal.any([this.#end.signal, AbortSignal.timeout(issuedWithinMs)]),
    )
    return { ...answer, customerKey }
  }

  async #visits(ids: readonly string[], isWanted: (visit: VisitSnapshot) => boolean): Promise<KioskVisit[]> {
    const visits = await Promise.all(ids.map((id) => this.#options.ledger.visit(id).catch(() => null)))
    return visits.flatMap((visit) => (visit && isWanted(visit) ? [this.#shown(visit)] : []))
  }

  #shown(visit: VisitSnapshot): KioskVisit {
    return kioskVisit(visit, this.#options.adultGoods)
  }

  /** Nobody pays for another list than the one that they see. */
  #lookAgain(kiosk: Kiosk, visits: readonly KioskVisit[]): void {
    const { confirmed } = kiosk
    const now = visits.find(({ visitId }) => visitId === confirmed?.visit.visitId)?.basket
    if (!confirmed || confirmed.paying || !now) return
    if (JSON.stringify(now.lines) === JSON.stringify(confirmed.visit.basket.lines)) return
    kiosk.confirmed = null
    kiosk.trouble = 'basket-changed'
  }

  #forgetOld(kiosk: Kiosk): void {
    const { confirmed } = kiosk
    if (confirmed && !confirmed.paying && this.#wire.nowMs() > confirmed.untilMs) kiosk.confirmed = null
  }

  #isWatched({ toldAtMs }: Kiosk): boolean {
    const { clock } = this.#options
    return clock.nowMs() - toldAtMs.store < presentForMs || this.#wire.nowMs() - toldAtMs.wire < presentForMs
  }

  #kiosk(id: string): Kiosk {
    const kiosk = this.#kiosks.get(id)
    if (kiosk) return kiosk
    throw refusal('kiosk-unknown', `There is no kiosk ${id}.`)
  }
}

const refusal = (code: string, message: string) =>
  new AisleError(code, message, { action: 'Look at the kiosk again, or call staff.' })
