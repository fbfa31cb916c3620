/** What the store page is told of the simulation behind a demonstration, as plain types that both sides read. */

/** In the languages that the pages speak. */
export interface SimulationText {
  en: string
  ko: string
}

/** How bad a fault is. */
export interface DegreeView {
  title: SimulationText
  unit: string
  minimum: number
  maximum: number
  default: number
}

export interface FaultView {
  fault: string
  title: SimulationText
  degree: DegreeView | null
}

/** A kind of thing that can break: load cell, gate, camera … */
export interface BreakableKindView {
  kind: string
  title: SimulationText
  faults: FaultView[]
  /** Names, as the profile gives them. */
  things: string[]
}

/** A field of an act: what to ask for. `other` is a form of its own, which only JSON can say. */
export interface ActFieldView {
  name: string
  title: string
  description: string
  kind: 'text' | 'number' | 'yes-no' | 'choice' | 'other'
  choices: string[]
  required: boolean
}

/** One thing that a shopper can do, as a step of a plan. */
export interface ActView {
  act: string
  description: string
  fields: ActFieldView[]
}

/** `GET /api/simulation`: what one can play with; it stays the same while the store runs. */
export interface SimulationChoices {
  behaviours: string[]
  acts: ActView[]
  kinds: BreakableKindView[]
  /** Names that acts need, from the store's profile and catalogue. */
  names: { plates: string[]; fixtures: string[]; products: { sku: string; name: string }[] }
}

export interface BrokenView {
  thing: string
  kind: string
  fault: string
  /** How bad, in the unit of the fault; null: it has no degrees. */
  degree: number | null
  /** Unix milliseconds of the store's clock. */
  untilMs: number
}

/** Told live, every second. */
export interface SimulationView {
  nowMs: number
  paused: boolean
  /** Times as fast as real time. */
  speed: number
  inside: number
  /** Whether shoppers still come by themselves, or some are under way. */
  finished: boolean
  broken: BrokenView[]
}

/** `GET /api/simulation/visits/:visitId`: what really happened. */
export interface VisitTruthView {
  /** What the shopper really has; empty: nothing. */
  items: { sku: string; name: string; quantity: number }[]
  /** Every take (+) and put-back (−), in order. */
  moves: { atMs: number; name: string; quantity: number; plate: string }[]
}
