/** What an event may have done, and the goods that it moved. */
import type { Acted, Parts } from './explanations.ts'

/** One piece, or one helping of loose goods. */
export interface Unit {
  sku: string
  quantity: number
  massG: number
  massSigmaG: number
  /** Who pays; null when nobody known took it. Handing it over changes nothing. */
  takenBy: string | null
  /** Where it was put down; null while somebody has it. */
  plates: { plate: string; deltaG: number }[] | null
  /** What looks took it for when it was first moved: later looks at the same thing err in the same way. */
  seenAs?: string | undefined
  /** Every event that moved it. */
  eventIds: string[]
}

export type Act = 'take' | 'put' | 'exchange' | 'nothing'

/** One way to go on from a hypothesis. */
export interface Candidate {
  act: Act
  acted: Acted[]
  /** Positive: taken. */
  moves: { personId: string | null; sku: string; quantity: number }[]
  parts: Parts
  /** Units that change, and what they change to. */
  before: Unit[]
  after: Unit[]
  /** It is the very thing that an earlier event weighed. */
  weighedBefore: boolean
  /** Earlier events that this one completes: the beginnings of the same lifting, or what is undone. */
  completes?: string[]
}
