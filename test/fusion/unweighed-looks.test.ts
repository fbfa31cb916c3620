import assert from 'node:assert/strict'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'
import { evidence, people, smallStore, visit } from './small-store.ts'

const hand: [number, number, number] = [1.05, 1.9, 1.2]

/** Anna stands at the shelf for ten seconds; at 5 s a camera sees this in her hand. */
function lookedAt(sku: string, before: Evidence[] = [], holder = 'anna'): { fusion: Fusion; told: Evidence[] } {
  const fusion = new Fusion(smallStore)
  for (const personId of ['anna', 'ben']) fusion.observeVisit(visit(`visit-${personId}`, [personId]))
  for (const one of before) fusion.addEvidence(one)
  const told: Evidence[] = []
  for (let atMs = 0; atMs <= 11_000; atMs += 100) {
    fusion.observePeople(people(atMs, { [holder]: { head: [1.05, 1.6], hand } }))
    if (atMs === 5000) {
      fusion.observeSighting({
        ...{ type: 'sighting', version: 1, storeId: 'small', sequence: 1, seenAtMs: atMs, receivedAtMs: atMs },
        ...{ camera: 'one', positionM: hand, candidates: [{ sku, probability: 0.97 }] },
      })
    }
    told.push(...fusion.advance(atMs))
  }
  return { fusion, told }
}

const lineOf = (fusion: Fusion, told: Evidence[], sku: string) =>
  told
    .flatMap((one) => fusion.addEvidence(one))
    .flatMap(({ lines }) => lines)
    .find((line) => line.sku === sku)

describe('goods in a hand that no plate told of', () => {
  it('are told as evidence by themselves, and shown to a person, but not charged', () => {
    const { fusion, told } = lookedAt('cola')
    assert.deepEqual(
      told.map(({ event, near }) => [event.kind, event.deltaG, near?.[0]?.personId]),
      [['looked', 0, 'anna']],
    )
    const line = lineOf(fusion, told, 'cola')
    assert.ok(line && line.probability > 0.5 && line.probability < 0.9, JSON.stringify(line))
    assert.match(line.notes[0]?.text ?? '', /no plate told/)
  })

  it('are what their holder took before, where a plate told of that', () => {
    const { fusion, told } = lookedAt('cola', [evidence('e1', -20, { a: -500 }, { hands: { anna: 0 } })])
    assert.equal(lineOf(fusion, told, 'cola'), undefined, 'the basket is as it was')
  })

  it('may have been handed over by whoever took the same', () => {
    const { fusion, told } = lookedAt('cola', [evidence('e1', -20, { a: -500 }, { hands: { ben: 0 } })])
    assert.ok((lineOf(fusion, told, 'cola')?.probability ?? 0) < 0.5)
  })

  it('are forgotten with the visit', () => {
    const { fusion, told } = lookedAt('cola')
    for (const one of told) fusion.addEvidence(one)
    fusion.observeVisit(visit('visit-anna', ['anna'], { state: 'exited', seenAtMs: 12_000 }))
    assert.equal(fusion.finish('visit-anna')[0]?.lines[0]?.sku, 'cola')
    assert.deepEqual(fusion.addEvidence(evidence('e9', 60, { d: -60 }, { hands: { ben: 0 } }))[0]?.personId, 'ben')
  })
})

describe('a hidden wrist', () => {
  const event = (anna: object, ben: object): Evidence => {
    const one = evidence('e1', 10, { a: -500 }, { hands: { anna: 0.4, ben: 0.15 } })
    const near = (one.near ?? []).map((person) => ({ ...person, ...(person.personId === 'anna' ? anna : ben) }))
    return { ...one, near }
  }
  const probabilities = (one: Evidence) => {
    const fusion = new Fusion(smallStore)
    const told = fusion.addEvidence(one)
    return Object.fromEntries(told.map(({ personId, lines }) => [personId, lines[0]?.probability ?? 0]))
  }

  it('is the one that took when the other hands were all seen somewhere else', () => {
    const found = probabilities(event({ wristHidden: 1 }, {}))
    assert.ok((found.anna ?? 0) > 0.9, JSON.stringify(found))
  })

  it('says nothing when it is lost for a moment', () => {
    const found = probabilities(event({ wristHidden: 0.3 }, { wristHidden: 0.3 }))
    assert.ok((found.anna ?? 0) < 0.6, JSON.stringify(found))
  })
})
