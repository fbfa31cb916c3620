import assert from 'node:assert/strict'
import { pino } from 'pino'
import { type Clock, SystemClock, VirtualClock } from '../../runtime/contract/clock.ts'
import { seededRandom } from '../../runtime/contract/random.ts'
import type { Ledger } from '../../runtime/till/ledger/ledger.ts'
import { Charger } from '../../runtime/till/payments/charger.ts'
import { createTossProvider } from '../../runtime/till/payments/toss.ts'
import type { VisitState } from '../../runtime/till-api/events.ts'
import { beginCharge, newLedgerPath, openLedger, tea } from './support/test-ledger.ts'
import { type TossFaults, TossServer } from './support/toss-server.ts'
import { waitFor } from './support/wait.ts'

const dayMs = 86_400_000
/** Each step of a charge is written to the disk, which a machine with other work makes slow. */
const patienceMs = 120_000

describe('charging', () => {
  let toss: TossServer
  let ledger: Ledger
  let charger: Charger | undefined

  beforeEach(async () => {
    toss = await new TossServer(seededRandom(3)).start()
    ledger = await openLedger(await newLedgerPath())
  })
  afterEach(async () => {
    await charger?.stop()
    await toss.stop()
    await ledger.close()
  })

  /** Pauses run fifty times faster than in a shop. */
  const fastClock = () => new SystemClock({ scale: 50, originMs: Date.now() })

  function startCharger(clock: Clock = fastClock(), answerWithinMs?: number) {
    charger = new Charger({
      ledger,
      provider: createTossProvider({ url: toss.url, secretKey: toss.secretKey }),
      clock,
      random: seededRandom(4),
      log: pino({ level: 'silent' }),
      ...(answerWithinMs === undefined ? {} : { answerWithinMs }),
    })
    charger.nudge()
  }

  const ended = (visitId: string, state: VisitState) =>
    waitFor(
      `${visitId} to be ${state}`,
      async () => {
        const visit = await ledger.visit(visitId)
        return visit.state === state && visit
      },
      patienceMs,
    )
  const posts = () => toss.requests.filter((request) => request.method === 'POST')
  const faults = (some: Partial<TossFaults>) => {
    toss.faults = { ...toss.faults, ...some }
  }

  it('asks what became of a charge whose answer was lost, and does not send it again', async () => {
    faults({ lostAnswers: 1 })
    const visitId = await beginCharge(ledger, 'anna')
    startCharger()
    const visit = await ended(visitId, 'paid')
    assert.equal(visit.receipt?.totalMinor, tea.priceMinor)
    assert.equal(posts().length, 1)
    assert.equal(toss.charges.length, 1)
  })

  it('sends again, under the same key, only what the provider surely knows nothing of', async () => {
    faults({ lostRequests: 1 })
    const visitId = await beginCharge(ledger, 'anna')
    startCharger()
    await waitFor('the first try', () => posts().length > 0)
    faults({ lostRequests: 0 })
    await ended(visitId, 'paid')
    assert.ok(posts().length > 1)
    assert.deepEqual([...new Set(posts().map((post) => post.idempotencyKey))], [`test-shop:${visitId}:charge:1`])
    const second = toss.requests.indexOf(posts()[1] ?? { method: '', path: '', idempotencyKey: undefined })
    assert.equal(toss.requests[second - 1]?.method, 'GET')
  })

  it('stays with one charge while the provider is slower than we wait', async () => {
    faults({ slowMs: 400 })
    const visitId = await beginCharge(ledger, 'anna')
    startCharger(new SystemClock(), 60)
    await ended(visitId, 'paid')
    assert.equal(toss.charges.length, 1)
  })

  it('waits out 429 and 500', async () => {
    faults({ tooMany: 0.4, broken: 0.4 })
    const visitIds = await Promise.all(['anna', 'bert', 'carl', 'dora'].map((name) => beginCharge(ledger, name)))
    startCharger()
    for (const visitId of visitIds) await ended(visitId, 'paid')
    assert.equal(toss.charges.length, 4)
  })

  it('makes a debt of a refusal, and receipts it as unpaid', async () => {
    toss.declined.add('billing-anna')
    const visitId = await beginCharge(ledger, 'anna')
    startCharger()
    const visit = await ended(visitId, 'debt')
    assert.match(visit.receipt?.reason ?? '', /^Not paid/)
    assert.equal(toss.charges.length, 0)
  })

  it('takes a wrong key of ours for our own fault, not for the debt of a shopper', async () => {
    const visitId = await beginCharge(ledger, 'anna')
    charger = new Charger({
      ledger,
      provider: createTossProvider({ url: toss.url, secretKey: 'wrong' }),
      clock: fastClock(),
      random: seededRandom(4),
      log: pino({ level: 'silent' }),
    })
    charger.nudge()
    await waitFor('some tries', () => toss.requests.length >= 3)
    assert.equal((await ledger.visit(visitId)).state, 'charging')
  })

  it('goes on where an earlier run stopped: it asks first', async () => {
    const visitId = await beginCharge(ledger, 'anna')
    const [due] = await ledger.paymentsDue(1, 10)
    assert.ok(due)
    await ledger.markSent(due, Date.now())
    startCharger()
    await ended(visitId, 'paid')
    assert.equal(toss.requests[0]?.method, 'GET')
    assert.equal(toss.charges.length, 1)
  })

  it('never sends a charge again whose key the provider may have forgotten', async () => {
    const visitId = await beginCharge(ledger, 'anna')
    const [due] = await ledger.paymentsDue(1, 10)
    assert.ok(due)
    await ledger.markSent(due, 1)
    startCharger(new VirtualClock(15 * dayMs))
    await ended(visitId, 'debt')
    assert.equal(posts().length, 0)
  })

  it('leaves to a person what the provider knows with another amount', async () => {
    const visitId = await beginCharge(ledger, 'anna')
    const [due] = await ledger.paymentsDue(1, 10)
    const body = { customerKey: 'customer-anna', orderId: due?.order_id, orderName: 'other', amount: 99 }
    const headers = {
      authorization: `Basic ${Buffer.from(`${toss.secretKey}:`).toString('base64')}`,
      'idempotency-key': 'another',
    }
    await fetch(`${toss.url}/v1/billing/billing-anna`, { method: 'POST', headers, body: JSON.stringify(body) })
    startCharger()
    await ended(visitId, 'review')
    assert.equal(toss.charges.length, 1)
  })

  it('charges 150 visits once each through every fault together', async () => {
    faults({ lostAnswers: 0.2, lostRequests: 0.1, tooMany: 0.1, broken: 0.1, slowMs: 10 })
    const visitIds: string[] = []
    for (let i = 0; i < 150; i++) visitIds.push(await beginCharge(ledger, `shopper-${i}`))
    startCharger()
    for (const visitId of visitIds) await ended(visitId, 'paid')
    assert.equal(toss.charges.length, 150)
    assert.ok([...toss.chargesByOrder().values()].every((count) => count === 1))
  }).timeout(patienceMs)
})
