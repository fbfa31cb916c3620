import assert from 'node:assert/strict'
import { envelope, type GatePass } from '../../runtime/contract/messages.ts'
import { PersonTracker } from '../../runtime/people/person-tracker.ts'
import { VisitBinding, type VisitStep } from '../../runtime/people/visit-binding.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { people, smallStore } from '../fusion/small-store.ts'

const gatePlace = { head: [4.5, 0.5] as [number, number] }
const inside = { head: [2, 2] as [number, number] }

function snapshot(visitId: string, change: Partial<VisitSnapshot> = {}): VisitSnapshot {
  return {
    ...{ visitId, accountId: null, role: 'shopper', party: 1, state: 'admitted', gate: 'gate', openedAtMs: 0 },
    ...{
      enteredAtMs: null,
      exitedAtMs: null,
      personIds: [],
      basket: null,
      decision: null,
      payment: null,
      receipt: null,
    },
    ...change,
  }
}

function pass(direction: 'in' | 'out', atMs: number, visitId: string | null = null): GatePass {
  return { type: 'gate-pass', ...envelope('small', 0, atMs), passId: `p${atMs}`, gate: 'gate', direction, visitId }
}

/** A store with a tracker before its binding, as the visit node has it. */
function store() {
  const tracker = new PersonTracker(smallStore)
  const binding = new VisitBinding(smallStore)
  const see = (atMs: number, seen: Parameters<typeof people>[1]) =>
    binding.onPeople(tracker.observe(people(atMs, seen)))
  return { binding, see }
}

const short = (steps: VisitStep[]) => steps.map(({ step, visitId, personIds }) => [step, visitId, ...personIds])

describe('binding visits to persons', () => {
  it('binds whoever stands in the gate when it sees somebody walk in', () => {
    const { binding, see } = store()
    see(0, { old: inside })
    binding.onVisit(snapshot('v1'))
    see(900, { old: inside, anna: gatePlace })
    assert.deepEqual(short(binding.onPass(pass('in', 1000, 'v1'))), [['bind', 'v1', 'anna']])
  })

  it('waits for the vision when the gate is faster', () => {
    const { binding, see } = store()
    binding.onVisit(snapshot('v1'))
    assert.deepEqual(binding.onPass(pass('in', 1000, 'v1')), [])
    assert.deepEqual(short(see(1300, { anna: gatePlace })), [['bind', 'v1', 'anna']])
  })

  it('binds everybody of a party, and ends the visit when the last of them has left', () => {
    const { binding, see } = store()
    binding.onVisit(snapshot('v1', { party: 2 }))
    see(900, { anna: gatePlace })
    binding.onPass(pass('in', 1000, 'v1'))
    see(1900, { anna: inside, ben: gatePlace })
    assert.deepEqual(short(binding.onPass(pass('in', 2000, 'v1'))), [['bind', 'v1', 'anna', 'ben']])
    see(20_000, { anna: gatePlace, ben: inside })
    binding.onPass(pass('out', 20_100))
    assert.deepEqual(see(20_300, { ben: inside }), [])
    see(29_900, { ben: gatePlace })
    binding.onPass(pass('out', 30_000))
    assert.deepEqual(short(see(30_200, {})), [['exit', 'v1', 'anna', 'ben']])
  })

  it('keeps a visit open whose person the tracker loses inside', () => {
    const { binding, see } = store()
    binding.onVisit(snapshot('v1', { state: 'open', personIds: ['anna'] }))
    see(1000, { anna: inside })
    for (let atMs = 1100; atMs < 20_000; atMs += 100) assert.deepEqual(see(atMs, {}), [])
  })

  it('does not let go somebody who only queues at the gate while another leaves', () => {
    const { binding, see } = store()
    binding.onVisit(snapshot('v1', { state: 'open', personIds: ['anna'] }))
    binding.onVisit(snapshot('v2', { state: 'open', personIds: ['ben'] }))
    see(1000, { anna: gatePlace, ben: gatePlace })
    binding.onPass(pass('out', 1100))
    assert.deepEqual(short(see(1300, { ben: gatePlace })), [['exit', 'v1', 'anna']])
    for (let atMs = 1400; atMs < 6000; atMs += 100) assert.deepEqual(see(atMs, { ben: gatePlace }), [])
  })
})
