/** A store with an open entrance and a kiosk, its real programs in accelerated time, and people who walk in. */
import assert from 'node:assert/strict'
import { newPairing } from '../../runtime/kiosk/kiosk-session.ts'
import type { KioskView } from '../../runtime/kiosk/pages/kiosk-view.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { kioskId, openTheEntrance } from '../kiosk/running-kiosk.ts'
import { freePorts } from '../support/free-ports.ts'
import { type RunningStore, startStore, until } from '../support/running-store.ts'
import { basketOf, type TruthVisit } from '../support/twin-truth.ts'

const take = (plate: string) => [{ act: 'take', plate, item: plate }, { act: 'look', durationMs: 800 }, { act: 'stow' }]

describe('a store with an open entrance', function () {
  this.timeout(240_000)
  let running: RunningStore
  let visits: VisitSnapshot[]
  let truth: TruthVisit[]
  /** All that the kiosk's page was told while they paid. */
  const shown: KioskView[] = []

  before(async () => {
    const [terminalPort = 0] = await freePorts(1)
    running = await startStore({
      ...{ speed: 4, visits: 0, seed: 3 },
      prepare: (profileDirectory) => openTheEntrance(profileDirectory, terminalPort),
    })
    const look = await pairedScreen()
    for (const plan of [
      [...take('g1-s1-p1'), ...take('g1-s1-p3'), { act: 'pay' }],
      [...take('g2-s1-p2')],
      [{ act: 'go-to', plate: 'g3-s1-p1' }],
    ]) {
      await running.twin('/twin/shopper', { plan })
    }
    await until(
      async () => {
        shown.push(await look())
        return running.twin<{ finished: boolean }>('/twin/state')
      },
      ({ finished }) => finished,
      { withinMs: 150_000, what: 'The last shopper' },
    )
    truth = (await running.twin<{ visits: TruthVisit[] }>('/twin/truth')).visits
    visits = await until(
      () => running.visits(),
      (all) => all.length === 3 && all.every(({ payment }) => payment !== null),
      { withinMs: 60_000, what: 'The end of the last visit', tell: (all) => all.map(({ state }) => state) },
    )
  })
  after(() => running?.stop())

  async function pairedScreen(): Promise<() => Promise<KioskView>> {
    const url = `http://127.0.0.1:${running.settings.ports.kiosk}`
    const pairing = newPairing(kioskId, running.secret('kioskKey'), Date.now())
    const headers = { origin: url, 'content-type': 'application/json' }
    const paired = await fetch(`${url}/api/pair`, { method: 'POST', headers, body: JSON.stringify({ pairing }) })
    const cookie = paired.headers.get('set-cookie')?.split(';')[0] ?? ''
    return async () => {
      const answer = await fetch(`${url}/api/kiosk`, { headers: { cookie } })
      if (!answer.ok) throw new Error(await answer.text())
      return (await answer.json()) as KioskView
    }
  }

  const itemsIn = ({ basket }: VisitSnapshot) => basketOf(basket?.lines ?? [])
  const oneThat = (state: VisitSnapshot['state']) => {
    const [visit, ...more] = visits.filter((one) => one.state === state)
    assert.ok(visit && more.length === 0, `${state} among ${visits.map((one) => one.state)}`)
    return visit
  }

  it('gives everybody who walks in a visit without an account, which ends in exactly one way', () => {
    assert.deepEqual(visits.map(({ state }) => state).sort(), ['debt', 'empty', 'paid'])
    for (const { accountId, personIds } of visits) assert.deepEqual([accountId, personIds.length], [null, 1])
  })

  it('charged whoever paid at the kiosk what they took, once, as the provider counts', async () => {
    const paid = oneThat('paid')
    const { charges } = await running.twin<{ charges: { amount: number }[] }>('/twin/ledger')
    assert.deepEqual(
      charges.map(({ amount }) => amount),
      [paid.receipt?.totalMinor],
    )
    assert.deepEqual(basketOf(paid.receipt?.lines ?? []), basketOf(truth[0]?.items ?? []))
  })

  it('showed them their list and then the receipt', () => {
    const { visitId, receipt } = oneThat('paid')
    const own = shown.flatMap((view) => view.visits.filter((visit) => visit.visitId === visitId))
    assert.ok(own.some(({ totalMinor }) => totalMinor === receipt?.totalMinor))
  })

  it('held nobody: who took something and walked out owes it, and staff were told', () => {
    const owed = oneThat('debt')
    assert.deepEqual(itemsIn(owed), basketOf(truth[1]?.items ?? []))
    assert.ok(running.lines.some((line) => line.includes('without paying')))
  })
})
