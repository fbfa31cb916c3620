/** People who have the shop's app: an account, a means of payment, and a fresh code for each visit. */
import { integerBetween, pick, type Random } from '../../contract/random.ts'

export interface Customer {
  accountId: string
  role: 'shopper' | 'staff'
  /** What the phone shows at the reader; new for each visit. */
  credential: string
  payment: { customerKey: string; billingKey: string } | null
}

const codeAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789'

export class CustomerBase {
  readonly #codes: Random
  readonly #customers: Customer[]
  readonly #inside = new Set<string>()

  /**
   * @param cards draws the registered cards: the same in every run of a store, because a charge may be waiting
   * @param codes draws who comes and the codes at the gate: different in every run, because a used code is void
   */
  constructor(cards: Random, codes: Random, count = 60) {
    this.#codes = codes
    this.#customers = Array.from({ length: count }, (_, i) => ({
      accountId: `customer-${String(i + 1).padStart(3, '0')}`,
      role: 'shopper' as const,
      credential: '',
      payment: { customerKey: `ck-${codeOf(cards, 20)}`, billingKey: `bk-${codeOf(cards, 32)}` },
    }))
  }

  /** Somebody who is not in the store, with a fresh code; undefined when everybody is. */
  comes(): Customer | undefined {
    const outside = this.#customers.filter(({ accountId }) => !this.#inside.has(accountId))
    if (outside.length === 0) return undefined
    const customer = { ...pick(this.#codes, outside), credential: codeOf(this.#codes, 40) }
    this.#inside.add(customer.accountId)
    return customer
  }

  goes(customer: Customer): void {
    this.#inside.delete(customer.accountId)
  }

  /** The provider knows these cards. */
  get payments(): { customerKey: string; billingKey: string }[] {
    return this.#customers.flatMap(({ payment }) => payment ?? [])
  }
}

/** An unguessable code. */
export const codeOf = (random: Random, length: number): string =>
  Array.from({ length }, () => codeAlphabet[integerBetween(random, 0, codeAlphabet.length - 1)]).join('')
