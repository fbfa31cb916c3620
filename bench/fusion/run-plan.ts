/** What a run of the benchmark shall be, and who comes in it. */
import { seededRandom } from '../../runtime/contract/random.ts'
import { behaviourOf, mixes } from '../../runtime/twin/shoppers/behaviour.ts'
import { CustomerBase } from '../../runtime/twin/shoppers/customer.ts'
import type { Comer } from '../../runtime/twin/virtual/callers.ts'
import { usualStartMs } from '../../runtime/twin/virtual/run-virtual.ts'
import { goodAppliance, overConfidentAppliance, poorAppliance } from '../../runtime/twin/vision/sightings.ts'
import { hash32, streamOf } from '../../runtime/twin/world/hash-noise.ts'

export const appliances = {
  good: goodAppliance,
  poor: poorAppliance,
  'over-confident': overConfidentAppliance,
} as const
export const runMixes = mixes

export const isOneOf = <T extends object>(known: T, name: string): name is Extract<keyof T, string> =>
  Object.hasOwn(known, name)

export interface RunPlan {
  store: string
  seed: number
  visits: number
  /** How many shoppers are inside at once, about. */
  crowd: number
  mix: keyof typeof runMixes
  appliance: keyof typeof appliances
  /** Of which run of its store this is, from 0: it begins where the ones before it ended. */
  turn: number
}

/** About how long a shopper stays: so many come in that time as shall be inside at once. */
const usualStayMs = 60_000
/** Runs of one store are so far apart. */
const turnMs = 3_600_000

export const startMsOf = ({ turn }: RunPlan): number => usualStartMs + turn * turnMs

export function comersOf({ seed, visits, crowd, mix }: RunPlan): Comer[] {
  const random = (what: string) => seededRandom(hash32(seed, streamOf(what), 0))
  const customers = new CustomerBase(random('cards'), random('codes'), visits)
  const gaps = random('arrivals')
  let atMs = 0
  return Array.from({ length: visits }, (_, i) => {
    const customer = customers.comes()
    if (!customer) throw new RangeError('more visits than customers')
    atMs += (-Math.log(1 - gaps.next()) * usualStayMs) / crowd
    return { atMs, customer, choice: { behaviour: behaviourOf(runMixes[mix], i + 1, seed) } }
  })
}
