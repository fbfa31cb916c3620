import { deepEqual, equal, match } from 'node:assert/strict'
import definition from '../../nodes/entry-rules/definition.ts'
import register from '../../nodes/entry-rules/index.ts'
import { defaultEntryRules } from '../../runtime/policy/entry-rules.ts'
import { loadBench, unloadBench } from './bench.ts'
import { scan, snapshot } from './messages.ts'

describe('the entry rules node', () => {
  afterEach(unloadBench)

  it('admits a known shopper through its first port and names the policy that decided', async () => {
    const { give, sent, payloads } = await loadBench(register, definition)
    await give(scan(), { _msgid: 'm-1', shelf: 'kept' })
    const [admitted] = payloads('admit')
    equal(admitted?.type === 'admission' && admitted.rule, 'welcome')
    match(admitted?.type === 'admission' ? (admitted.policyHash ?? '') : '', /^[0-9a-f]{64}$/)
    deepEqual([sent.admit?.[0]?.topic, sent.admit?.[0]?.shelf, sent.admit?.[0]?._msgid], ['admission', 'kept', 'm-1'])
    deepEqual(sent.refuse, [])
  })

  it('refuses through its second port what the policy forbids', async () => {
    const { give, payloads } = await loadBench(register, definition, { ...defaultEntryRules, language: 'ko' })
    await give(scan({ debt: true }))
    const [refused] = payloads('refuse')
    equal(refused?.type === 'admission' && refused.rule, 'debt')
    match(refused?.type === 'admission' ? refused.reason : '', /결제되지 않은/)
  })

  it('counts the shoppers whom the till knows inside, but not staff', async () => {
    const { give, payloads, store } = await loadBench(register, definition, { occupancyLimit: 4 })
    store.till.visits = [
      snapshot({ visitId: 'v-1', party: 2 }),
      snapshot({ visitId: 'v-2', state: 'admitted' }),
      snapshot({ visitId: 'v-3', role: 'staff', party: 5 }),
      snapshot({ visitId: 'v-4', state: 'paid', party: 9 }),
    ]
    await give(scan({ party: 1 }))
    await give(scan({ party: 2 }))
    equal(payloads('admit').length, 1)
    equal(payloads('refuse').length, 1)
  })

  it('refuses newcomers while plates or a whole device are offline, but not for one camera', async () => {
    const { give, payloads, store } = await loadBench(register, definition)
    const reading = { plate: 'p1', weightG: 0, stable: true, atMs: 0, health: 'online' as const }
    store.sensing.readings = [reading, { ...reading, plate: 'p2', health: 'offline' }]
    await give(scan())
    store.sensing.readings = [reading]
    await give(scan())
    const health = { version: 1, storeId: 'test-store', sequence: 1, seenAtMs: 0, receivedAtMs: 0 } as const
    const said = { type: 'device-health', ...health, device: 'vision-box', previous: null, reason: '' } as const
    await store.sensing.say({ ...said, state: 'offline' })
    await store.sensing.say({ ...said, device: 'camera-1', state: 'offline' })
    await give(scan())
    await store.sensing.say({ ...said, state: 'online' })
    await give(scan())
    const rules = (port: string) => payloads(port).map((message) => message.type === 'admission' && message.rule)
    deepEqual(rules('refuse'), ['cannot-see', 'cannot-see'])
    deepEqual(rules('admit'), ['welcome', 'welcome'])
  })
})
