/** How people behave and which kinds come how often: as data. */
import type { ShopperMix } from '../../program/run-settings.ts'
import { hashUniform, streamOf } from '../world/hash-noise.ts'
import type { Habits } from './habits.ts'

export interface Behaviour {
  name: string
  /** How many pieces are taken off a shelf, at least and at most. */
  takes: [number, number]
  /** How many of them go back to their place. */
  putBacks: number
  /** Likelihood that the next piece is one more of the same. */
  again: number
  /** How long a piece is looked at. */
  lookMs: [number, number]
  /** Time between two pieces. */
  pauseMs: [number, number]
  /** What happens to a piece that does not go back to its place. */
  habits?: Habits
  /** Who comes along, and how many pieces each of them takes. */
  companions?: { adults: number; children: number; takes: [number, number] }
}

const usual = {
  takes: [3, 6] as [number, number],
  putBacks: 0,
  again: 0.15,
  lookMs: [600, 1800] as [number, number],
  pauseMs: [300, 2500] as [number, number],
}

export const behaviours: Record<string, Behaviour> = Object.fromEntries(
  [
    { ...usual, name: 'buyer' },
    { ...usual, name: 'undecided', takes: [4, 6], putBacks: 1 },
    { ...usual, name: 'very-undecided', takes: [5, 8], putBacks: 3 },
    { ...usual, name: 'hurried', takes: [1, 2], lookMs: [200, 400], pauseMs: [100, 300] },
    { ...usual, name: 'looker', takes: [1, 2], putBacks: 2, lookMs: [1500, 4000] },
    {
      ...usual,
      name: 'careful',
      putBacks: 1,
      habits: { 'slow-lift': 0.25, hold: 0.2, compare: 0.25, several: 0.1 },
    },
    { ...usual, name: 'pushy', habits: { 'both-hands': 0.25, 'cut-in': 0.35, several: 0.2 } },
    {
      ...usual,
      name: 'clumsy',
      habits: { fumble: 0.15, drop: 0.05, press: 0.15, knock: 0.15, 'set-bag-down': 0.1, 'hard-put-back': 0.1 },
    },
    { ...usual, name: 'untidy', takes: [3, 5], putBacks: 1, habits: { 'wrong-place': 0.4 } },
    { ...usual, name: 'sharer', takes: [2, 4], habits: { 'hand-over': 0.3, exchange: 0.15 } },
    {
      ...usual,
      name: 'thief',
      takes: [2, 4],
      lookMs: [200, 600],
      habits: { hide: 0.4, swap: 0.2, 'throw-out': 0.15 },
    },
    { ...usual, name: 'scatterbrain', takes: [2, 4], putBacks: 1, habits: { 'lose-phone': 0.3 } },
    { ...usual, name: 'couple', takes: [2, 4], companions: { adults: 1, children: 0, takes: [1, 3] } },
    { ...usual, name: 'parent', takes: [2, 4], companions: { adults: 0, children: 1, takes: [0, 2] } },
    { ...usual, name: 'friends', takes: [1, 3], companions: { adults: 2, children: 0, takes: [1, 2] } },
  ].map((behaviour) => [behaviour.name, behaviour as Behaviour]),
)

export interface Mix {
  /** One kind after the other, or at random by their shares. */
  order: 'in-turn' | 'at-random'
  /** Parts of all visits; they need not add up to anything. */
  visits: readonly { behaviour: string; share: number }[]
  /** Whether staff who bring goods clean a fixture too. */
  staffClean: boolean
}

const inTurn = (...names: string[]) => names.map((behaviour) => ({ behaviour, share: 1 }))

export const mixes = {
  /** Every third visit has a put-back. */
  demonstration: { order: 'in-turn', visits: inTurn('buyer', 'undecided', 'buyer'), staffClean: false },
  /** Everything that people do in real stores, more often than there (shares in per cent, chosen). */
  lively: {
    order: 'at-random',
    visits: [
      { behaviour: 'buyer', share: 20 },
      { behaviour: 'undecided', share: 10 },
      { behaviour: 'very-undecided', share: 5 },
      { behaviour: 'hurried', share: 8 },
      { behaviour: 'looker', share: 5 },
      { behaviour: 'careful', share: 10 },
      { behaviour: 'pushy', share: 7 },
      { behaviour: 'clumsy', share: 7 },
      { behaviour: 'untidy', share: 6 },
      { behaviour: 'sharer', share: 5 },
      { behaviour: 'thief', share: 4 },
      { behaviour: 'scatterbrain', share: 2 },
      { behaviour: 'couple', share: 5 },
      { behaviour: 'parent', share: 4 },
      { behaviour: 'friends', share: 2 },
    ],
    staffClean: true,
  },
} as const satisfies Record<ShopperMix, Mix>

/** What the `visit`th visit (from 1) is like: the same from the same seed. */
export function behaviourOf({ order, visits }: Mix, visit: number, seed: number): Behaviour {
  const total = visits.reduce((sum, { share }) => sum + share, 0)
  let place = order === 'in-turn' ? visit % total : hashUniform(seed, streamOf('mix'), visit) * total
  const chosen = visits.find(({ share }) => {
    place -= share
    return place < 0
  })
  const behaviour = behaviours[chosen?.behaviour ?? '']
  if (!behaviour) throw new RangeError(`no behaviour ${chosen?.behaviour}`)
  return behaviour
}

export const demonstrationBehaviour = (visit: number): Behaviour => behaviourOf(mixes.demonstration, visit, 0)
