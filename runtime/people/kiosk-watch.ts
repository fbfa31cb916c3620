/** Who stands before the kiosks, as it is told to the till: which visits, how many of no visit, and whom nobody sees. */
import type { Kiosk } from '../profile/layout.ts'
import { type KioskPresence, presentEveryMs } from '../till-api/kiosks.ts'
import { contains } from './geometry.ts'
import type { PersonFrame } from './person-tracker.ts'

/** What is known of whom. */
export interface KnownVisits {
  visitOf(personId: string): string | undefined
  /** Everybody of the visits that are open. */
  open(): { visitId: string; personIds: readonly string[] }[]
}

/** Tracks flicker: who was there a moment ago still is. */
const lingerMs = 1500
const mostTold = 50

export class KioskWatch {
  readonly #kiosks: readonly Kiosk[]
  readonly #there = new Map<string, Map<string, number>>()
  readonly #seen = new Map<string, number>()
  readonly #told = new Map<string, { text: string; atMs: number }>()

  constructor(kiosks: readonly Kiosk[] = []) {
    this.#kiosks = kiosks
  }

  /** What is to be told now: what changed, and everything again from time to time. */
  observe({ atMs, persons }: PersonFrame, visits: KnownVisits): { kiosk: string; presence: KioskPresence }[] {
    if (this.#kiosks.length === 0) return []
    for (const { personId } of persons) this.#seen.set(personId, atMs)
    forgetOlder(this.#seen, atMs - lingerMs)
    const open = visits.open()
    const lost = open.filter(({ personIds }) => personIds.length > 0 && !personIds.some((id) => this.#seen.has(id)))
    const lostVisitIds = lost.map(({ visitId }) => visitId).slice(0, mostTold)
    return this.#kiosks.flatMap(({ id, zoneM }) => {
      const there = this.#there.get(id) ?? new Map<string, number>()
      this.#there.set(id, there)
      for (const { personId, headM } of persons) if (contains(zoneM, headM)) there.set(personId, atMs)
      forgetOlder(there, atMs - lingerMs)
      const standing = [...there.keys()].map((personId) => visits.visitOf(personId))
      const visitIds = [...new Set(standing.filter((visitId) => visitId !== undefined))].slice(0, mostTold)
      const strangers = standing.filter((visitId) => visitId === undefined).length
      const presence = { visitIds, strangers, lostVisitIds }
      return this.#isNews(id, JSON.stringify(presence), atMs) ? [{ kiosk: id, presence }] : []
    })
  }

  #isNews(kiosk: string, text: string, atMs: number): boolean {
    const told = this.#told.get(kiosk)
    if (told?.text === text && atMs - told.atMs < presentEveryMs) return false
    this.#told.set(kiosk, { text, atMs })
    return true
  }
}

function forgetOlder(times: Map<string, number>, thanMs: number): void {
  for (const [id, atMs] of times) if (atMs < thanMs) times.delete(id)
}
