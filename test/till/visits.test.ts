import assert from 'node:assert/strict'
import { AisleError } from '../../runtime/contract/errors.ts'
import { readMessage } from '../../runtime/contract/messages.ts'
import type { TillEvent } from '../../runtime/till-api/events.ts'
import {
  admit,
  checkOut,
  clock,
  cola,
  decisionOn,
  get,
  gum,
  lineOf,
  openTestStore,
  record,
  registration,
  scanIn,
  startTestTill,
  type TestStore,
  type TestTill,
  visitIn,
} from './support/test-till.ts'
import { waitFor } from './support/wait.ts'

describe('a visit', () => {
  let store: TestStore
  let till: TestTill

  beforeEach(async () => {
    store = await openTestStore()
    till = await startTestTill(store)
  })
  afterEach(async () => {
    await till.stop()
    await store.stop()
  })

  const register = (accountId: string, payment?: 'none') =>
    till.client('accounts').send(registration(accountId, payment))

  async function shop(accountId: string): Promise<string> {
    return admit(till, (await scanIn(till, store, accountId)).scanId)
  }

  it('is scanned, admitted, charged once and receipted, and tells each step', async () => {
    await register('anna')
    const told = record(till.client('flows'))
    const scan = await scanIn(till, store, 'anna')
    assert.deepEqual(scan.account, {
      known: true,
      accountId: 'anna',
      role: 'shopper',
      party: 1,
      openVisit: false,
      debt: false,
      blocked: false,
      adult: null,
      usable: true,
    })
    const visitId = await admit(till, scan.scanId)
    await visitIn(till, visitId, 'open')
    const lines = [lineOf(cola.sku, 2), lineOf(gum.sku, 1)]
    await checkOut(till.client('flows'), visitId, lines)
    const visit = await visitIn(till, visitId, 'paid')

    assert.equal(visit.payment?.amountMinor, 2 * cola.priceMinor + gum.priceMinor)
    assert.deepEqual(
      visit.receipt?.lines.map(({ sku, quantity, amountMinor }) => [sku, quantity, amountMinor]),
      [
        [cola.sku, 2, 4200],
        [gum.sku, 1, 1000],
      ],
    )
    assert.equal(store.toss.charges.length, 1)
    assert.equal(store.toss.charges[0]?.totalAmount, 5200)
    const events = await waitFor('the last event', () => {
      const mine = told.events.filter((event) => JSON.stringify(event.data).includes(visitId))
      const last = mine.at(-1)
      return last?.type === 'visit-changed' && last.data.state === 'paid' && mine
    })
    told.stop()
    const states = events.flatMap((event) => (event.type === 'visit-changed' ? [event.data.state] : []))
    assert.deepEqual(states, ['admitted', 'open', 'exited', 'deciding', 'charging', 'paid'])
    for (const event of events) if ('type' in event.data) readMessage(event.data, [event.data.type])
    const charge = await waitFor('the notice', () => till.notices.find((notice) => notice.includes(' charge ')))
    assert.match(charge, /^\d\d:\d\d:\d\d charge {3}visit 1 {2}2 items {2}₩5,200 {2}paid$/)
  })

  it('knows nothing of a credential that nobody registered', async () => {
    const { account } = await scanIn(till, store, 'stranger')
    assert.equal(account.known, false)
    assert.equal(account.usable, false)
    assert.equal(account.role, 'unknown')
  })

  it('shows an open visit and an unpaid one at the next scan', async () => {
    await register('bert')
    const visitId = await shop('bert')
    await register('carl')
    const other = await scanIn(till, store, 'carl')
    assert.equal(other.account.openVisit, false)
    store.toss.declined.add('billing-bert')
    await checkOut(till.client('flows'), visitId, [lineOf(cola.sku, 1)])
    const debt = await visitIn(till, visitId, 'debt')
    assert.match(debt.receipt?.reason ?? '', /^Not paid: REJECT_CARD_COMPANY/)
    const again = await scanIn(till, store, 'bert')
    assert.equal(again.account.debt, true)
    assert.equal(again.account.openVisit, false)
  })

  it('without a means of payment ends as a debt, without asking the provider', async () => {
    await register('dora', 'none')
    const visitId = await shop('dora')
    await checkOut(till.client('flows'), visitId, [lineOf(cola.sku, 1)])
    await visitIn(till, visitId, 'debt')
    assert.equal(store.toss.requests.length, 0)
  })

  it('with nothing to charge ends empty, without a receipt', async () => {
    await register('emil')
    const visitId = await shop('emil')
    await checkOut(till.client('flows'), visitId, [lineOf(cola.sku, 1)], (line) => decisionOn(line, 'let-go'))
    const visit = await visitIn(till, visitId, 'empty')
    assert.equal(visit.receipt, null)
    assert.equal(store.toss.requests.length, 0)
  })

  it('waits for a person where a line needs one, and is then charged for what is left', async () => {
    await register('finn')
    const visitId = await shop('finn')
    const [sure, doubtful] = [lineOf(cola.sku, 1), lineOf(gum.sku, 2)]
    await checkOut(till.client('flows'), visitId, [sure, doubtful], (line) =>
      decisionOn(line, line === doubtful ? 'review' : 'charge'),
    )
    await visitIn(till, visitId, 'review')
    assert.equal(store.toss.requests.length, 0)
    await till.client('console').send({
      type: 'resolve-review',
      commandId: 'review-1',
      visitId,
      lineId: doubtful.lineId,
      outcome: 'let-go',
      decidedBy: 'owner',
    })
    const visit = await visitIn(till, visitId, 'paid')
    assert.equal(visit.payment?.amountMinor, cola.priceMinor)
  })

  it('has each of its commands taken once, and a used id refused for another command', async () => {
    await register('gina')
    const visitId = await shop('gina')
    const flows = till.client('flows')
    const command = {
      type: 'set-lines' as const,
      commandId: 'lines-1',
      visitId,
      revision: 1,
      final: false,
      lines: [lineOf(cola.sku, 1)],
    }
    const first = await flows.send(command)
    assert.deepEqual(await flows.send(command), { ...first, repeated: true })
    await assert.rejects(flows.send({ ...command, revision: 2 }), { name: 'AisleError', code: 'command-conflict' })
  })

  it('keeps the newer basket when an older revision arrives late', async () => {
    await register('hugo')
    const visitId = await shop('hugo')
    const send = (revision: number, quantity: number) =>
      till.client('flows').send({
        type: 'set-lines',
        commandId: `lines-${revision}`,
        visitId,
        revision,
        final: false,
        lines: [lineOf(cola.sku, quantity)],
      })
    await send(5, 3)
    await send(4, 1)
    const visit = await visitIn(till, visitId, 'open')
    assert.equal(visit.basket?.lines[0]?.quantity, 3)
    assert.equal(visit.basket?.totalMinor, 3 * cola.priceMinor)
  })

  it('refuses what it cannot price or does not know, in words', async () => {
    await register('ida')
    const visitId = await shop('ida')
    const flows = till.client('flows')
    const refused = async (command: Parameters<typeof flows.send>[0], code: string) => {
      await assert.rejects(flows.send(command), (error) => error instanceof AisleError && error.code === code)
    }
    const lines = { type: 'set-lines' as const, visitId, revision: 1, final: false }
    await refused({ ...lines, commandId: 'a', lines: [lineOf('nothing', 1)] }, 'sku-unknown')
    await refused({ ...lines, commandId: 'b', lines: [lineOf(cola.sku, 1.5)] }, 'quantity-invalid')
    await refused({ ...lines, commandId: 'c', visitId: 'nobody', lines: [] }, 'visit-unknown')
    await refused({ type: 'admit', commandId: 'd', scanId: 'none', party: 1, rule: '', policyHash: '' }, 'scan-unknown')
    const decide = { type: 'decide' as const, visitId, policyHash: '', profileHash: '' }
    await refused({ ...decide, commandId: 'e', basketRevision: 3, lines: [] }, 'basket-stale')
    await refused({ ...decide, commandId: 'f', basketRevision: 0, lines: [] }, 'visit-state')
    await refused(
      { ...decide, commandId: 'g', basketRevision: 0, lines: [decisionOn(lineOf(cola.sku, 1))] },
      'decision-invalid',
    )
  })

  it('is in the state from where the events go on', async () => {
    await register('jane')
    const visitId = await shop('jane')
    const state = await till.client('console').state()
    assert.equal(state.visits.at(-1)?.visitId, visitId)
    const later: TillEvent[] = []
    const stop = till.client('console').follow(state.sequence, (event) => void later.push(event))
    await till.client('flows').send({ type: 'bind-visit', commandId: 'bind', visitId, personIds: ['person-1'] })
    await waitFor('the change', () => later.find((event) => event.type === 'visit-changed'))
    stop()
    assert.ok(later.every((event) => event.sequence > state.sequence))
  })

  it('stands in the history, newest first', async () => {
    for (const name of ['kim', 'lee', 'park']) {
      await register(name)
      await shop(name)
    }
    const read = async (query: string) =>
      (
        (await (await get(till.url, `/v1/visits?${query}`, 'console')).json()) as {
          visits: { accountId: string; openedAtMs: number }[]
        }
      ).visits
    const newest = await read('limit=2')
    assert.deepEqual(
      newest.map((visit) => visit.accountId),
      ['park', 'lee'],
    )
    const older = await read(`before=${Math.floor(newest[1]?.openedAtMs ?? 0)}`)
    assert.deepEqual(
      older.map((visit) => visit.accountId),
      ['kim'],
    )
  })
})

describe('the deadlines of a visit', () => {
  let store: TestStore
  let till: TestTill

  async function open(deadlines: Parameters<typeof startTestTill>[1]) {
    store = await openTestStore()
    till = await startTestTill(store, deadlines)
    await till.client('accounts').send(registration('anna'))
    return admit(till, (await scanIn(till, store, 'anna')).scanId)
  }
  afterEach(async () => {
    await till.stop()
    await store.stop()
  })

  it('send it to review when no decision comes, where a person or a late decision goes on', async () => {
    const visitId = await open({ decisionMs: 200 })
    const flows = till.client('flows')
    const line = lineOf(cola.sku, 1)
    await flows.send({ type: 'set-lines', commandId: 'lines', visitId, revision: 1, final: false, lines: [line] })
    await flows.send({ type: 'end-visit', commandId: 'end', visitId, exitedAtMs: clock.nowMs(), gate: null })
    const waiting = await visitIn(till, visitId, 'review')
    assert.deepEqual(
      waiting.decision?.lines.map(({ outcome, rule }) => [outcome, rule]),
      [['review', 'no-decision-in-time']],
    )
    await flows.send({
      type: 'decide',
      commandId: 'decide',
      visitId,
      basketRevision: 1,
      lines: [decisionOn(line)],
      policyHash: '',
      profileHash: '',
    })
    await visitIn(till, visitId, 'paid')
  })

  it('let go what nobody reviewed, and end it', async () => {
    const visitId = await open({ stayMs: 100, reviewMs: 200 })
    await visitIn(till, visitId, 'empty')
    assert.equal(store.toss.charges.length, 0)
  })
})
