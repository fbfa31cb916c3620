import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import type { AttributedLine } from '../../runtime/contract/messages.ts'
import { decideLines, defaultLineRules, type LineRulesPolicy } from '../../runtime/policy/line-rules.ts'
import type { Product } from '../../runtime/profile/layout.ts'

const product = (sku: string, fields: Partial<Product> = {}): Product => ({
  sku,
  name: sku,
  weightG: 100,
  weightSdG: 1,
  priceMinor: 1500,
  soldBy: 'each',
  ageRestricted: false,
  aliases: [],
  ...fields,
})

const line = (sku: string, probability: number, fields: Partial<AttributedLine> = {}): AttributedLine => ({
  lineId: `line-${sku}`,
  sku,
  quantity: 1,
  probability,
  eventIds: ['e1'],
  alternatives: [],
  notes: [],
  ...fields,
})

const products = new Map(
  [
    product('milk'),
    product('beer', { ageRestricted: true }),
    product('apples', { soldBy: 'weight', priceMinor: 8000 }),
  ].map((item) => [item.sku, item]),
)

const decide = (lines: AttributedLine[], policy: Partial<LineRulesPolicy> = {}) =>
  decideLines(lines, { ...defaultLineRules, ...policy }, { products, isFinal: true })
const outcomes = (lines: AttributedLine[], policy: Partial<LineRulesPolicy> = {}) =>
  decide(lines, policy).lines.map(({ outcome, rule }) => [outcome, rule])

describe('line rules', () => {
  it('charge what is probable enough, let go what is not, and review what lies between', () => {
    deepEqual(outcomes([line('milk', 0.9), line('milk', 0.4999), line('milk', 0.5), line('milk', 0.8999)]), [
      ['charge', 'charge-from'],
      ['let-go', 'let-go-below'],
      ['review', 'uncertain'],
      ['review', 'uncertain'],
    ])
  })

  it('let uncertain lines go when the policy says so', () => {
    deepEqual(outcomes([line('milk', 0.7)], { uncertain: 'let-go' }), [['let-go', 'uncertain']])
  })

  it('review a dear uncertain line even where uncertain lines are let go', () => {
    const policy = { uncertain: 'let-go', dearFromMinor: 3000 } as const
    deepEqual(outcomes([line('milk', 0.7), line('milk', 0.7, { quantity: 2 })], policy), [
      ['let-go', 'uncertain'],
      ['review', 'dear'],
    ])
  })

  it('count what is sold by weight by the kilogram when they ask what is dear', () => {
    const policy = { uncertain: 'let-go', dearFromMinor: 4000 } as const
    deepEqual(outcomes([line('apples', 0.7, { quantity: 499 }), line('apples', 0.7, { quantity: 500 })], policy), [
      ['let-go', 'uncertain'],
      ['review', 'dear'],
    ])
  })

  it('treat age-restricted goods as the policy says', () => {
    const lines = [line('beer', 0.99), line('beer', 0.7)]
    const rulesUnder = (ageRestricted: LineRulesPolicy['ageRestricted']) =>
      outcomes(lines, { ageRestricted, uncertain: 'let-go' }).map(([outcome]) => outcome)
    deepEqual(rulesUnder('as-others'), ['charge', 'let-go'])
    deepEqual(rulesUnder('review-uncertain'), ['charge', 'review'])
    deepEqual(rulesUnder('review-always'), ['review', 'review'])
  })

  it('never charge what rests on a time that no sensor saw', () => {
    const afterGap = line('milk', 0.99, { notes: [{ kind: 'gap', text: 'Offline for a minute.', logOdds: 0 }] })
    deepEqual(outcomes([afterGap]), [['review', 'after-gap']])
    deepEqual(outcomes([afterGap], { afterGap: 'let-go' }), [['let-go', 'after-gap']])
  })

  it('review a product that is not in the catalogue', () => {
    deepEqual(outcomes([line('mystery', 0.99)]), [['review', 'unknown-product']])
  })

  it('decide the visit by its lines', () => {
    equal(decide([]).outcome, 'empty')
    equal(decide([line('milk', 0.1)]).outcome, 'empty')
    equal(decide([line('milk', 0.1), line('milk', 0.95)]).outcome, 'charge')
    equal(decide([line('milk', 0.95), line('milk', 0.7)]).outcome, 'review')
  })
})

const anyLine = fc
  .record({
    sku: fc.constantFrom('milk', 'beer', 'apples', 'mystery'),
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
    quantity: fc.integer({ min: 1, max: 5000 }),
    gap: fc.boolean(),
  })
  .map(({ sku, probability, quantity, gap }) =>
    line(sku, probability, { quantity, notes: gap ? [{ kind: 'gap', text: '', logOdds: 0 }] : [] }),
  )

const anyPolicy: fc.Arbitrary<LineRulesPolicy> = fc.record({
  chargeFrom: fc.double({ min: 0, max: 1, noNaN: true }),
  letGoBelow: fc.double({ min: 0, max: 1, noNaN: true }),
  uncertain: fc.constantFrom('review', 'let-go'),
  dearFromMinor: fc.integer({ min: 0, max: 10_000 }),
  ageRestricted: fc.constantFrom('as-others', 'review-uncertain', 'review-always'),
  afterGap: fc.constantFrom('review', 'let-go'),
})

describe('line rules of two readings of one event', () => {
  const of = (cola: number, zero: number, eventIds = ['e1']) =>
    outcomes([line('milk', cola), line('beer', zero, { eventIds })], { ageRestricted: 'as-others' })

  it('show the less likely one too when the other waits for a person', () => {
    deepEqual(of(0.52, 0.47), [
      ['review', 'uncertain'],
      ['review', 'other-reading'],
    ])
  })

  it('let it go when the other is charged, or it rests on something else, or is hardly likely', () => {
    const letGo = ['let-go', 'let-go-below']
    deepEqual(of(0.95, 0.3)[1], letGo)
    deepEqual(of(0.52, 0.3, ['e1', 'e2'])[1], letGo)
    deepEqual(of(0.52, 0.04)[1], letGo)
  })
})

describe('line rules of something that was taken, and may be one of several products', () => {
  const of = (probabilities: number[], policy: Partial<LineRulesPolicy> = {}) =>
    outcomes(
      probabilities.map((probability, i) => line(['milk', 'apples', 'beer'][i] as string, probability)),
      policy,
    )

  it('show all of them when together they are likely enough', () => {
    deepEqual(of([0.46, 0.06, 0.46]), [
      ['review', 'uncertain'],
      ['review', 'other-reading'],
      ['review', 'other-reading'],
    ])
  })

  it('let them go when most likely it was none, or when uncertain lines are let go', () => {
    const letGo = ['let-go', 'let-go-below']
    deepEqual(of([0.2, 0.06, 0.2]), [letGo, letGo, letGo])
    deepEqual(of([0.46, 0.46], { uncertain: 'let-go' }), [letGo, letGo])
  })
})

describe('line rules of what more there may be of a product', () => {
  const of = (surer: number, more: number) => outcomes([line('milk', surer), line('milk', more, { lineId: 'more' })])

  it('show it with the line that waits for a person', () => {
    deepEqual(of(0.7, 0.3), [
      ['review', 'uncertain'],
      ['review', 'more-of-it'],
    ])
  })

  it('let it go when the line is charged', () => {
    deepEqual(of(0.95, 0.3)[1], ['let-go', 'let-go-below'])
  })
})

describe('line rules of a basket that is not final', () => {
  it('charge nothing: what would be charged goes to review', () => {
    const lines = [line('milk', 0.99), line('milk', 0.4)]
    const { outcome, lines: decided } = decideLines(lines, defaultLineRules, { products, isFinal: false })
    equal(outcome, 'review')
    deepEqual(
      decided.map((one) => [one.outcome, one.rule]),
      [
        ['review', 'basket-not-final'],
        ['let-go', 'let-go-below'],
      ],
    )
  })
})

describe('line rules, whatever the policy', () => {
  it('keep every line, in order and unchanged', () => {
    fc.assert(
      fc.property(fc.array(anyLine), anyPolicy, (lines, policy) => {
        const kept = decideLines(lines, policy, { products, isFinal: true }).lines
        deepEqual(
          kept.map(({ sku, quantity, probability }) => ({ sku, quantity, probability })),
          lines.map(({ sku, quantity, probability }) => ({ sku, quantity, probability })),
        )
      }),
    )
  })

  it('never charge on a guess', () => {
    fc.assert(
      fc.property(anyLine, anyPolicy, (one, policy) => {
        const [decided] = decideLines([one], policy, { products, isFinal: true }).lines
        if (decided?.outcome !== 'charge') return
        ok(one.probability >= policy.chargeFrom && one.probability >= policy.letGoBelow)
        ok(products.has(one.sku) && one.notes.length === 0)
      }),
    )
  })

  it('never turn against the shopper when a line grows less probable', () => {
    const severity = { charge: 2, review: 1, 'let-go': 0 }
    fc.assert(
      fc.property(anyLine, fc.double({ min: 0, max: 1, noNaN: true }), anyPolicy, (one, factor, policy) => {
        const of = (probability: number) =>
          decideLines([{ ...one, probability }], policy, { products, isFinal: true }).lines[0]?.outcome ?? 'let-go'
        ok(severity[of(one.probability * factor)] <= severity[of(one.probability)])
      }),
    )
  })
})
