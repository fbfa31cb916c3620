/** A store with an open entrance and a kiosk: the till as it runs in a shop, the kiosks' program, and a card terminal. */

import type { AttributedLine } from '../../runtime/contract/messages.ts'
import { newPairing } from '../../runtime/kiosk/kiosk-session.ts'
import { type RunningKiosks, startKiosks } from '../../runtime/kiosk/kiosks.ts'
import type { KioskView } from '../../runtime/kiosk/pages/kiosk-view.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import type { KioskPresence } from '../../runtime/till-api/kiosks.ts'
import { createTillClient } from '../../runtime/till-api/till-http-client.ts'
import { request } from '../support/page-request.ts'
import { edit } from '../support/profile-folder.ts'
import { Scanner } from '../till/support/scanner.ts'
import {
  clock,
  openTestStore,
  startTestTill,
  type TestStore,
  type TestTill,
  tokens,
} from '../till/support/test-till.ts'
import { waitFor } from '../till/support/wait.ts'

const key = 'kiosk-key-of-the-tests-of-32-bytes'
export const kioskId = 'kiosk-1'

/** Nobody is asked at the gate any more, and one pays at `terminalPort`. */
export const openTheEntrance = (profileDirectory: string, terminalPort: number) =>
  edit(profileDirectory, 'profile.json', (profile) => {
    const gates = profile.gates as Record<string, unknown>[]
    for (const gate of gates) {
      gate.open = true
      for (const name of ['reader', 'contacts', 'wiring']) delete gate[name]
    }
    const devices = profile.devices as object[]
    const address = { transport: 'tcp', host: '127.0.0.1', port: terminalPort }
    devices.push({ id: 'terminal', definition: 'card-terminal', address })
    const zoneM = [
      [2.6, 0.4],
      [3.8, 0.4],
      [3.8, 1.6],
      [2.6, 1.6],
    ]
    return { ...profile, kiosks: [{ id: kioskId, name: 'Counter', zoneM, terminal: 'terminal' }] }
  })

export interface RunningKiosk {
  url: string
  store: TestStore
  till: TestTill
  terminal: Scanner
  kiosks: RunningKiosks
  pairing(kiosk?: string, atMs?: number): string
  /** Cookie of a paired screen. */
  cookie: string
  ask(path: string, body?: object, cookie?: string): Promise<Response>
  view(): Promise<KioskView>
  /** Looks until it shows what is waited for. */
  shows(what: string, is: (view: KioskView) => boolean): Promise<KioskView>
  walkIn(personId: string): Promise<string>
  holds(visitId: string, revision: number, lines: AttributedLine[], final?: boolean): Promise<void>
  stands(presence: Partial<KioskPresence>): Promise<void>
  /** Ends the till as a crash does for whoever waits, and starts another on the same data. */
  restartTill(): Promise<void>
  stop(): Promise<void>
}

export async function startTestKiosk(): Promise<RunningKiosk> {
  const store = await openTestStore()
  const terminal = await new Scanner().start()
  await openTheEntrance(store.profileDirectory, terminal.port)
  let till = await startTestTill(store)
  const log = () => {}
  const start = async () =>
    startKiosks({
      store: await loadStore(store.profileDirectory),
      till: createTillClient({ url: till.url, token: tokens.kiosk, clock }),
      ...{ key, host: '127.0.0.1', port: 0, log: { info: log, error: log } },
    })
  let kiosks = await start()
  const flows = () => createTillClient({ url: till.url, token: tokens.flows, clock })
  let commands = 0
  const running: RunningKiosk = {
    get url() {
      return `http://127.0.0.1:${kiosks.port}`
    },
    get till() {
      return till
    },
    get kiosks() {
      return kiosks
    },
    ...{ store, terminal, cookie: '' },
    pairing: (kiosk = kioskId, atMs = Date.now()) => newPairing(kiosk, key, atMs),
    ask: (path, body, cookie = running.cookie) => request(running.url, path, { body, cookie }),
    async view() {
      const answer = await running.ask('/api/kiosk')
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
      return (await answer.json()) as KioskView
    },
    shows: (what, is) =>
      waitFor(
        `the kiosk to show ${what}`,
        async () => {
          const view = await running.view()
          return is(view) && view
        },
        60_000,
      ),
    async walkIn(personId) {
      const commandId = `walk-in-${personId}`
      await flows().send({ type: 'walk-in', commandId, gate: 'gate-1', personId, seenAtMs: clock.nowMs() })
      const { visits } = await flows().state()
      return visits.find(({ personIds }) => personIds.includes(personId))?.visitId as string
    },
    async holds(visitId, revision, lines, final = false) {
      const commandId = `lines-${visitId}-${++commands}`
      await flows().send({ type: 'set-lines', commandId, visitId, revision, final, lines })
    },
    stands: (presence) => flows().present(kioskId, { visitIds: [], strangers: 0, lostVisitIds: [], ...presence }),
    async restartTill() {
      await till.stop()
      await kiosks.stop()
      till = await startTestTill(store)
      kiosks = await start()
    },
    async stop() {
      await kiosks.stop()
      await till.stop()
      await terminal.stop()
      await store.stop()
    },
  }
  const paired = await running.ask('/api/pair', { pairing: running.pairing() })
  running.cookie = paired.headers.get('set-cookie')?.split(';')[0] ?? ''
  await waitFor('the till to be at the terminal', () => terminal.connected)
  return running
}
