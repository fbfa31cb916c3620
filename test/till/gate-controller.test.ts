import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  closedGate,
  displayOf,
  exitIsOpen,
  type GateAction,
  type GateHappening,
  type GateInputs,
  type GateSettings,
  type GateState,
  stepGate,
} from '../../runtime/till/doors/gate-controller.ts'

const settings: GateSettings = { passTimeoutMs: 8000, hasPassInput: true, tailgate: 'alarm' }
const quiet: GateInputs = { passIn: false, passOut: false, exitRequest: false, fire: false }

/** A gate that is stepped through what happens, each time `afterMs` later. */
class Gate {
  state: GateState = closedGate()
  atMs = 0
  readonly actions: GateAction[] = []
  readonly settings: GateSettings

  constructor(change: Partial<GateSettings> = {}) {
    this.settings = { ...settings, ...change }
  }

  happen(happening: GateHappening, afterMs = 50): GateAction[] {
    this.atMs += afterMs
    const { state, actions } = stepGate(this.state, happening, this.atMs, this.settings)
    this.state = state
    this.actions.push(...actions)
    return actions
  }

  /** What is read of the gate; a contact that closes is a pass, as without a counter. */
  inputs(inputs: Partial<GateInputs>, afterMs?: number): GateAction[] {
    const { passIn, passOut } = this.state.inputs
    const passes = { in: inputs.passIn && !passIn ? [null] : [], out: inputs.passOut && !passOut ? [null] : [] }
    return this.happen({ type: 'inputs', inputs: { ...quiet, ...inputs }, passes }, afterMs)
  }

  /** Passes that only the counter tells of. */
  missed(passes: { in?: number[]; out?: number[] }): GateAction[] {
    return this.happen({ type: 'inputs', inputs: quiet, passes: { in: [], out: [], ...passes } })
  }

  authorise(visitId: string, party = 1): GateAction[] {
    return this.happen({ type: 'authorised', visitId, party, pulse: true })
  }

  get display() {
    return displayOf(this.state, this.atMs)
  }
}

describe('a gate', () => {
  it('is authorised, passing, passed, idle', () => {
    const gate = new Gate()
    assert.equal(gate.display, 'idle')
    assert.deepEqual(gate.authorise('visit-1'), [{ type: 'pulse-entry' }])
    assert.equal(gate.display, 'authorised')
    assert.deepEqual(gate.inputs({ passIn: true }), [
      { type: 'pass', direction: 'in', visitId: 'visit-1', count: null },
    ])
    assert.equal(gate.display, 'passing')
    gate.inputs({})
    assert.equal(gate.display, 'passed')
    gate.inputs({}, 5000)
    assert.equal(gate.display, 'idle')
  })

  it('opens for the next of a party only when the one before is through', () => {
    const gate = new Gate()
    gate.authorise('visit-1', 2)
    assert.deepEqual(
      gate.inputs({ passIn: true }).map((action) => action.type),
      ['pass'],
    )
    assert.deepEqual(gate.inputs({}), [{ type: 'pulse-entry' }])
  })

  it('lets parties wait their turn', () => {
    const gate = new Gate()
    gate.authorise('visit-1')
    assert.deepEqual(gate.authorise('visit-2'), [])
    gate.inputs({ passIn: true })
    assert.deepEqual(gate.inputs({}), [{ type: 'pulse-entry' }])
    assert.deepEqual(gate.inputs({ passIn: true }), [
      { type: 'pass', direction: 'in', visitId: 'visit-2', count: null },
    ])
  })

  it('opens once, however often the same visit is admitted', () => {
    const gate = new Gate()
    gate.authorise('visit-1')
    assert.deepEqual(gate.authorise('visit-1'), [])
  })

  it('gives whoever walked in while nobody looked the place of those who were admitted, in their order', () => {
    const gate = new Gate()
    gate.happen({ type: 'authorised', visitId: 'visit-1', party: 1, pulse: false })
    gate.happen({ type: 'authorised', visitId: 'visit-2', party: 2, pulse: false })
    const actions = gate.missed({ in: [4, 5], out: [9] })
    assert.deepEqual(
      actions.filter((action) => action.type === 'pass'),
      [
        { type: 'pass', direction: 'in', visitId: 'visit-1', count: 4 },
        { type: 'pass', direction: 'in', visitId: 'visit-2', count: 5 },
        { type: 'pass', direction: 'out', visitId: null, count: 9 },
      ],
    )
    assert.equal(actions.filter(({ type }) => type === 'pulse-entry').length, 1, 'for the one who is missing')
    assert.ok(!actions.some(({ type }) => type === 'alarm'))
  })

  it('after a restart opens only for an admission that is sent again, and once', () => {
    const gate = new Gate()
    assert.deepEqual(gate.happen({ type: 'authorised', visitId: 'visit-1', party: 1, pulse: false }), [])
    assert.equal(gate.display, 'authorised')
    assert.deepEqual(gate.authorise('visit-1'), [{ type: 'pulse-entry' }])
    assert.deepEqual(gate.authorise('visit-1'), [])
  })

  it('gives up a visit that nobody walked in for', () => {
    const gate = new Gate()
    gate.authorise('visit-1')
    const actions = gate.inputs({}, 8001)
    assert.ok(actions.some((action) => action.type === 'lapsed' && action.visitId === 'visit-1'))
    assert.equal(gate.display, 'timeout')
  })

  it('keeps the visit of a party of which only some walked in', () => {
    const gate = new Gate()
    gate.authorise('visit-1', 2)
    gate.inputs({ passIn: true })
    gate.inputs({})
    const actions = gate.inputs({}, 8001)
    assert.deepEqual(
      actions.map((action) => action.type),
      ['alarm'],
    )
  })

  it('calls when somebody stands in it', () => {
    const gate = new Gate()
    gate.authorise('visit-1')
    gate.inputs({ passIn: true })
    const actions = gate.inputs({ passIn: true }, 10_000)
    assert.ok(actions.some((action) => action.type === 'alarm' && action.alarm === 'held'))
    assert.equal(gate.display, 'held')
    assert.deepEqual(gate.inputs({ passIn: true }, 1000), [])
    gate.inputs({})
    assert.notEqual(gate.display, 'held')
  })

  it('knows behind whose party somebody slipped in, for as long as the gate takes to close', () => {
    const gate = new Gate()
    gate.authorise('visit-1')
    gate.inputs({ passIn: true })
    gate.inputs({})
    assert.deepEqual(gate.inputs({ passIn: true }), [{ type: 'tailgate', behind: 'visit-1', count: null }])
    gate.inputs({})
    assert.deepEqual(gate.inputs({ passIn: true }, 10_000), [{ type: 'tailgate', behind: null, count: null }])
  })

  it('that asks staff does so until a person resets it, and lets out all the same', () => {
    const gate = new Gate({ tailgate: 'ask-staff' })
    gate.inputs({ passIn: true })
    gate.inputs({}, 60_000)
    assert.deepEqual([gate.state.asksStaff, gate.display], [true, 'tailgate'])
    gate.inputs({ exitRequest: true })
    assert.ok(exitIsOpen(gate.state, gate.atMs))
    gate.happen({ type: 'reset' })
    assert.deepEqual([gate.state.asksStaff, gate.display], [false, 'idle'])
  })

  it('asks nobody when a fire or a person opened it', () => {
    const gate = new Gate({ tailgate: 'ask-staff' })
    gate.happen({ type: 'opened', direction: 'in' })
    gate.inputs({ passIn: true })
    gate.inputs({})
    gate.inputs({ fire: true })
    gate.inputs({ fire: true, passIn: true })
    assert.equal(gate.state.asksStaff, false)
  })

  it('without a pass contact takes the admission for the pass', () => {
    const { actions } = stepGate(closedGate(), { type: 'authorised', visitId: 'visit-1', party: 2, pulse: true }, 0, {
      ...settings,
      hasPassInput: false,
    })
    assert.deepEqual(
      actions.map((action) => action.type),
      ['pulse-entry', 'pass', 'pass'],
    )
  })

  it('whatever happens: lets out on request, latches fire, and never opens inwards unasked', () => {
    const inputs = fc.record({
      passIn: fc.boolean(),
      passOut: fc.boolean(),
      exitRequest: fc.boolean(),
      // Rare, because it stays.
      fire: fc.integer({ min: 0, max: 30 }).map((n) => n === 0),
    })
    const passes = fc.array(fc.constant(null), { maxLength: 3 })
    const happening = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.tuple(inputs, passes, passes).map(
          ([inputs, walkIn, walkOut]): GateHappening => ({
            type: 'inputs',
            inputs,
            passes: { in: walkIn, out: walkOut },
          }),
        ),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 }))
          .map(
            ([visit, party]): GateHappening => ({ type: 'authorised', visitId: `visit-${visit}`, party, pulse: true }),
          ),
      },
      { weight: 1, arbitrary: fc.constantFrom<GateHappening>({ type: 'tick' }, { type: 'reset' }) },
    )
    const steps = fc.array(fc.tuple(happening, fc.integer({ min: 1, max: 5000 })), { maxLength: 80 })
    fc.assert(
      fc.property(steps, (story) => {
        const gate = new Gate()
        let admitted = 0
        for (const [happening, afterMs] of story) {
          const fireBefore = gate.state.fire
          if (happening.type === 'authorised' && !fireBefore) admitted += happening.party
          gate.happen(happening, afterMs)
          const { fire, inputs } = gate.state
          if (inputs.exitRequest || fire) assert.ok(exitIsOpen(gate.state, gate.atMs))
          if (inputs.fire) assert.ok(fire)
          if (fireBefore && happening.type !== 'reset') assert.ok(fire)
          if (fire) assert.equal(gate.state.parties.length, 0)
        }
        const count = (type: GateAction['type']) => gate.actions.filter((action) => action.type === type).length
        assert.ok(count('pulse-entry') <= admitted, 'one pulse a person')
        const passes = gate.actions.filter((action) => action.type === 'pass' && action.visitId !== null)
        assert.ok(passes.length <= admitted, 'one pass a person')
      }),
      { numRuns: 1000 },
    )
  })
})
