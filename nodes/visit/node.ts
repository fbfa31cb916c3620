import { AisleError } from '../../runtime/contract/errors.ts'
import type { GatePass, People, Visit } from '../../runtime/contract/messages.ts'
import { KioskWatch } from '../../runtime/people/kiosk-watch.ts'
import { PersonTracker } from '../../runtime/people/person-tracker.ts'
import { VisitBinding, type VisitStep } from '../../runtime/people/visit-binding.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { businessId } from '../kit/business-id.ts'
import { keptOf } from '../kit/kept.ts'
import type { Controller, NodeContext } from '../kit/node-context.ts'
import { kioskTeller } from './kiosk-teller.ts'
import { noAliases, personAliases } from './person-aliases.ts'
import { passesToRecover } from './recovery.ts'

/** Passes that are still recognised when they are told again. */
const rememberedPasses = 1000

/**
 * What the gate and the vision see becomes commands, and what the till has taken down becomes messages: so a
 * visit is told once in the same way, whether this node, the gate alone or an earlier run ended it.
 */
export default (context: NodeContext<unknown>): Controller<'gate-pass' | 'people'> => {
  const { layout } = context.store
  const tracker = new PersonTracker(layout)
  const binding = new VisitBinding(layout)
  const kiosks = new KioskWatch(layout.kiosks)
  const tellKiosk = kioskTeller(context)
  const aliases = keptOf(context.store, personAliases, noAliases)
  tracker.restore(aliases.value)
  const told = new Map<string, { state: Visit['state']; personIds: string }>()
  const passed = new Set<string>()

  const carryOut = async (steps: VisitStep[]) => {
    for (const step of steps) {
      const { visitId, personIds } = step
      if (step.step === 'bind') {
        await context.tell({
          type: 'bind-visit',
          commandId: businessId('bind', visitId, ...personIds),
          ...{ visitId, personIds },
        })
      } else {
        tracker.leave(personIds)
        await end({ visitId, exitedAtMs: step.atMs, gate: step.gate })
      }
    }
  }

  const onPeople = async (people: People) => {
    const frame = tracker.observe(people)
    await carryOut(binding.onPeople(frame))
    for (const { gate, personId, atMs } of binding.walkIns()) {
      const commandId = businessId('walk-in', personId, gate, atMs)
      await context.tell({ type: 'walk-in', commandId, gate, personId, seenAtMs: atMs })
    }
    for (const { kiosk, presence } of kiosks.observe(frame, binding)) tellKiosk(kiosk, presence)
  }

  const end = async (exit: { visitId: string; exitedAtMs: number; gate: string | null }) => {
    try {
      await context.tell({ type: 'end-visit', commandId: businessId('end', exit.visitId, exit.exitedAtMs), ...exit })
    } catch (error) {
      // The gate alone, or the deadline of the stay, may have ended it before: the till tells how.
      if (!(error instanceof AisleError && error.code === 'visit-state')) throw error
    }
  }

  const onSnapshot = async (snapshot: VisitSnapshot) => {
    const { visitId, state } = snapshot
    if (state === 'open' || state === 'exited') tellChange(snapshot)
    else if (state !== 'admitted') told.delete(visitId)
    if (state === 'exited') tracker.leave(snapshot.personIds)
    const open = [...told.values()].filter((visit) => visit.state === 'opened')
    context.status('green', `${open.length} ${open.length === 1 ? 'visit' : 'visits'} inside`)
    await carryOut(binding.onVisit(snapshot))
  }

  const tellChange = (snapshot: VisitSnapshot) => {
    const { visitId } = snapshot
    const state = snapshot.state === 'open' ? 'opened' : 'exited'
    const personIds = JSON.stringify(snapshot.personIds)
    const before = told.get(visitId)
    if (before?.state === state && before.personIds === personIds) return
    told.set(visitId, { state, personIds })
    context.send(visitMessage(snapshot, state), state)
  }

  const visitMessage = (snapshot: VisitSnapshot, state: Visit['state']): Visit => {
    const { visitId, gate, personIds, role, openedAtMs, enteredAtMs, exitedAtMs } = snapshot
    const atMs = state === 'opened' ? (enteredAtMs ?? openedAtMs) : (exitedAtMs ?? undefined)
    return { type: 'visit', ...context.stamp(atMs), visitId, state, gate, personIds, role }
  }

  context.followTill(['visit-changed'], ({ data }) => onSnapshot(data), {
    async onState(state) {
      for (const snapshot of state.visits) await onSnapshot(snapshot)
      for (const pass of await passesToRecover(context, state)) await onPass(pass)
    },
  })

  /** Each pass once, whether the journal or the gate tells it. */
  const onPass = async (pass: GatePass) => {
    if (passed.has(pass.passId)) return
    passed.add(pass.passId)
    const [oldest] = passed
    if (passed.size > rememberedPasses && oldest !== undefined) passed.delete(oldest)
    await carryOut(binding.onPass(pass))
  }

  return {
    async onMessage(message) {
      if (message.type === 'gate-pass') await onPass(message)
      else await onPeople(message)
    },
    close() {
      aliases.value = [...tracker.aliases()]
    },
  }
}
