/** Takes down what is shown at a gate; what it was is forgotten at once, but for its hash, or that it was used. */
import type { Logger } from 'pino'
import { type Clock, SystemClock } from '../../contract/clock.ts'
import { errorSentence } from '../../contract/errors.ts'
import type { Scan } from '../../contract/messages.ts'
import { hashCredential } from '../credential-hash.ts'
import type { LedgerThread } from '../ledger/ledger-thread.ts'
import { AdultAnswers } from './adult-answers.ts'
import { classifyCode } from './classify-code.ts'
import type { ReadCode } from './door-devices.ts'

export interface ShownCodesOptions {
  ledger: Pick<LedgerThread, 'takeScan' | 'identity'>
  clock: Clock
  log: Logger
}

/** A credential, or a code that a phone signed. */
interface Shown {
  gate: string
  code: string
  /** null: a phone's code. */
  method: Scan['method'] | null
  adult: boolean | null
}

export class ShownCodes {
  readonly #options: ShownCodesOptions
  readonly #adults = new AdultAnswers()
  /** What phones make their codes by, however fast the store's time runs. */
  readonly #wall = new SystemClock()

  constructor(options: ShownCodesOptions) {
    this.#options = options
  }

  /** A reader read something. */
  read({ gate, code, reader }: ReadCode): void {
    const { clock, log } = this.#options
    const classified = classifyCode(code, reader)
    switch (classified.is) {
      case 'card-number':
        log.error({ gate }, 'a card terminal sent a card number, which was thrown away: set it to send tokens')
        break
      case 'nothing':
        log.warn({ gate }, 'what verifies adulthood said neither yes nor no')
        break
      case 'adult-answer':
        this.#adults.note(gate, classified.adult, clock.nowMs())
        break
      case 'entry-token':
        this.#take({ gate, code, method: null })
        break
      case 'credential':
        if (classified.what) log.info({ gate, what: classified.what }, 'what was shown looks like a code for a counter')
        this.#take({ gate, code, method: classified.method })
    }
  }

  #take(shown: Omit<Shown, 'adult'>): void {
    const { clock, log } = this.#options
    const { gate } = shown
    // Before anything is waited for: whoever comes next has an answer of their own.
    const adult = this.#adults.take(gate, clock.nowMs())
    this.#write({ ...shown, adult }).catch((error: unknown) =>
      log.error({ gate, error: errorSentence(error) }, 'a scan is lost'),
    )
  }

  async #write({ gate, code, method, adult }: Shown): Promise<void> {
    const { ledger, clock } = this.#options
    const seen = { gate, adult, seenAtMs: clock.nowMs() }
    if (method === null) {
      const token = { code, shownAtMs: this.#wall.nowMs() }
      await ledger.takeScan({ ...seen, method: 'qr', token }, clock.nowMs())
    } else {
      const credentialHash = await hashCredential(code, ledger.identity.credentialSalt)
      await ledger.takeScan({ ...seen, method, credentialHash }, clock.nowMs())
    }
  }
}
