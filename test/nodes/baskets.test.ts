import { deepEqual, equal, ok } from 'node:assert/strict'
import basketDefinition from '../../nodes/basket/definition.ts'
import registerBasket from '../../nodes/basket/index.ts'
import fusionDefinition from '../../nodes/fusion/definition.ts'
import registerFusion from '../../nodes/fusion/index.ts'
import rulesDefinition from '../../nodes/line-rules/definition.ts'
import registerRules from '../../nodes/line-rules/index.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import type { AnyMessage, Attribution } from '../../runtime/contract/messages.ts'
import { type Bench, loadBench, unloadBench } from './bench.ts'
import { fakeStore, layout, startMs } from './fake-store.ts'
import { attribution, basketChange, line, people, snapshot, visit, weightEvent } from './messages.ts'

afterEach(unloadBench)

describe('the fusion node', () => {
  /** Somebody reaches for the first plate and takes 200 g of milk. */
  async function take({ give, store, pass }: Bench) {
    const steps = Array.from({ length: 12 }, (_, i) => i * 100)
    for (const ms of steps) {
      store.clock.advanceTo(startMs + ms)
      await give(people([{ trackId: 't-1', atM: [2.3, 3.8], handM: [2.3, 4.15, 1.05] }], startMs + ms))
    }
    await give(weightEvent())
    await pass(500)
  }
  /** Time passes, and the vision sees an empty floor. */
  async function watch({ give, store, pass }: Bench, ms: number) {
    for (let waitedMs = 0; waitedMs < ms; waitedMs += 500) {
      await give(people([], store.clock.nowMs()))
      await pass(500)
    }
  }
  const lastOf = (bench: Bench) => bench.payloads('attributions').at(-1) as Attribution

  it('journals what was seen around an event before anybody is said to have taken something', async () => {
    const bench = await loadBench(registerFusion, fusionDefinition)
    await bench.give(visit())
    const toldBefore: number[] = []
    bench.store.till.onCommand = () => {
      toldBefore.push(bench.payloads('attributions').length)
    }
    await take(bench)
    const [journalled] = bench.store.till.sent('add-evidence')
    equal(journalled?.evidence[0]?.near?.[0]?.personId, 't-1')
    equal(toldBefore[0], 0)
    const { visitId, lines, final } = lastOf(bench)
    deepEqual([visitId, lines.map(({ sku }) => sku), final], ['v-1', ['milk'], false])
    ok((lines[0]?.probability ?? 0) > 0.9)
  })

  it('asks once for each visit what its account bought before, where the dialog wants it, and waits for no answer', async () => {
    for (const { settings, asked } of [
      { settings: {}, asked: ['v-1', 'v-2'] },
      { settings: { pastPurchases: 0 }, asked: [] },
    ]) {
      const store = fakeStore()
      store.layout = { ...layout, planogram: ['milk', 'beer'].map((sku) => ({ sku, plates: ['p1'] })) }
      const ids: string[] = []
      store.purchases = {
        async pastPurchases(visitId) {
          ids.push(visitId)
          if (visitId === 'v-2') throw new AisleError('visit-unknown', 'There is no such visit.', { action: 'None.' })
          return { visits: 12, goods: [{ sku: 'milk', visits: 12 }] }
        },
      }
      const bench = await loadBench(registerFusion, fusionDefinition, settings, store)
      for (const visitId of ['v-1', 'v-1', 'v-2']) {
        await bench.give(visit({ visitId, personIds: visitId === 'v-1' ? ['t-1'] : ['t-2'] }))
      }
      await take(bench)
      deepEqual(ids, asked)
      const [beer, milk] = ['beer', 'milk'].map(
        (sku) => lastOf(bench).lines.find((line) => line.sku === sku)?.probability,
      )
      equal((milk ?? 0) > (beer ?? 0), asked.length > 0)
      await unloadBench()
    }
  })

  it('makes the basket final some time after the exit, by the store’s clock', async () => {
    const bench = await loadBench(registerFusion, fusionDefinition)
    await bench.give(visit())
    await take(bench)
    await bench.give(visit({ state: 'exited', seenAtMs: bench.store.clock.nowMs() }))
    await watch(bench, 1000)
    equal(lastOf(bench).final, false)
    await watch(bench, 5000)
    equal(lastOf(bench).final, true)
    deepEqual(
      lastOf(bench).lines.map(({ sku }) => sku),
      ['milk'],
    )
  })

  it('makes no basket final while nobody watches the store, nor before what happened unseen is known', async () => {
    const bench = await loadBench(registerFusion, fusionDefinition)
    await bench.give(visit())
    await take(bench)
    await bench.give(visit({ state: 'exited', seenAtMs: bench.store.clock.nowMs() }))
    await bench.pass(60_000)
    equal(lastOf(bench).final, false)
    await watch(bench, 4500)
    equal(lastOf(bench).final, false)
    await watch(bench, 1000)
    equal(lastOf(bench).final, true)
  })

  it('makes an empty basket final for who took nothing', async () => {
    const bench = await loadBench(registerFusion, fusionDefinition)
    await bench.give(visit())
    await bench.give(visit({ state: 'exited' }))
    await bench.pass(6000)
    deepEqual([lastOf(bench).final, lastOf(bench).lines], [true, []])
  })

  it('rebuilds the baskets of open visits from the journal after a restart', async () => {
    const first = await loadBench(registerFusion, fusionDefinition)
    await first.give(visit())
    await take(first)
    const evidence = first.store.till.sent('add-evidence').flatMap((command) => command.evidence)
    const { lines } = lastOf(first)
    await unloadBench()

    const store = fakeStore()
    store.clock.advanceTo(first.store.clock.nowMs())
    store.till.visits = [snapshot({ personIds: ['t-1'] })]
    for (const data of evidence) await store.till.tell({ type: 'evidence', data })
    const second = await loadBench(registerFusion, fusionDefinition, {}, store)
    deepEqual(lastOf(second).lines, lines)
    equal(second.payloads('attributions').length, 1)
  })

  it('keeps, after a restart, the summary that stands in the journal: who was there is not seen again', async () => {
    const store = fakeStore()
    store.till.visits = [snapshot({ personIds: ['t-1'] })]
    const near = [{ personId: 't-1', handM: 0.01, headM: 0.3, seen: 1 }]
    await store.till.tell({ type: 'evidence', data: { event: weightEvent(), near: null, sighted: [] } })
    await store.till.tell({ type: 'evidence', data: { event: weightEvent(), near, sighted: [] } })
    store.clock.advanceTo(startMs + 600_000)
    const bench = await loadBench(registerFusion, fusionDefinition, {}, store)
    await bench.pass(10_000)
    deepEqual(store.till.sent('add-evidence'), [])
    deepEqual(
      lastOf(bench).lines.map(({ sku }) => sku),
      ['milk'],
    )
  })

  it('still summarises, after a restart, what was journalled before anybody looked', async () => {
    const store = fakeStore()
    store.till.visits = [snapshot({ personIds: ['t-1'] })]
    await store.till.tell({ type: 'evidence', data: { event: weightEvent(), near: null, sighted: [] } })
    const bench = await loadBench(registerFusion, fusionDefinition, {}, store)
    await take(bench)
    deepEqual(store.till.sent('add-evidence'), [])
    await bench.pass(3000)
    equal(store.till.sent('add-evidence')[0]?.evidence[0]?.near?.[0]?.personId, 't-1')
    deepEqual(
      lastOf(bench).lines.map(({ sku }) => sku),
      ['milk'],
    )
  })
})

describe('the basket node', () => {
  it('has the till take a basket down and tells what it made of it', async () => {
    const { give, store, payloads, settle } = await loadBench(registerBasket, basketDefinition)
    const lines = [line('milk', 0.95)]
    await give(attribution(lines, { revision: 4 }))
    deepEqual(store.till.commands, [
      { type: 'set-lines', commandId: 'lines-v-1-4', visitId: 'v-1', revision: 4, final: false, lines },
    ])
    deepEqual(payloads('changes'), [])
    const change = basketChange(lines, { revision: 4 })
    await store.till.tell({ type: 'basket-change', data: change })
    await settle()
    deepEqual(payloads('changes'), [change])
  })

  it('takes no notice of a person without a visit', async () => {
    const { give, store } = await loadBench(registerBasket, basketDefinition)
    await give(attribution([line('milk', 0.95)], { visitId: null }))
    deepEqual(store.till.commands, [])
  })

  it('counts its revisions on after a restart, and does not repeat what the till has', async () => {
    const store = fakeStore()
    const lines = [line('milk', 0.95)]
    store.till.visits = [snapshot({ basket: basketChange(lines, { revision: 40 }) })]
    const { give } = await loadBench(registerBasket, basketDefinition, {}, store)
    await give(attribution(lines, { revision: 1 }))
    deepEqual(store.till.commands, [])
    await give(attribution([...lines, line('beer', 0.6)], { revision: 2 }))
    await give(attribution([...lines, line('beer', 0.6)], { revision: 3, final: true }))
    deepEqual(
      store.till.sent('set-lines').map(({ revision, final }) => [revision, final]),
      [
        [41, false],
        [42, true],
      ],
    )
  })
})

describe('the line rules node', () => {
  const port = ({ payloads }: Bench) => ['charge', 'review', 'let-go'].filter((name) => payloads(name).length > 0)
  const final = (...lines: Parameters<typeof basketChange>[0]) => basketChange(lines, { final: true, revision: 7 })
  const decisionOf = (message: AnyMessage | undefined) => {
    ok(message?.type === 'decision')
    return message
  }

  it('decides a final basket by the policy and says by which', async () => {
    const bench = await loadBench(registerRules, rulesDefinition)
    await bench.give(final(line('milk', 0.95), line('beer', 0.2)))
    deepEqual(port(bench), ['charge'])
    const decision = decisionOf(bench.payloads('charge')[0])
    deepEqual(
      [decision.visitId, decision.basketRevision, decision.lines.map(({ outcome, rule }) => [outcome, rule])],
      [
        'v-1',
        7,
        [
          ['charge', 'charge-from'],
          ['let-go', 'let-go-below'],
        ],
      ],
    )
    ok(/^[0-9a-f]{64}$/.test(decision.policyHash))
  })

  it('sends uncertain lines to review, or lets them go when the policy says so', async () => {
    const bench = await loadBench(registerRules, rulesDefinition)
    await bench.give(final(line('milk', 0.7)))
    deepEqual(port(bench), ['review'])
    await unloadBench()
    const lenient = await loadBench(registerRules, rulesDefinition, { uncertain: 'let-go' })
    await lenient.give(final(line('milk', 0.7)))
    deepEqual(port(lenient), ['let-go'])
  })

  it('waits for the final basket, and decides a visit once', async () => {
    const bench = await loadBench(registerRules, rulesDefinition)
    await bench.give(basketChange([line('milk', 0.95)]))
    await bench.give(visit({ state: 'exited' }))
    deepEqual(port(bench), [])
    await bench.give(final(line('milk', 0.95)))
    await bench.give(final(line('milk', 0.95)))
    await bench.give(visit({ state: 'exited' }))
    await bench.pass(60_000)
    equal(bench.payloads('charge').length, 1)
  })

  it('shows the last basket to a person when the final one does not come after the exit', async () => {
    const bench = await loadBench(registerRules, rulesDefinition)
    await bench.give(basketChange([line('milk', 0.95)], { revision: 3 }))
    await bench.give(visit({ state: 'exited' }))
    await bench.pass(29_999)
    deepEqual(port(bench), [])
    await bench.pass(1)
    const { basketRevision, lines } = decisionOf(bench.payloads('review')[0])
    deepEqual([basketRevision, lines.map(({ rule }) => rule)], [3, ['basket-not-final']])
  })

  it('decides after a restart what ended meanwhile', async () => {
    const store = fakeStore()
    const basket = basketChange([line('milk', 0.95)], { final: true, visitId: 'v-2' })
    store.till.visits = [
      snapshot({ basket: basketChange([line('milk', 0.95)]) }),
      snapshot({ visitId: 'v-2', state: 'deciding', basket }),
      snapshot({ visitId: 'v-3', state: 'exited' }),
    ]
    const bench = await loadBench(registerRules, rulesDefinition, {}, store)
    deepEqual(
      bench
        .payloads('charge')
        .map(decisionOf)
        .map(({ visitId }) => visitId),
      ['v-2'],
    )
    await bench.pass(30_000)
    deepEqual(
      bench
        .payloads('let-go')
        .map(decisionOf)
        .map(({ visitId }) => visitId),
      ['v-3'],
    )
  })
})
