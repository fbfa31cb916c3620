/**
 * What fusion costs against shoppers and plates: a made-up store with so many shelves, people who walk and reach, and
 * a taking for each of them every so often. Its growth tells whether a large store can be carried.
 */
import { envelope, type People, type WeightEvent } from '../../runtime/contract/messages.ts'
import { seededRandom, uniform } from '../../runtime/contract/random.ts'
import { Fusion } from '../../runtime/fusion/fusion.ts'
import type { StoreLayout } from '../../runtime/profile/layout.ts'

interface Cost {
  shoppers: number
  plates: number
  events: number
  /** Processor milliseconds of a taking, with all frames that were seen meanwhile. */
  msPerEvent: number
  /** Processor seconds of one hour of the store. */
  secondsPerStoreHour: number
}

const loads = [
  { shoppers: 1, plates: 300 },
  { shoppers: 4, plates: 300 },
  { shoppers: 12, plates: 300 },
  { shoppers: 50, plates: 300 },
  { shoppers: 4, plates: 24 },
  { shoppers: 4, plates: 1000 },
  { shoppers: 4, plates: 5000 },
]
const framePeriodMs = 67
/** A shopper takes something about every ten seconds, six times in a visit. */
const takesEveryMs = 10_000
const takesOfVisit = 6
const storeMs = 120_000
const platesOfFixture = 25
const pieceG = (i: number) => 40 + ((i * 37) % 900)

export function measureCost(asJson: boolean): void {
  costOf(loads[1] as (typeof loads)[number])
  const costs = loads.map(costOf)
  if (asJson) {
    console.log(JSON.stringify(costs))
    return
  }
  console.log('shoppers  plates  events  ms/event  CPU s/store hour')
  for (const { shoppers, plates, events, msPerEvent, secondsPerStoreHour } of costs) {
    const cells = [String(shoppers).padStart(8), String(plates).padStart(7), String(events).padStart(7)]
    console.log(`${cells.join(' ')}${msPerEvent.toFixed(2).padStart(10)}${secondsPerStoreHour.toFixed(1).padStart(18)}`)
  }
}

function costOf({ shoppers, plates }: { shoppers: number; plates: number }): Cost {
  const layout = layoutOf(plates)
  const fusion = new Fusion(layout)
  const random = seededRandom(1)
  let events = 0
  let sequence = 0
  const stamp = (nowMs: number) => envelope(layout.storeId, ++sequence, nowMs)
  const before = process.cpuUsage()
  const places = Array.from({ length: shoppers }, () => 0)
  const visits = Array.from({ length: shoppers }, () => 0)
  for (let nowMs = 0; nowMs < storeMs; nowMs += framePeriodMs) {
    for (let i = 0; i < shoppers; i++) {
      const isDue =
        Math.floor((nowMs + i * 997) / takesEveryMs) > Math.floor((nowMs - framePeriodMs + i * 997) / takesEveryMs)
      if (!isDue) continue
      const count = (visits[i] ?? 0) + 1
      visits[i] = count
      if (count % takesOfVisit === 1) open(i, nowMs)
      places[i] = Math.floor(uniform(random, 0, plates))
      fusion.observeWeight(takingOf(places[i] as number, ++events, nowMs, stamp(nowMs)))
    }
    fusion.observePeople(peopleOf(nowMs))
    for (const evidence of fusion.advance(nowMs)) fusion.addEvidence(evidence)
    for (const visitId of fusion.finishable(nowMs)) fusion.finish(visitId)
  }
  const { user, system } = process.cpuUsage(before)
  const cpuMs = (user + system) / 1000
  return { shoppers, plates, events, msPerEvent: cpuMs / events, secondsPerStoreHour: (3600 * cpuMs) / storeMs }

  function trackOf(i: number): string {
    return `person-${i}-${Math.floor(((visits[i] ?? 1) - 1) / takesOfVisit)}`
  }

  function open(i: number, nowMs: number): void {
    const count = Math.floor(((visits[i] ?? 1) - 1) / takesOfVisit)
    const visit = { type: 'visit' as const, ...stamp(nowMs), gate: null, role: 'shopper' as const }
    const idOf = (number: number) => `visit-${i}-${number}`
    if (count > 0) fusion.observeVisit({ ...visit, visitId: idOf(count - 1), state: 'exited', personIds: [] })
    fusion.observeVisit({ ...visit, visitId: idOf(count), state: 'opened', personIds: [trackOf(i)] })
  }

  function peopleOf(nowMs: number): People {
    const people = places.map((place, i) => {
      const [x, y] = layout.plates[place]?.positionM ?? [0, 0, 0]
      return {
        trackId: trackOf(i),
        headM: [x, y - 0.4, 1.6] as [number, number, number],
        handsM: [[x, y - 0.05, 1.1] as [number, number, number], null],
        score: 0.9,
      }
    })
    return { type: 'people', ...stamp(nowMs), source: 'bench', people }
  }
}

function takingOf(place: number, count: number, nowMs: number, stamp: ReturnType<typeof envelope>): WeightEvent {
  const deltaG = -pieceG(place)
  return {
    type: 'weight-event',
    ...stamp,
    ...{ eventId: `event-${count}`, revision: 0, fixture: fixtureOf(place), kind: 'removed', deltaG, sigmaG: 1.5 },
    plates: [{ plate: `plate-${place}`, deltaG }],
    startedAtMs: nowMs - 900,
    settledAtMs: nowMs - 300,
    evidence: { noiseG: 1, swingG: 0, samples: 30 },
  }
}

const fixtureOf = (plate: number) => `fixture-${Math.floor(plate / platesOfFixture)}`

function layoutOf(plates: number): StoreLayout {
  const all = Array.from({ length: plates }, (_, i) => i)
  const column = (i: number) => Math.floor(i / platesOfFixture)
  return {
    storeId: 'bench',
    currency: 'KRW',
    fixtures: [...new Set(all.map(fixtureOf))].map((id, i) => ({ id, positionM: [2 * i, 0, 0], yawRad: 0 })),
    plates: all.map((i) => ({
      id: `plate-${i}`,
      fixture: fixtureOf(i),
      shelf: 1 + Math.floor((i % platesOfFixture) / 5),
      index: 1 + (i % 5),
      positionM: [2 * column(i) + 0.3 * (i % 5), 1, 1],
      sizeM: [0.28, 0.4],
      yawRad: 0,
      ratingG: 20_000,
    })),
    gates: [],
    cameras: [],
    zones: [],
    products: all.map((i) => ({
      ...{ sku: `sku-${i}`, name: `Product ${i}`, weightG: pieceG(i), weightSdG: null, priceMinor: 1000 },
      ...{ soldBy: 'each', ageRestricted: false, aliases: [] },
    })),
    planogram: all.map((i) => ({ sku: `sku-${i}`, plates: [`plate-${i}`] })),
  }
}
