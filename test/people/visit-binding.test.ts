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

/** Watches a door all the time; `seen` are those whom it sees, and where. */
function door(...visits: VisitSnapshot[]) {
  const { binding, see } = store()
  for (const visit of visits) binding.onVisit(visit)
  let nowMs = 0
  return {
    until(untilMs: number, seen: Parameters<typeof people>[1]) {
      const steps: VisitStep[] = []
      for (; nowMs < untilMs; nowMs += 200) steps.push(...see(nowMs, seen))
      return short(steps)
    },
    /** The gate counts somebody of this visit now. */
    counts: (visitId: string) => short(binding.onPass(pass('in', nowMs, visitId))),
  }
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

  it('binds nobody who was in the store before: they may be leaving while their own visit is not known', () => {
    const { binding, see } = store()
    for (let atMs = 0; atMs < 5000; atMs += 500) see(atMs, { stranger: inside })
    binding.onVisit(snapshot('v2'))
    see(5000, { stranger: gatePlace })
    assert.deepEqual(binding.onPass(pass('in', 5100, 'v2')), [])
    assert.deepEqual(short(see(5400, { stranger: gatePlace, ben: gatePlace })), [['bind', 'v2', 'ben']])
  })

  it('binds nobody who was at the gate when it began to watch, while another visit has no person yet', () => {
    const { binding, see } = store()
    binding.onVisit(snapshot('v1', { state: 'open', enteredAtMs: 0 }))
    binding.onVisit(snapshot('v2'))
    see(5000, { stranger: gatePlace })
    assert.deepEqual(binding.onPass(pass('in', 5100, 'v2')), [])
    assert.deepEqual(short(see(5400, { stranger: gatePlace, ben: gatePlace })), [['bind', 'v2', 'ben']])
  })

  it('binds nobody who came up unseen, between two frames far apart, while another visit has no person yet', () => {
    const { binding, see } = store()
    binding.onVisit(snapshot('v1', { state: 'open', enteredAtMs: 0 }))
    binding.onVisit(snapshot('v2'))
    see(1000, {})
    see(5000, { stranger: gatePlace })
    assert.deepEqual(binding.onPass(pass('in', 5100, 'v2')), [])
  })

  it('remembers who was inside while they are hidden', () => {
    const { binding, see } = store()
    binding.onVisit(snapshot('v2'))
    for (let atMs = 0; atMs < 3000; atMs += 500) see(atMs, { stranger: inside })
    see(3000, {})
    see(3500, { stranger: gatePlace })
    assert.deepEqual(binding.onPass(pass('in', 5100, 'v2')), [])
  })

  it('binds nobody by a pass of which nobody knows when it was', () => {
    const { binding, see } = store()
    binding.onVisit(snapshot('v1'))
    see(0, {})
    see(900, { anna: gatePlace })
    assert.deepEqual(binding.onPass({ ...pass('in', 1000, 'v1'), late: true }), [])
    assert.deepEqual(see(1300, { anna: gatePlace }), [])
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

  /** Of a party of `party` one is counted at 0.6 s; at 25 s somebody tall comes in whom the gate does not count. */
  function uncounted(party: number, others: VisitSnapshot[] = []) {
    const { until, counts } = door(snapshot('v', { party }), ...others)
    until(400, {})
    until(600, { anna: gatePlace })
    counts('v')
    until(25_000, { anna: inside })
    return [
      ...until(27_000, { anna: inside, ben: gatePlace }),
      ...until(32_000, { anna: inside, ben: { head: [2, 1] } }),
    ]
  }

  it('binds whom the gate does not count to the party of which one is missing', () => {
    assert.deepEqual(uncounted(2), [['bind', 'v', 'anna', 'ben']])
  })

  it('binds nobody whom the gate does not count when nobody is missing, or somebody of another visit', () => {
    assert.deepEqual(uncounted(1), [])
    assert.deepEqual(uncounted(2, [snapshot('w')]), [])
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

describe('binding a pass that the vision did not see', () => {
  type Seen = Parameters<typeof people>[1]

  /** A store where these persons are bound, and what became of them while frames kept coming. */
  function storeWith(...persons: string[]) {
    const { binding, see } = store()
    for (const person of persons) binding.onVisit(snapshot(`v-${person}`, { state: 'open', personIds: [person] }))
    const watch = (fromMs: number, untilMs: number, seen: Seen) => {
      const steps: VisitStep[] = []
      for (let atMs = fromMs; atMs < untilMs; atMs += 100) steps.push(...see(atMs, seen))
      return short(steps)
    }
    return { binding, watch }
  }
  const nearer = { head: [4, 1.6] as [number, number] }

  it('lets go the one who is missing since', () => {
    const { binding, watch } = storeWith('anna', 'ben')
    watch(0, 5000, { anna: nearer, ben: inside })
    binding.onPass(pass('out', 8000))
    assert.deepEqual(watch(12_000, 31_900, { ben: inside }), [])
    assert.deepEqual(watch(31_900, 60_000, { ben: inside }), [['exit', 'v-anna', 'anna']])
  })

  it('counts only the time in which the vision watched', () => {
    const { binding, watch } = storeWith('anna')
    watch(0, 5000, { anna: inside })
    binding.onPass(pass('out', 8000))
    assert.deepEqual(watch(12_000, 22_000, {}), [])
    assert.deepEqual(watch(100_000, 109_000, {}), [])
    assert.deepEqual(watch(109_000, 112_000, {}), [['exit', 'v-anna', 'anna']])
  })

  it('lets two go by two passes, and keeps the third', () => {
    const { binding, watch } = storeWith('carl', 'anna', 'ben')
    watch(0, 5000, { anna: nearer, ben: gatePlace, carl: inside })
    binding.onPass(pass('out', 8000))
    binding.onPass(pass('out', 9000))
    assert.deepEqual(watch(12_000, 90_000, {}), [
      ['exit', 'v-ben', 'ben'],
      ['exit', 'v-anna', 'anna'],
    ])
  })

  it('lets nobody go when nobody is bound', () => {
    const { binding, watch } = storeWith()
    watch(0, 5000, { stranger: nearer })
    binding.onPass(pass('out', 8000))
    assert.deepEqual(watch(12_000, 90_000, {}), [])
    binding.onVisit(snapshot('v-anna', { state: 'open', personIds: ['anna'] }))
    assert.deepEqual(watch(90_000, 150_000, {}), [])
  })

  it('keeps somebody who was only hidden', () => {
    const { binding, watch } = storeWith('anna')
    watch(0, 5000, { anna: inside })
    binding.onPass(pass('out', 7000))
    assert.deepEqual(watch(5000, 15_000, {}), [])
    assert.deepEqual(watch(15_000, 16_000, { anna: inside }), [])
    assert.deepEqual(watch(16_000, 90_000, {}), [])
  })

  it('keeps somebody who could not have reached the gate in time', () => {
    const { binding, watch } = storeWith('anna')
    watch(0, 5000, { anna: { head: [-20, 2] } })
    binding.onPass(pass('out', 6000))
    assert.deepEqual(watch(5000, 90_000, {}), [])
  })

  it('keeps as many as there are strangers, who may be the missing under new tracks', () => {
    const { binding, watch } = storeWith('anna', 'ben')
    watch(0, 5000, { anna: nearer, ben: inside })
    binding.onPass(pass('out', 8000))
    binding.onPass(pass('out', 9000))
    assert.deepEqual(watch(20_000, 90_000, { 'ben-again': inside }), [['exit', 'v-anna', 'anna']])
  })

  it('lets whom nobody saw since a restart go by the last of two passes: what they did until then is theirs', () => {
    const { binding, see } = store()
    binding.onVisit(snapshot('v', { state: 'open', personIds: ['anna'] }))
    binding.onPass(pass('out', 1000))
    binding.onPass(pass('out', 20_000))
    const steps: VisitStep[] = []
    for (let atMs = 22_000; atMs < 90_000; atMs += 100) steps.push(...see(atMs, {}))
    assert.deepEqual(
      steps.map(({ step, visitId, atMs }) => [step, visitId, atMs]),
      [['exit', 'v', 20_000]],
    )
  })

  it('does so after a restart too, for those whom the till knows and nobody sees', () => {
    const { binding, watch } = storeWith('anna', 'ben')
    binding.onPass(pass('out', 8000))
    assert.deepEqual(watch(1_000, 90_000, { ben: inside }), [['exit', 'v-anna', 'anna']])
  })

  it('never lets anybody go without a pass', () => {
    const { watch } = storeWith('anna')
    watch(0, 5000, { anna: gatePlace })
    assert.deepEqual(watch(5000, 200_000, {}), [])
  })
})

describe('binding children, whom no gate counts', () => {
  const childAt = (x: number, y: number) => ({ head: [x, y] as [number, number], headHeightM: 1.1 })

  /** One adult walks in on visit v at 1 s; somebody else comes through the gate behind, and into the store. */
  function followedBy(follower: (x: number, y: number) => ReturnType<typeof childAt> | { head: [number, number] }) {
    const { binding, see } = store()
    binding.onVisit(snapshot('v'))
    see(0, {})
    see(500, { mother: gatePlace })
    binding.onPass(pass('in', 600, 'v'))
    const steps: VisitStep[] = []
    for (let atMs = 700; atMs < 2500; atMs += 200)
      steps.push(...see(atMs, { mother: inside, other: follower(4.5, 0.5) }))
    for (let atMs = 2500; atMs < 6000; atMs += 200) steps.push(...see(atMs, { mother: inside, other: follower(2, 1) }))
    return { binding, see, steps }
  }

  it('binds them to the only visit that came in shortly before them', () => {
    const { steps } = followedBy(childAt)
    assert.deepEqual(short(steps).at(-1), ['bind', 'v', 'mother', 'other'])
  })

  it('binds nobody tall who slips in', () => {
    const { steps } = followedBy((x, y) => ({ head: [x, y] as [number, number] }))
    assert.deepEqual(short(steps), [])
  })

  it('ends the visit when the adult is counted out', () => {
    const { binding, see } = followedBy(childAt)
    see(9000, { mother: gatePlace, other: childAt(4.5, 0.5) })
    see(9300, {})
    assert.deepEqual(short(binding.onPass(pass('out', 9200))), [['exit', 'v', 'mother', 'other']])
  })

  it('binds those who dawdle near the gate to whom they came in with, not to who comes in meanwhile', () => {
    const { binding, see } = store()
    for (const visitId of ['v', 'x']) binding.onVisit(snapshot(visitId))
    const steps: VisitStep[] = []
    see(0, {})
    see(300, { mother: gatePlace })
    binding.onPass(pass('in', 400, 'v'))
    for (let atMs = 1200; atMs < 2000; atMs += 200) see(atMs, { mother: inside, kid: childAt(4.5, 0.5) })
    for (let atMs = 2000; atMs < 12_000; atMs += 400) see(atMs, { mother: inside, kid: childAt(4.5, 1.5) })
    see(12_000, { mother: inside, other: gatePlace, kid: childAt(4.5, 1.5) })
    binding.onPass(pass('in', 12_100, 'x'))
    for (let atMs = 12_400; atMs < 18_000; atMs += 400) {
      steps.push(...see(atMs, { mother: inside, other: inside, kid: childAt(2, 1) }))
    }
    assert.deepEqual(short(steps).at(-1), ['bind', 'v', 'mother', 'kid'])
  })

  const kidInGate = childAt(4.5, 0.5)
  const kidInside = childAt(2, 1)

  it('binds those who are held up at the gate to the last who came in before them', () => {
    const { until, counts } = door(snapshot('v'))
    until(400, {})
    until(600, { mother: gatePlace })
    counts('v')
    until(14_000, { mother: inside })
    until(16_000, { mother: inside, kid: kidInGate })
    assert.deepEqual(until(22_000, { mother: inside, kid: kidInside }), [['bind', 'v', 'mother', 'kid']])
  })

  it('binds those who stay at the gate for minutes before they come in', () => {
    const { until, counts } = door(snapshot('v'))
    until(400, {})
    until(600, { mother: gatePlace })
    counts('v')
    until(3000, { mother: inside, kid: kidInGate })
    until(120_000, { mother: inside, kid: childAt(4.5, 1.5) })
    assert.deepEqual(until(122_000, { mother: inside, kid: kidInside }), [['bind', 'v', 'mother', 'kid']])
  })

  it('gives the pass of the adult who comes in to the adult, not to a child who dawdles in the gate', () => {
    const { until, counts } = door(snapshot('v'), snapshot('x'))
    until(400, {})
    until(600, { mother: gatePlace })
    counts('v')
    until(18_000, { mother: inside, kid: kidInGate })
    assert.deepEqual(counts('x'), [])
    assert.deepEqual(until(18_200, { mother: inside, kid: kidInGate, other: gatePlace }), [['bind', 'x', 'other']])
    // The child came in behind its mother, however long it stood in the gate.
    const steps = until(25_000, { mother: inside, other: inside, kid: kidInside })
    assert.deepEqual(steps, [['bind', 'v', 'mother', 'kid']])
  })

  it('binds those who come in behind the last of several', () => {
    const { until, counts } = door(snapshot('v'), snapshot('x'))
    until(400, {})
    until(600, { other: gatePlace })
    counts('x')
    until(5400, { other: inside })
    until(5600, { other: inside, mother: gatePlace })
    counts('v')
    until(10_000, { other: inside, mother: inside })
    until(12_000, { other: inside, mother: inside, kid: kidInGate })
    const steps = until(16_000, { other: inside, mother: inside, kid: kidInside })
    assert.deepEqual(steps, [['bind', 'v', 'mother', 'kid']])
  })

  it('binds nobody when another comes in right behind the child, who may be its adult', () => {
    const { until, counts } = door(snapshot('v'), snapshot('x'))
    until(400, {})
    until(600, { other: gatePlace })
    counts('x')
    until(10_000, { other: inside })
    until(11_000, { other: inside, kid: kidInGate })
    until(11_200, { other: inside, kid: kidInGate, mother: gatePlace })
    counts('v')
    assert.deepEqual(until(18_000, { other: inside, mother: inside, kid: kidInside }), [])
  })

  it('binds nobody when they may have come with one of two', () => {
    const { binding, see } = store()
    binding.onVisit(snapshot('v'))
    binding.onVisit(snapshot('w'))
    see(0, {})
    see(300, { mother: gatePlace })
    binding.onPass(pass('in', 400, 'v'))
    see(900, { mother: inside, stranger: gatePlace })
    binding.onPass(pass('in', 1000, 'w'))
    const steps: VisitStep[] = []
    for (let atMs = 1500; atMs < 3000; atMs += 200) {
      steps.push(...see(atMs, { mother: inside, stranger: inside, kid: childAt(4.5, 0.5) }))
    }
    for (let atMs = 3000; atMs < 7000; atMs += 200) {
      steps.push(...see(atMs, { mother: inside, stranger: inside, kid: childAt(2, 1) }))
    }
    assert.deepEqual(short(steps), [])
  })
})
