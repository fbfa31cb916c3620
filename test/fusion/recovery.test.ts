import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Attribution } from '../../runtime/contract/messages.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import { FusionMemory } from '../../runtime/fusion/fusion-memory.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import { evidence, smallStore, visit } from './small-store.ts'

const endMs = 200_000

/** What the till's journal holds: visits as they open and end, and evidence in the order in which it was told. */
type Entry = { evidence: Evidence } | { left: string }

const visits: Record<string, string> = { 'visit-1': 'anna', 'visit-2': 'ben', 'visit-3': 'carl' }

/** Everything as it happened, and what was said last of each basket in the end. */
function answers(journal: readonly Entry[], cutAt?: number): string {
  const finals = new Map<string, Attribution>()
  const opened = (left: ReadonlySet<string>) => {
    const fusion = new Fusion(smallStore)
    for (const [visitId, person] of Object.entries(visits)) {
      if (!left.has(visitId)) fusion.observeVisit(visit(visitId, [person]))
    }
    return fusion
  }
  const end = (fusion: Fusion, visitId: string, atMs: number) => {
    fusion.observeVisit(visit(visitId, [], { state: 'exited', seenAtMs: atMs }))
    for (const final of fusion.finish(visitId)) finals.set(visitId, final)
  }
  let fusion = opened(new Set())
  journal.forEach((entry, i) => {
    if (i === cutAt) fusion = recovered(journal.slice(0, i), opened)
    if ('evidence' in entry) fusion.addEvidence(entry.evidence)
    else end(fusion, entry.left, 1000 * i)
  })
  for (const visitId of Object.keys(visits)) if (!finals.has(visitId)) end(fusion, visitId, endMs)
  return JSON.stringify([...finals].sort().map(([visitId, { lines }]) => [visitId, lines]))
}

/** As the fusion node starts: visits that are still open, then all that was journalled, in its order. */
function recovered(told: readonly Entry[], opened: (left: ReadonlySet<string>) => Fusion): Fusion {
  const fusion = opened(new Set(told.flatMap((entry) => ('left' in entry ? [entry.left] : []))))
  for (const entry of told) {
    if ('evidence' in entry) fusion.addEvidence(entry.evidence)
    else fusion.recoverEnd(entry.left, [visits[entry.left] as string])
  }
  return fusion
}

const piecesG = { a: 500, b: 300, c: 400, d: 60, e: 120, f: 120 }

const happenings = fc.array(
  fc.record({
    plate: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    who: fc.constantFrom('anna', 'ben', 'carl'),
    isPutBack: fc.boolean(),
    offG: fc.integer({ min: -4, max: 4 }),
    told: fc.constantFrom('once', 'first without persons', 'revised', 'withdrawn'),
  }),
  { minLength: 1, maxLength: 10 },
)

function journalOf(happened: typeof happenings extends fc.Arbitrary<infer T> ? T : never, leaves: number): Entry[] {
  const told = happened.flatMap(({ plate, who, isPutBack, offG, told }, i): Entry[] => {
    const changes = { [plate]: (isPutBack ? 1 : -1) * (piecesG[plate as keyof typeof piecesG] + offG) }
    const one = evidence(`e${i}`, 10 + 4 * i, changes, { hands: { [who]: 0.01 } })
    const revised = (kind: Evidence['event']['kind']) => ({ ...one, event: { ...one.event, revision: 1, kind } })
    if (told === 'first without persons') return [{ evidence: { ...one, near: null, sighted: [] } }, { evidence: one }]
    if (told === 'revised') return [{ evidence: one }, { evidence: revised(one.event.kind) }]
    if (told === 'withdrawn') return [{ evidence: one }, { evidence: revised('withdrawn') }]
    return [{ evidence: one }]
  })
  // One who leaves after everything of theirs was told.
  const last = told.findLastIndex((entry) => 'evidence' in entry && entry.evidence.near?.[0]?.personId === 'carl')
  return told.toSpliced(Math.max(last + 1, Math.min(leaves, told.length)), 0, { left: 'visit-3' })
}

describe('a fusion that was killed', () => {
  it('comes to the same answers from the journal, byte for byte, wherever it was cut', () => {
    fc.assert(
      fc.property(happenings, fc.nat(20), (happened, leaves) => {
        const journal = journalOf(happened, leaves)
        const expected = answers(journal)
        for (let cutAt = 0; cutAt < journal.length; cutAt++) assert.equal(answers(journal, cutAt), expected)
      }),
      { numRuns: 25 },
    )
  })

  it('counts nothing twice of somebody who had left before the next put something back', () => {
    const take = evidence('e0', 10, { a: -500 }, { hands: { carl: 0.01 } })
    const putBack = evidence('e1', 14, { a: 500 }, { hands: { anna: 0.01 } })
    const again = evidence('e2', 18, { a: -500 }, { hands: { anna: 0.01 } })
    const journal: Entry[] = [{ evidence: take }, { left: 'visit-3' }, { evidence: putBack }, { evidence: again }]
    for (const cutAt of [2, 3]) assert.equal(answers(journal, cutAt), answers(journal))
  })

  it('learns again, or goes on knowing, what lies where, as others took it before', () => {
    const twins = {
      ...smallStore,
      planogram: [
        ...smallStore.planogram.filter(({ sku }) => sku !== 'mate' && sku !== 'soap'),
        { sku: 'mate', plates: ['f'] },
      ],
    }
    const taking = (i: number) => {
      const person = `person-${i}`
      const sighted = [{ personId: person, sku: 'mate', probability: 0.98 }]
      return evidence(`e${i}`, 10 * i, { c: -400 }, { hands: { [person]: 0.01 }, sighted })
    }
    const recalling = new Fusion(twins)
    recalling.recall([1, 2, 3].map(taking))
    const memory = new FusionMemory()
    const before = new Fusion(twins, {}, memory)
    for (const i of [1, 2, 3]) before.addEvidence(taking(i))
    before.close()
    for (const fusion of [recalling, new Fusion(twins, {}, memory)]) {
      fusion.observeVisit(visit('visit-4', ['person-4']))
      const [basket] = fusion.addEvidence(taking(4))
      const mate = basket?.lines.find(({ sku }) => sku === 'mate')
      assert.ok((mate?.probability ?? 0) > 0.9, `mate ${mate?.probability}`)
    }
  })
})

describe('what is told of the shelves', () => {
  const anna = { hands: { anna: 0.01 } }

  it('is taken back when weighing takes the event back', () => {
    const fusion = new Fusion(smallStore)
    fusion.addEvidence(evidence('e1', 10, { a: -501 }, anna))
    fusion.addEvidence(evidence('e2', 20, { e: 501 }, anna))
    const [told] = fusion.addEvidence(evidence('e2', 20, { e: 0 }, { ...anna, kind: 'withdrawn', revision: 1 }))
    assert.deepEqual(told?.shelf, [{ plate: 'e', sku: 'cola', quantity: 0, misplaced: true, eventId: 'e2' }])
  })

  it('is one move when two took one each of a product', () => {
    const fusion = new Fusion(smallStore)
    const told = fusion.addEvidence(evidence('e1', 10, { d: -120 }, { hands: { anna: 0.01, ben: 0.01 } }))
    const moves = told.flatMap(({ shelf }) => shelf)
    assert.deepEqual(moves, [{ plate: 'd', sku: 'crisps', quantity: -2, misplaced: false, eventId: 'e1' }])
  })
})
