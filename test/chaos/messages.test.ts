/** Messages of devices, repeated, delayed and overtaking each other: the ledger is that of the clean run. */
import assert from 'node:assert/strict'
import type { Arrival } from '../../runtime/store/recorded-store.ts'
import { replayStore } from '../../runtime/store/replay-store.ts'
import type { VisitSnapshot } from '../../runtime/till-api/events.ts'
import { arrivalsOf } from '../../runtime/twin/virtual/arrivals-of.ts'
import { runVirtual, usualStartMs } from '../../runtime/twin/virtual/run-virtual.ts'
import { type StreamFault, withFaults } from '../../runtime/twin/virtual/stream-faults.ts'
import { cornerShop } from '../twin/corner-shop.ts'
import { seed, seedNote, times } from './support/trial.ts'

const messages = times(100_000, 3_000)
const everMs = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY }
const unruly: StreamFault[] = [
  // A bus, a serial line and an MQTT connection keep the order of their samples; they may repeat them.
  { ...everMs, stream: 'weights', fault: 'duplicated', byMs: 400, share: 0.3 },
  ...(['people', 'sightings', 'passes-in', 'passes-out'] as const).flatMap((stream): StreamFault[] => [
    { ...everMs, stream, fault: 'duplicated', byMs: 400, share: 0.3 },
    { ...everMs, stream, fault: 'late', byMs: 200, share: 0.2 },
    { ...everMs, stream, fault: 'shuffled', byMs: 100 },
  ]),
]

describe(`device messages, repeated, delayed and shuffled ${seedNote}`, function () {
  this.timeout(600_000)

  it(`lead to the same ledger: ${messages} of them`, async () => {
    const { layout } = await cornerShop()
    let heard = 0
    for (let round = 0; heard < messages; round++) {
      const run = (faults: StreamFault[]) => {
        function* arrivals(): Generator<Arrival> {
          const options = { layout, seed: seed + round, visits: 12, shoppersPerHour: 120 }
          for (const arrival of arrivalsOf(withFaults(runVirtual(options), faults, seed))) {
            if (faults.length > 0) heard++
            yield arrival
          }
        }
        const input = {
          startMs: usualStartMs,
          durationMs: 0,
          layout,
          admission: 'by-scan',
          arrivals: arrivals(),
        } as const
        return replayStore(input).visits.map(accountOf)
      }
      assert.deepEqual(run(unruly), run([]), `round ${round}`)
    }
  })
})

/** What the ledger says of a visit, without the times at which it was told. */
const accountOf = ({ visitId, accountId, state, decision }: VisitSnapshot) => ({
  ...{ visitId, accountId, state },
  lines: decision?.lines.map(({ sku, quantity, outcome }) => ({ sku, quantity, outcome })),
})
