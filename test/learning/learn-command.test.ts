import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import addLearn from '../../bin/commands/learn.ts'
import { learnDaily } from '../../runtime/console/learn-daily.ts'
import { VirtualClock } from '../../runtime/contract/clock.ts'
import { type AttributedLine, envelope } from '../../runtime/contract/messages.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import { LearnedFolder } from '../../runtime/learning/learned-folder.ts'
import { learnedSource } from '../../runtime/learning/learned-source.ts'
import { decideLines, defaultLineRules } from '../../runtime/policy/line-rules.ts'
import { type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import { createTillClient } from '../../runtime/till-api/till-http-client.ts'
import { aisle } from '../support/aisle-command.ts'
import { edit } from '../support/profile-folder.ts'
import { asSupervised, whereIs } from '../till/support/supervised.ts'
import {
  admit,
  checkOut,
  clock,
  openTestStore,
  registration,
  scanIn,
  startTestTill,
  type TestStore,
  type TestTill,
  tokens,
  visitIn,
} from '../till/support/test-till.ts'
import { waitFor } from '../till/support/wait.ts'

/** Weighs 168 g; its catalogue says a sixth less, so that the true weight is a fifth more. */
const sandwich = { sku: '8801001000146', plate: 'g2-s2-p4', weightG: 168, wrongG: 140 }
/** So many visits a person confirms. */
const visits = 5
/** A careful store: what is less sure than this is a person's to decide. */
const rules = { ...defaultLineRules, chargeFrom: 0.99 }
const startedAtMs = Date.parse('2026-03-01T03:00:00Z')

/** A taking by somebody whose hand was at the plate. */
function taking(eventId: string, person: string, plate: string, deltaG: number): Evidence {
  const settledAtMs = startedAtMs + 900
  return {
    event: {
      ...{ type: 'weight-event', ...envelope('corner-shop', 1, settledAtMs + 300, startedAtMs) },
      ...{ eventId, revision: 0, fixture: plate.slice(0, 2), plates: [{ plate, deltaG }], kind: 'removed' },
      ...{ startedAtMs, settledAtMs, deltaG, sigmaG: 1 },
      evidence: { noiseG: 0.6, swingG: 0, samples: 40 },
    },
    near: [{ personId: person, handM: 0.01, headM: 0.5, seen: 1 }],
    sighted: [],
  }
}

describe('aisle learn', () => {
  let store: TestStore
  let till: TestTill
  let loaded: LoadedStore
  let folder: LearnedFolder

  before(async () => {
    store = await openTestStore()
    await edit(store.profileDirectory, 'catalogue.json', (catalogue) => {
      const { products } = catalogue as unknown as { products: { sku: string; weightG: number }[] }
      for (const product of products) if (product.sku === sandwich.sku) product.weightG = sandwich.wrongG
    })
    loaded = await loadStore(store.profileDirectory)
    till = await startTestTill(store)
    folder = new LearnedFolder(await asSupervised(store, till), loaded.layout.storeId)
    for (let i = 1; i <= visits; i++) await shopAndReview(i)
  })
  after(async () => {
    await till.stop()
    await store.stop()
  })

  /** What fusion, as it would start now, says of somebody who took this and left. */
  function linesOf(evidence: Evidence): AttributedLine[] {
    const learned = learnedSource(folder, loaded.layout).current().goods
    const fusion = new Fusion({ ...loaded.layout, learned })
    const person = evidence.near?.[0]?.personId as string
    const visit = { type: 'visit' as const, ...envelope('corner-shop', 1, startedAtMs), visitId: `of-${person}` }
    const who = { gate: 'gate', personIds: [person], role: 'shopper' as const }
    fusion.observeVisit({ ...visit, ...who, state: 'opened' })
    fusion.addEvidence(evidence)
    fusion.observeVisit({ ...visit, ...who, state: 'exited' })
    return fusion.finish(visit.visitId).flatMap(({ lines }) => lines)
  }

  const products = () => new Map(loaded.layout.products.map((product) => [product.sku, product]))
  const decide = (lines: AttributedLine[]) => decideLines(lines, rules, { products: products(), isFinal: true }).lines

  /** Somebody takes a sandwich; the rules want a person's look, who says that it was one. */
  async function shopAndReview(i: number): Promise<void> {
    const [account, person] = [`shopper-${i}`, `track-${i}`]
    const off = [0.4, -0.6, 0.9, -0.2, 0.1][i - 1] ?? 0
    const evidence = taking(`event-${i}`, person, sandwich.plate, -(sandwich.weightG + off))
    const flows = till.client('flows')
    await till.client('accounts').send(registration(account))
    const visitId = await admit(till, (await scanIn(till, store, account)).scanId)
    await flows.send({ type: 'bind-visit', commandId: `bind-${i}`, visitId, personIds: [person] })
    await flows.send({ type: 'add-evidence', commandId: `evidence-${i}`, evidence: [evidence] })
    const lines = linesOf(evidence)
    const decided = new Map(decide(lines).map((line) => [line.lineId, line]))
    const reviewed = [...decided.values()].filter(({ outcome }) => outcome === 'review')
    assert.ok(
      reviewed.some(({ sku }) => sku === sandwich.sku),
      'the wrong weight makes it uncertain',
    )
    await checkOut(flows, visitId, lines, (line) => decided.get(line.lineId) as never)
    await visitIn(till, visitId, 'review')
    for (const { lineId, sku } of reviewed) {
      const outcome = sku === sandwich.sku ? ('charge' as const) : ('let-go' as const)
      const decision = { visitId, lineId, outcome, decidedBy: 'staff' }
      await till.client('console').send({ type: 'resolve-review', commandId: `review-${lineId}`, ...decision })
    }
    await visitIn(till, visitId, 'paid')
  }

  const aisleLearn = (...args: string[]) => aisle(addLearn, 'learn', ...args, ...whereIs(store))

  const again = taking('event-later', 'track-later', sandwich.plate, -sandwich.weightG)
  /** One of each other product, from its own plate. */
  const others = () =>
    loaded.catalogue.products
      .filter(({ sku }) => sku !== sandwich.sku)
      .map(({ sku, weightG }) => {
        const plate = loaded.planogram.entries.find((entry) => entry.sku === sku)?.plates[0] as string
        return taking(`event-${sku}`, `track-${sku}`, plate, -(weightG as number))
      })
  const answers = () => JSON.stringify([linesOf(again), ...others().map(linesOf)])

  it('happens every day by itself where the store wants that', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'open-aisle-learned-'))
    const notices: string[] = []
    const learning = learnDaily({
      till: createTillClient({ url: till.url, token: tokens.console, clock }),
      ...{ layout: loaded.layout, dataDirectory, clock: new VirtualClock(), log: pino({ level: 'silent' }) },
      notice: (text) => notices.push(text),
    })
    try {
      await waitFor('the first version', () => notices.length > 0)
      assert.deepEqual(notices, ['Learned other weights than before: Egg sandwich.'])
      const { content } = new LearnedFolder(dataDirectory, loaded.layout.storeId).inForce()
      assert.deepEqual(
        content.products.map(({ sku }) => sku),
        [sandwich.sku],
      )
    } finally {
      await learning.stop()
      await rm(dataDirectory, { recursive: true })
    }
  })

  it('corrects a catalogue weight that is wrong by a fifth, changes no other product, and goes back by one command', async () => {
    const before = answers()
    const othersBefore = JSON.stringify(others().map(linesOf))

    const text = await aisleLearn()
    assert.match(
      text,
      /^Visits that ended since: 5\. Lines that a person confirmed: 5, corrected: 0; given back: 0\.\n/,
    )
    assert.match(text, /\nEgg sandwich \(8801001000146\): 140 g -> 168\.\d g \(\+20\.\d %\), spread /)
    assert.match(text, /In 5 visits a person said that it was this product; a piece weighed 167\.4 to 168\.9 g\./)
    assert.match(text, /Version 1 holds now/)

    const [line, ...more] = decide(linesOf(again))
    assert.deepEqual([line?.sku, line?.quantity, line?.outcome, more], [sandwich.sku, 1, 'charge', []])
    const { goods } = learnedSource(folder, loaded.layout).current()
    assert.deepEqual([...goods.weights.keys()], [sandwich.sku])
    assert.equal(JSON.stringify(others().map(linesOf)), othersBefore)

    assert.match(await aisleLearn('--back'), /168\.\d g -> 140 g by the catalogue\nVersion 2 holds now\./)
    assert.equal(answers(), before)
    assert.match(await aisleLearn(), /There is nothing new/)
  })

  it('shows every version, and learns anew what was gone back from only when it is told to', async () => {
    const history = (await aisleLearn('--history')).split('\n')
    assert.equal(history.length, 2)
    assert.match(
      history[0] as string,
      /^1 .* learned, held; before it the catalogue; 5 confirmed, .*; weights learned: 1$/,
    )
    assert.match(history[1] as string, /^2 .* gone back to, holds; .*; weights learned: 0$/)
    assert.match(await aisleLearn('--anew'), /Egg sandwich .* 168\.\d g .*\n(.*\n)*Version 3 holds now/)
  })

  it('takes back what a refund says was no such thing', async () => {
    const { visits: ended } = await till.client('console').state()
    const paid = ended.filter(({ state }) => state === 'paid').slice(0, 3)
    for (const { visitId, decision } of paid) {
      const lineId = decision?.lines.find(({ outcome }) => outcome === 'charge')?.lineId as string
      const order = { visitId, lineId, reason: 'not mine', decidedBy: 'staff' }
      await till.client('console').send({ type: 'refund-line', commandId: `refund-${visitId}`, ...order })
    }
    assert.match(await aisleLearn(), /168\.\d g -> 140 g .*\n {2}What had been confirmed was given back/)
  })
})
