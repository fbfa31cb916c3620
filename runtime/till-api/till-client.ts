/** The till as its clients see it; the live one speaks HTTP, a replay has one in memory. */
import type { CommandAnswer, TillCommand } from './commands.ts'
import type {
  AccountExport,
  AccountOverview,
  EvidenceEvent,
  PastPurchases,
  TillEvent,
  TillState,
  VisitSnapshot,
} from './events.ts'
import type { KioskPresence, KioskState } from './kiosks.ts'

export interface TillClient {
  /**
   * Sends a command until the till has acknowledged it (it is idempotent), with back-off while the till is away.
   * @throws AisleError when the till refuses it (`command-invalid`, `command-conflict`, `command-not-allowed`), or `till-unreachable` after `signal` aborts
   */
  send(command: TillCommand, signal?: AbortSignal): Promise<CommandAnswer>
  state(signal?: AbortSignal): Promise<TillState>
  /**
   * Calls `onEvent` for each event after `after`, in order, each once, reconnecting as needed; waits for
   * `onEvent` before the next. Returns a function that ends it.
   */
  follow(after: number, onEvent: (event: TillEvent) => void | Promise<void>): () => void
}

/** The till as whoever explains its visits, or learns from them, sees it. */
export interface EvidenceClient {
  /** What was journalled from the visit's admission to its last basket. @throws AisleError as {@link TillClient} */
  evidence(visitId: string, signal?: AbortSignal): Promise<readonly EvidenceEvent[]>
}

export interface VisitReader {
  /** A visit as it is now; null: the till has none of this id. @throws AisleError as {@link TillClient} */
  visit(visitId: string, signal?: AbortSignal): Promise<VisitSnapshot | null>
}

/** The till as whoever expects of people what they usually take sees it. */
export interface PurchasesReader {
  /** @throws AisleError `visit-unknown`, `till-unreachable` after `signal` aborts */
  pastPurchases(visitId: string, signal?: AbortSignal): Promise<PastPurchases>
}

/** The till as whoever watches the floor sees its kiosks. */
export interface KioskFloorClient {
  /** Who stands before a kiosk. @throws AisleError `kiosk-unknown`, `till-unreachable` after `signal` aborts */
  present(kiosk: string, presence: KioskPresence, signal?: AbortSignal): Promise<void>
}

/** The till as a kiosk sees it. */
export interface KioskClient {
  /** @throws AisleError `kiosk-unknown`, `till-unreachable` after `signal` aborts */
  kiosk(kiosk: string, signal?: AbortSignal): Promise<KioskState>
  /** What was pressed on it. @throws AisleError what the till refuses, as `KioskDesk` has it */
  press(kiosk: string, button: 'confirm' | 'cancel' | 'call', body: object, signal?: AbortSignal): Promise<void>
}

/** The till as whoever speaks for shoppers sees it: their accounts, one at a time. */
export interface AccountsClient extends Pick<TillClient, 'send'> {
  /** @throws AisleError `account-unknown`, `till-unreachable` after `signal` aborts */
  account(accountId: string, signal?: AbortSignal): Promise<AccountOverview>
  exportAccount(accountId: string, signal?: AbortSignal): Promise<AccountExport>
}
