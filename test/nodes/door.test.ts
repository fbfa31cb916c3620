import { deepEqual, equal, match } from 'node:assert/strict'
import entry from '../../nodes/entry/definition.ts'
import registerEntry from '../../nodes/entry/index.ts'
import gate from '../../nodes/gate/definition.ts'
import registerGate from '../../nodes/gate/index.ts'
import visitNode from '../../nodes/visit/definition.ts'
import registerVisit from '../../nodes/visit/index.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import type { AnyMessage } from '../../runtime/contract/messages.ts'
import { loadBench, unloadBench } from './bench.ts'
import { fakeStore, startMs } from './fake-store.ts'
import { admission, gateAlarm, gatePass, people, scan, snapshot } from './messages.ts'

afterEach(unloadBench)

describe('the entry node', () => {
  it('tells the scans of its gate and of what it is set to', async () => {
    const { store, payloads, settle } = await loadBench(registerEntry, entry, { gate: 'gate-1', method: 'qr' })
    await store.till.tell({ type: 'scan', data: scan() })
    await store.till.tell({ type: 'scan', data: scan({}, { scanId: 'scan-2', method: 'card' }) })
    await store.till.tell({ type: 'scan', data: scan({}, { scanId: 'scan-3', gate: 'gate-2' }) })
    await settle()
    deepEqual(
      payloads('scans').map((message) => message.type === 'scan' && message.scanId),
      ['scan-1'],
    )
  })

  it('passes over a scan whose shopper has not waited', async () => {
    const { store, payloads, settle } = await loadBench(registerEntry, entry)
    const old = scan({}, { receivedAtMs: startMs - 10_001 })
    await store.till.tell({ type: 'scan', data: old })
    await store.till.tell({ type: 'scan', data: { ...old, receivedAtMs: startMs - 10_000 } })
    await settle()
    equal(payloads('scans').length, 1)
  })
})

describe('the gate node', () => {
  it('has the till open for who is admitted and refuse who is not', async () => {
    const { give, store } = await loadBench(registerGate, gate)
    await give(admission({ party: 2 }))
    await give(admission({ scanId: 'scan-2', decision: 'refuse', rule: 'debt', reason: 'Pay first.' }))
    deepEqual(store.till.commands, [
      {
        type: 'admit',
        ...{ commandId: 'answer-scan-1', scanId: 'scan-1', party: 2, rule: 'welcome', policyHash: 'a'.repeat(64) },
      },
      {
        type: 'refuse',
        ...{ commandId: 'answer-scan-2', scanId: 'scan-2', reason: 'Pay first.', rule: 'debt' },
        policyHash: 'a'.repeat(64),
      },
    ])
  })

  it('leaves another gate alone', async () => {
    const { give, store, payloads, settle } = await loadBench(registerGate, gate, { gate: 'gate-1' })
    await give(admission({ gate: 'gate-2' }))
    await store.till.tell({ type: 'gate-pass', data: gatePass({ gate: 'gate-2' }) })
    await settle()
    deepEqual([store.till.commands, payloads('passes')], [[], []])
  })

  it('tells what the till refuses', async () => {
    const { give, store, errors } = await loadBench(registerGate, gate)
    store.till.onCommand = () => {
      throw new AisleError('scan-answered', 'Scan scan-1 has been refused.', { action: 'Answer each scan once.' })
    }
    await give(admission())
    match(errors[0] ?? '', /has been refused\. Answer each scan once\./)
  })

  it('tells who passed and what is wrong at the gate', async () => {
    const { store, payloads, settle } = await loadBench(registerGate, gate)
    await store.till.tell({ type: 'gate-pass', data: gatePass() })
    await store.till.tell({ type: 'gate-alarm', data: gateAlarm() })
    await settle()
    deepEqual([payloads('passes').length, payloads('alarms').length], [1, 1])
  })
})

describe('the visit node', () => {
  const atGate = (ms: number) => people([{ trackId: 't-1', atM: [0.5, 0.5] }], startMs + ms)
  const inside = (ms: number) => people([{ trackId: 't-1', atM: [2.5, 3] }], startMs + ms)
  const states = (messages: AnyMessage[]) =>
    messages.map((message) => message.type === 'visit' && [message.state, message.personIds])

  it('binds whoever stood at the gate when it was passed, and tells so once the till has it', async () => {
    const { give, store, payloads, settle } = await loadBench(registerVisit, visitNode)
    await store.till.tell({ type: 'visit-changed', data: snapshot({ state: 'admitted', enteredAtMs: null }) })
    await store.till.tell({ type: 'visit-changed', data: snapshot() })
    await settle()
    deepEqual(states(payloads('opened')), [['opened', []]])
    await give(atGate(0))
    await give(gatePass({ seenAtMs: startMs + 50 }))
    deepEqual(store.till.sent('bind-visit'), [
      { type: 'bind-visit', commandId: 'bind-v-1-t-1', visitId: 'v-1', personIds: ['t-1'] },
    ])
    await store.till.tell({ type: 'visit-changed', data: snapshot({ personIds: ['t-1'] }) })
    await store.till.tell({ type: 'visit-changed', data: snapshot({ personIds: ['t-1'] }) })
    await settle()
    deepEqual(states(payloads('opened')), [
      ['opened', []],
      ['opened', ['t-1']],
    ])
  })

  it('ends the visit of who passed outwards and is gone, and tells so once the till has it', async () => {
    const { give, store, payloads, settle } = await loadBench(registerVisit, visitNode)
    await store.till.tell({ type: 'visit-changed', data: snapshot({ personIds: ['t-1'] }) })
    await give(inside(0))
    await give(atGate(1000))
    await give(gatePass({ passId: 'pass-2', direction: 'out', visitId: null, seenAtMs: startMs + 1100 }))
    await give(people([], startMs + 1500))
    const [ended] = store.till.sent('end-visit')
    deepEqual([ended?.visitId, ended?.gate, ended?.exitedAtMs], ['v-1', 'gate-1', startMs + 1100])
    deepEqual(payloads('exited'), [])
    const exited = snapshot({ state: 'exited', personIds: ['t-1'], exitedAtMs: startMs + 1100 })
    await store.till.tell({ type: 'visit-changed', data: exited })
    await settle()
    deepEqual(states(payloads('exited')), [['exited', ['t-1']]])
  })

  it('does not mind that the till has ended the visit by itself', async () => {
    const { give, store, errors } = await loadBench(registerVisit, visitNode)
    await store.till.tell({ type: 'visit-changed', data: snapshot({ personIds: ['t-1'] }) })
    store.till.onCommand = () => {
      throw new AisleError('visit-state', 'Visit v-1 is exited.', { action: 'Ask for its state.' })
    }
    await give(atGate(0))
    await give(gatePass({ direction: 'out', visitId: null, seenAtMs: startMs + 100 }))
    await give(people([], startMs + 500))
    deepEqual(errors, [])
  })

  it('tells again after a restart which visits are open and which have ended undecided', async () => {
    const store = fakeStore()
    store.till.visits = [
      snapshot({ personIds: ['t-1'] }),
      snapshot({ visitId: 'v-2', state: 'exited', personIds: ['t-2'], exitedAtMs: startMs - 1000 }),
      snapshot({ visitId: 'v-3', state: 'paid' }),
    ]
    const { payloads, statuses, pass } = await loadBench(registerVisit, visitNode, {}, store)
    await pass(1000)
    equal(statuses.at(-1)?.text, '1 visit inside')
    deepEqual(states(payloads('opened')), [['opened', ['t-1']]])
    deepEqual(states(payloads('exited')), [['exited', ['t-2']]])
  })

  it('binds and ends after a restart who passed while it was away, and nobody twice', async () => {
    const store = fakeStore()
    store.till.visits = [
      snapshot(),
      snapshot({ visitId: 'v-2', personIds: ['t-2'] }),
      snapshot({ visitId: 'v-3', state: 'exited', personIds: ['t-3'], exitedAtMs: startMs + 40 }),
    ]
    const pass = (passId: string, visitId: string | null, ms: number) =>
      gatePass({ passId, visitId, direction: visitId ? 'in' : 'out', seenAtMs: startMs + ms })
    const missed = pass('pass-1', 'v-1', 50)
    for (const data of [missed, pass('pass-2', 'v-2', 30), pass('pass-3', null, 40)]) {
      await store.till.tell({ type: 'gate-pass', data })
    }
    const { give } = await loadBench(registerVisit, visitNode, {}, store)
    await give(atGate(0))
    await give(inside(3000))
    await give(missed)
    deepEqual(
      store.till.sent('bind-visit').map(({ visitId, personIds }) => [visitId, personIds]),
      [['v-1', ['t-1']]],
    )
    deepEqual(store.till.sent('end-visit'), [])
  })
})
