/** An account in the form that its owner's phone shows. */
import { VisitViews } from '../console/store-view.ts'
import type { Product } from '../profile/layout.ts'
import type { AccountOverview, VisitSnapshot } from '../till-api/events.ts'
import type { PhoneAccount, PhoneVisit, ReasonView } from './pages/phone-view.ts'

export class AccountViews {
  readonly #visits: VisitViews

  constructor(products: readonly Product[]) {
    this.#visits = new VisitViews(products)
  }

  view({ accountId, canPay, email, visits }: AccountOverview): Omit<PhoneAccount, 'cardUrl' | 'nowMs'> {
    return { accountId, canPay, email, visits: visits.map((visit) => this.#visit(visit)).reverse() }
  }

  #visit(visit: VisitSnapshot): PhoneVisit {
    const { visitId, state, party, openedAtMs, lines, totalMinor, receipt, owed } = this.#visits.view(visit)
    const { disputes = [], refunds = [], debtSettled } = visit
    return {
      ...{ visitId, state, party, openedAtMs, lines: lines.filter(({ isLikely }) => isLikely), totalMinor, receipt },
      reasons: Object.fromEntries((visit.basket?.lines ?? []).map((line) => [line.lineId, reasonsOf(line.notes)])),
      disputes: Object.fromEntries(disputes.map((dispute) => [dispute.lineId, dispute.state])),
      refunds: Object.fromEntries(refunds.map(({ lineId, amountMinor, state }) => [lineId, { amountMinor, state }])),
      paid: state === 'paid' || debtSettled === 'collected',
      owed,
    }
  }
}

type Notes = NonNullable<VisitSnapshot['basket']>['lines'][number]['notes']

/** Each kind once, by what its notes come to together; one that says nothing either way is left out. */
function reasonsOf(notes: Notes): ReasonView[] {
  const sums = new Map<ReasonView['kind'], number>()
  for (const { kind, logOdds } of notes) sums.set(kind, (sums.get(kind) ?? 0) + logOdds)
  return [...sums]
    .filter(([kind, logOdds]) => kind === 'gap' || Math.abs(logOdds) >= negligible)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .map(([kind, logOdds]) => ({ kind, speaksFor: kind !== 'gap' && logOdds > 0 }))
}

/** Natural logarithm of odds: a tenth moves a half by 2.5 %. */
const negligible = 0.1
