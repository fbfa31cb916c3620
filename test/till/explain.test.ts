import assert from 'node:assert/strict'
import addExplain from '../../bin/commands/explain.ts'
import { coursePlot } from '../../bin/explain/course-plot.ts'
import type { VisitExplanation } from '../../bin/explain/explanation.ts'
import { lineDecision } from '../../bin/explain/line-rule-words.ts'
import { distanceLine, percent, probabilityBar } from '../../bin/explain/plots.ts'
import { AisleError } from '../../runtime/contract/errors.ts'
import { type AttributedLine, envelope } from '../../runtime/contract/messages.ts'
import { decideLines, defaultLineRules } from '../../runtime/policy/line-rules.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import { aisle } from '../support/aisle-command.ts'
import { asSupervised, whereIs } from './support/supervised.ts'
import {
  admit,
  checkOut,
  cola,
  decisionOn,
  gum,
  lineOf,
  openTestStore,
  registration,
  scanIn,
  startTestTill,
  type TestStore,
  type TestTill,
  visitIn,
} from './support/test-till.ts'

const startedAtMs = Date.parse('2026-03-01T03:04:05.600Z')
const hers = 'track-of-anna'
const others = 'track-of-somebody'

function taken(eventId: string, near: Evidence['near'], revision = 0): Evidence {
  const deltaG = -515.2
  return {
    event: {
      ...{ type: 'weight-event', ...envelope('corner-shop', 1, startedAtMs), receivedAtMs: startedAtMs + 1200 },
      ...{ eventId, revision, fixture: 'g1', plates: [{ plate: 'g1-s1-p2', deltaG }], kind: 'removed' },
      ...{ startedAtMs, settledAtMs: startedAtMs + 900, deltaG, sigmaG: 1.3 },
      evidence: { noiseG: 1, swingG: 0, samples: 40 },
    },
    near,
    sighted: near ? [{ personId: hers, sku: cola.sku, probability: 0.87 }] : [],
  }
}

const near = [
  { personId: hers, handM: 0.05, headM: 0.6, seen: 1 },
  { personId: others, handM: null, headM: 1.5, seen: 0.5 },
]

const colaLine: AttributedLine = {
  ...lineOf(cola.sku, 1),
  probability: 0.97,
  eventIds: ['event-1', 'event-lost'],
  alternatives: [{ text: 'Somebody else took it', probability: 0.03 }],
  notes: [
    { kind: 'hand', text: 'The nearest hand was 5 cm away.', logOdds: -0.85, eventId: 'event-1' },
    { kind: 'weight', text: 'The shelf lost 515.2 g.', logOdds: 3.48, eventId: 'event-1' },
    { kind: 'planogram', text: 'The product belongs to this place.', logOdds: -0.01, eventId: 'event-1' },
  ],
}

describe('aisle explain', () => {
  let store: TestStore
  let till: TestTill
  let visitId: string

  before(async () => {
    store = await openTestStore()
    till = await startTestTill(store)
    await asSupervised(store, till)

    const journal = (commandId: string, ...evidence: Evidence[]) =>
      till.client('flows').send({ type: 'add-evidence', commandId, evidence })
    await till.client('accounts').send(registration('anna'))
    await journal('before', taken('event-0', near))
    visitId = await admit(till, (await scanIn(till, store, 'anna')).scanId)
    await till.client('flows').send({ type: 'bind-visit', commandId: 'bind', visitId, personIds: [hers] })
    await journal('first', taken('event-1', null, 1), taken('event-2', near))
    await journal('summary', taken('event-1', near, 1), taken('event-1', near.slice(1)))
    const unsure = { ...lineOf(gum.sku, 2), probability: 0.3, eventIds: [] }
    await checkOut(till.client('flows'), visitId, [colaLine, unsure], (line) =>
      line === unsure
        ? { ...decisionOn(line, 'let-go'), rule: 'let-go-below' }
        : { ...decisionOn(line), rule: 'charge-from' },
    )
    await visitIn(till, visitId, 'paid')
  })
  after(async () => {
    await till.stop()
    await store.stop()
  })

  const explain = (...args: string[]) => aisle(addExplain, 'explain', ...args, ...whereIs(store))

  it('says how the visit ended, and of each line what the rules did with it, in the words of the rule', async () => {
    const text = await explain(visitId)
    assert.match(text, new RegExp(`^Visit ${visitId}: paid, ₩2,100\n`))
    assert.match(text, /\n1 × .*, ₩2,100: very likely \(97 %\)\n {2}Line rules: Charge, by the rule "charge-from"\.\n/)
    assert.match(text, /Charge from: A line at least this probable/)
    assert.match(text, /\n2 × .*: unsure \(30 %\)\n {2}Line rules: Let go, by the rule "let-go-below"\.\n/)
  })

  it('says how far each piece of evidence moved the line, strongest first, and what else it may have been', async () => {
    const text = await explain(visitId)
    assert.match(
      text,
      /\+ \[ {10}\|######### \] {5}97 % {2}weight, event 1: The shelf lost 515\.2 g\.\n +- \[ {6}####\|/,
    )
    assert.match(text, /\[ {6}####\| {10}\] {5}30 % {2}hand, event 1: The nearest hand was 5 cm away\./)
    assert.match(text, /\n {6}\[ {10}\| {10}\] {5}50 % {2}planogram, event 1: /)
    assert.match(text, /Or else:\n {4}3 %: Somebody else took it\n/)
  })

  it('shows what was seen of each event: how much where, how near who was, and when', async () => {
    const text = await explain(visitId)
    assert.match(text, /\nEvent 1: 515\.2 g \(give or take 1\.3 g\) taken from the shelf\n/)
    assert.match(text, /-515\.2 g at g1, shelf 1 from below, place 2 from the left \(.+\)\n/)
    // The shop's own time.
    assert.match(text, /12:04:05\.6 the weight began to move -> \+0\.9 s at rest -> \+1\.2 s told/)
    assert.match(text, /\n {2}A \(this visit\) \|\.h\.{10}O\.+ {2}hand 0\.05, head 0\.60, seen 100 % of the time\n/)
    assert.match(text, /\n {2}B {14}\|\.{30}O\.+ {2}no hand seen, head 1\.50, seen 50 % of the time\n/)
    assert.match(text, /\n {2}What cameras saw in the hand of A: .* \(87 %\)\n/)
    assert.match(text, /nothing of: event-lost\.$/)
  })

  it('tells the same as data, each event as it was counted, and nobody by name', async () => {
    const told = await explain(visitId, '--json')
    const data = JSON.parse(told) as VisitExplanation
    assert.deepEqual(
      data.events.map(({ eventId, people }) => [eventId, people?.map(({ person, own }) => [person, own])]),
      [
        [
          'event-1',
          [
            ['A', true],
            ['B', false],
          ],
        ],
      ],
    )
    assert.deepEqual([data.ownPeople, data.eventsNotFound], [['A'], ['event-lost']])
    assert.deepEqual(
      data.lines[0]?.evidence.map(({ kind }) => kind),
      ['weight', 'hand', 'planogram'],
    )
    for (const secret of ['anna', 'track']) {
      assert.ok(!told.includes(secret))
      assert.ok(!(await explain(visitId)).includes(secret))
    }
  })

  it('tells whoever mistyped a visit which there are', async () => {
    await assert.rejects(explain('visit-of-nobody'), (error) => {
      assert.ok(error instanceof AisleError)
      assert.equal(error.code, 'visit-unknown')
      assert.match(error.sentence, new RegExp(`visit-of-nobody.*${visitId}`))
      return true
    })
  })
})

describe('the words and plots of an explanation', () => {
  it('know every rule that the line rules decide by', () => {
    const products = new Map(
      [false, true].map((ageRestricted) => {
        const sku = ageRestricted ? 'beer' : 'tea'
        const product = { sku, name: sku, weightG: 1, weightSdG: 1, priceMinor: 1000, soldBy: 'each' as const }
        return [sku, { ...product, ageRestricted, aliases: [] }]
      }),
    )
    const lines = ['tea', 'beer', 'unknown'].flatMap((sku) =>
      [0.1, 0.7, 0.99].flatMap((probability) => {
        const line = { ...lineOf(sku, 1), probability }
        return [line, { ...line, notes: [{ kind: 'gap' as const, text: '', logOdds: 0 }] }]
      }),
    )
    const decided = [0, 500].flatMap((dearFromMinor) =>
      [false, true].flatMap(
        (isFinal) => decideLines(lines, { ...defaultLineRules, dearFromMinor }, { products, isFinal }).lines,
      ),
    )
    for (const line of decided) assert.ok(lineDecision(line).ruleWords, line.rule)
    assert.equal(lineDecision({ ...decisionOn(lineOf('tea', 1)), rule: 'toString' }).ruleWords, null)
  })

  it('draw even odds as nothing, and promise no certainty', () => {
    assert.equal(probabilityBar(0.5), `[${' '.repeat(10)}|${' '.repeat(10)}]`)
    assert.equal(probabilityBar(1), `[${' '.repeat(10)}|${'#'.repeat(10)}]`)
    assert.equal(probabilityBar(0), `[${'#'.repeat(10)}|${' '.repeat(10)}]`)
    assert.deepEqual([1, 0.996, 0.97, 0].map(percent), ['> 99.9 %', '99.6 %', '97 %', '< 0.1 %'])
  })

  it('draw how the weight and the hands went on one axis of time, and nothing where nothing was kept', () => {
    const weight = { fromMs: 0, stepMs: 500, values: [0, 0, null, -515] }
    const hands = [{ person: 'A', own: true, fromMs: 0, stepMs: 500, values: [90, 3, 15, null] }]
    const rows = coursePlot({ weight, hands }, 1000)
    assert.deepEqual(rows, [
      '  How it went, over 2.0 s; ^ is where the weight began to move:',
      `        0 g |${'*'.repeat(30)}`,
      '            |',
      '            |',
      '            |',
      `     -515 g |${' '.repeat(45)}${'*'.repeat(15)}`,
      `  hand of A |${'.'.repeat(15)}${'#'.repeat(15)}${'+'.repeat(15)}${' '.repeat(15)}`,
      `${' '.repeat(43)}^`,
      `${' '.repeat(13)}Hands: # up to 5 cm, + up to 20 cm, - up to 50 cm, . up to 100 cm.`,
    ])
    assert.deepEqual(coursePlot({ weight: null, hands: [] }, 1000), [])
  })

  it('keep whoever is farther than the plot reaches at its end', () => {
    assert.match(distanceLine({ handM: 9, headM: 0 }), /^\|O\.{59}h$/)
  })
})
