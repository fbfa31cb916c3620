/** What people do with a piece besides simply taking it, each as the acts that it is made of. */
import { integerBetween, pick, type Random, uniform } from '../../contract/random.ts'
import type { Act } from './acts.ts'

/** A plate that has something on it, the fixture it belongs to, and what its front piece weighs by the catalogue. */
export interface Offer {
  plate: string
  fixture: string
  weightG: number | null
}

/** A piece that is to be taken. */
export interface Wish {
  offer: Offer
  item: string
  lookMs: number
  offers: readonly Offer[]
  random: Random
}

const stow: Act = { act: 'stow' }
const look = ({ lookMs }: Wish): Act => ({ act: 'look', durationMs: lookMs })
const takeOf = ({ offer: { plate }, item }: Wish): Act & { act: 'take' } => ({
  act: 'take',
  plate,
  item,
  substitute: true,
})
const beside = ({ offer, offers, random }: Wish): Offer => {
  const near = offers.filter(({ fixture, plate }) => fixture === offer.fixture && plate !== offer.plate)
  return near.length === 0 ? offer : pick(random, near)
}
const elsewhere = ({ offer, offers, random }: Wish): Offer => {
  const others = offers.filter(({ plate }) => plate !== offer.plate)
  return others.length === 0 ? offer : pick(random, others)
}

/** All figures are assumptions. */
const habits = {
  'slow-lift': (w) => [{ ...takeOf(w), slowMs: uniform(w.random, 1500, 5000) }, look(w), stow],
  hold: (w) => [{ ...takeOf(w), holdMs: uniform(w.random, 1500, 9000) }, look(w), stow],
  several: (w) => [{ ...takeOf(w), count: integerBetween(w.random, 2, 3) }, look(w), stow],
  'cut-in': (w) => [{ ...takeOf(w), cutIn: true }, look(w), stow],
  'both-hands': (w) => [
    {
      act: 'take-together',
      takes: [
        { plate: w.offer.plate, item: w.item },
        { plate: beside(w).plate, item: `${w.item}b` },
      ],
    },
    look(w),
    stow,
  ],
  compare: (w) => [
    { ...takeOf(w), hand: 'right' },
    { act: 'take', plate: beside(w).plate, item: `${w.item}b`, hand: 'left' },
    look(w),
    { act: 'put-back', item: `${w.item}b` },
    stow,
  ],
  'wrong-place': (w) => [takeOf(w), look(w), stow, { act: 'put-back', item: w.item, plate: elsewhere(w).plate }],
  'hard-put-back': (w) => [takeOf(w), look(w), { act: 'put-back', item: w.item, manner: 'dropped' }],
  hide: (w) => [takeOf(w), { act: 'hide', item: w.item }],
  drop: (w) => [takeOf(w), { act: 'drop', item: w.item }],
  fumble: (w) => [takeOf(w), { act: 'drop', item: w.item }, { act: 'pick-up', item: w.item }, stow],
  'hand-over': (w) => [takeOf(w), look(w), { act: 'hand-over', item: w.item }, stow],
  exchange: (w) => [takeOf(w), look(w), { act: 'exchange', item: w.item }, stow],
  'throw-out': (w) => [takeOf(w), look(w), { act: 'throw-out', item: w.item }],
  swap: (w) => {
    const likeG = (w.offer.weightG ?? 200) * uniform(w.random, 0.9, 1.1)
    return [
      { act: 'swap', plate: w.offer.plate, item: w.item, weightG: likeG },
      { act: 'hide', item: w.item },
    ]
  },
  press: (w) => [
    {
      act: 'press',
      plate: beside(w).plate,
      forceG: uniform(w.random, 100, 2500),
      durationMs: uniform(w.random, 500, 4000),
    },
    takeOf(w),
    look(w),
    stow,
  ],
  knock: (w) => [
    { act: 'knock', fixture: w.offer.fixture, strength: uniform(w.random, 0.5, 2) },
    takeOf(w),
    look(w),
    stow,
  ],
  'set-bag-down': (w) => [
    {
      act: 'put-weight',
      plate: beside(w).plate,
      weightG: uniform(w.random, 100, 1500),
      forMs: uniform(w.random, 2000, 8000),
    },
    takeOf(w),
    look(w),
    stow,
  ],
  'lose-phone': (w) => [takeOf(w), look(w), stow, { act: 'lose-phone' }],
} satisfies Record<string, (wish: Wish) => Act[]>

export type Habit = keyof typeof habits

/** How likely each is with a piece; one at most with each piece. */
export type Habits = Partial<Record<Habit, number>>

/** @returns how this piece is taken; undefined: as usual */
export function habitOf(likelihoods: Habits, wish: Wish): Act[] | undefined {
  let draw = wish.random.next()
  for (const [habit, likelihood] of Object.entries(likelihoods)) {
    draw -= likelihood
    if (draw < 0) return habits[habit as Habit](wish)
  }
  return undefined
}
