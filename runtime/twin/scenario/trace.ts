/**
 * What really happened in a scenario beside what weighing made of it in the end, in the order of time: the first thing to look
 * at when a scenario fails, because it tells whether weighing or who comes after it went wrong.
 */
import type { WeightEvent } from '../../contract/messages.ts'
import { Weighing } from '../../weighing/weighing.ts'
import { arrivalsOf } from '../virtual/arrivals-of.ts'
import { playScenario, startMsOf } from './play-scenario.ts'
import type { Scenario } from './scenario-schema.ts'
import { scenarioStore, type TwinStore } from './scenario-store.ts'

export function traceScenario(scenario: Scenario, twin: TwinStore, seed = scenario.seed): string[] {
  const store = scenarioStore(scenario, twin)
  const weighing = new Weighing({ storeId: store.stated.storeId, plates: store.stated.plates })
  const arrivals = arrivalsOf(playScenario(scenario, store, { seed, timeZone: twin.loaded.profile.timeZone }))
  const events = new Map<string, WeightEvent>()
  let step = arrivals.next()
  for (; !step.done; step = arrivals.next()) {
    const { value } = step
    if (value.kind !== 'samples') continue
    for (const event of weighing.push(value.batch, value.arrivedAtMs)) events.set(event.eventId, event)
  }
  const lasting = [...events.values()].filter(({ kind }) => kind !== 'withdrawn')
  const rows = lasting.map(({ kind, plates, sigmaG, settledAtMs }) => {
    const where = plates.map(({ plate, deltaG }) => `${plate} ${signed(deltaG)}`).join(', ')
    return { atMs: settledAtMs, text: `weighed  ${where} ± ${sigmaG.toFixed(1)} g  ${kind}` }
  })
  for (const { accountId, events } of step.value.visits) {
    for (const { untilMs, sku, quantity, deltaG, plates } of events) {
      const what = `${accountId} ${quantity > 0 ? 'took' : 'put'} ${Math.abs(quantity)} × ${sku}`
      rows.push({ atMs: untilMs, text: `really   ${plates.join(', ')} ${signed(deltaG)} g  ${what}` })
    }
  }
  const startMs = startMsOf(scenario)
  return rows
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, text }) => `${((atMs - startMs) / 1000).toFixed(2).padStart(8)} s  ${text}`)
}

const signed = (grams: number) => `${grams > 0 ? '+' : ''}${grams.toFixed(1)}`
