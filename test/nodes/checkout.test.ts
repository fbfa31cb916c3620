import { deepEqual, equal } from 'node:assert/strict'
import paymentDefinition from '../../nodes/payment/definition.ts'
import registerPayment from '../../nodes/payment/index.ts'
import receiptDefinition from '../../nodes/receipt/definition.ts'
import registerReceipt from '../../nodes/receipt/index.ts'
import reviewDefinition from '../../nodes/review/definition.ts'
import registerReview from '../../nodes/review/index.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { loadBench, unloadBench } from './bench.ts'
import { fakeStore } from './fake-store.ts'
import { decidedLine, decision, payment, receipt, snapshot } from './messages.ts'

afterEach(unloadBench)

const decided = (outcome: 'charge' | 'review' | 'let-go', policyHash = 'c'.repeat(64)): VisitSnapshot['decision'] => ({
  lines: [decidedLine('milk', outcome)],
  outcome: outcome === 'let-go' ? 'empty' : outcome,
  policyHash,
})

describe('the payment node', () => {
  const lines = [decidedLine('milk', 'charge')]

  it('hands a decision to the till, with the hashes of policy and profile', async () => {
    const { give, store } = await loadBench(registerPayment, paymentDefinition)
    await give(decision(lines))
    deepEqual(store.till.commands, [
      {
        type: 'decide',
        ...{ commandId: 'decide-v-1', visitId: 'v-1', basketRevision: 1, lines },
        ...{ policyHash: 'a'.repeat(64), profileHash: 'b'.repeat(64) },
      },
    ])
  })

  it('leaves a visit alone that the till has decided, but not one that only the deadline did', async () => {
    const { give, store } = await loadBench(registerPayment, paymentDefinition)
    store.till.visits = [snapshot({ state: 'charging', decision: decided('charge') })]
    await give(decision(lines))
    deepEqual(store.till.commands, [])
    store.till.visits = [snapshot({ state: 'review', decision: decided('review', '') })]
    await give(decision(lines))
    equal(store.till.sent('decide').length, 1)
  })

  it('tells how visits ended, when the till says so', async () => {
    const { store, payloads, settle } = await loadBench(registerPayment, paymentDefinition)
    for (const state of ['review', 'paid', 'debt', 'empty', 'void'] as const) {
      await store.till.tell({ type: 'payment', data: payment({ state }) })
    }
    await settle()
    const statesAt = (port: string) => payloads(port).map((message) => message.type === 'payment' && message.state)
    deepEqual(['paid', 'debt', 'void'].map(statesAt), [['paid'], ['debt'], ['empty', 'void']])
  })
})

describe('the review node', () => {
  it('has the till put the visit into review, and tells when a person has decided', async () => {
    const { give, store, payloads, settle } = await loadBench(registerReview, reviewDefinition)
    await give(decision([decidedLine('milk', 'review')], { outcome: 'review' }))
    equal(store.till.sent('decide').length, 1)
    await store.till.tell({ type: 'visit-changed', data: snapshot({ state: 'review', decision: decided('review') }) })
    await settle()
    deepEqual(payloads('decided'), [])
    await store.till.tell({ type: 'visit-changed', data: snapshot({ state: 'charging', decision: decided('charge') }) })
    await store.till.tell({ type: 'visit-changed', data: snapshot({ state: 'paid', decision: decided('charge') }) })
    await settle()
    const [told, ...more] = payloads('decided')
    deepEqual([told?.type === 'decision' && told.outcome, more], ['charge', []])
  })

  it('goes on waiting after a restart', async () => {
    const store = fakeStore()
    store.till.visits = [snapshot({ state: 'review', decision: decided('review') })]
    const { payloads, settle, statuses } = await loadBench(registerReview, reviewDefinition, {}, store)
    await store.till.tell({ type: 'visit-changed', data: snapshot({ state: 'empty', decision: decided('let-go') }) })
    await settle()
    const [told] = payloads('decided')
    equal(told?.type === 'decision' && told.outcome, 'empty')
    deepEqual(statuses.at(0), { fill: 'yellow', shape: 'dot', text: '1 in review' })
  })
})

describe('the receipt node', () => {
  it('tells the receipts of the payments that come in, whichever is first', async () => {
    const { give, store, payloads, settle } = await loadBench(registerReceipt, receiptDefinition)
    await give(payment())
    await store.till.tell({ type: 'receipt', data: receipt() })
    store.till.visits = [snapshot({ visitId: 'v-2', receipt: receipt({ visitId: 'v-2', receiptId: 'r-2' }) })]
    await give(payment({ visitId: 'v-2' }))
    await settle()
    deepEqual(
      payloads('sent').map((message) => message.type === 'receipt' && message.receiptId),
      ['r-1', 'r-2'],
    )
  })

  it('tells a failure at its own port', async () => {
    const { give, store, payloads, settle } = await loadBench(registerReceipt, receiptDefinition)
    await give(payment())
    await store.till.tell({ type: 'receipt', data: receipt({ state: 'failed', reason: 'no address' }) })
    await settle()
    deepEqual([payloads('sent').length, payloads('failed').length], [0, 1])
  })

  it('has nothing to tell of who did not pay, or whose payment was not led here', async () => {
    const { give, store, payloads, settle } = await loadBench(registerReceipt, receiptDefinition)
    await give(payment({ state: 'debt' }))
    await store.till.tell({ type: 'receipt', data: receipt() })
    await store.till.tell({ type: 'receipt', data: receipt({ visitId: 'v-9' }) })
    await settle()
    deepEqual(payloads('sent'), [])
  })
})
