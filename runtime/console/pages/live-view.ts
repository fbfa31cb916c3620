/**
 * What the console's server tells its pages, as plain types that both sides read. Times are Unix milliseconds of the
 * store's clock, lengths metres, money integers in the currency's minor unit.
 */

import type { SimulationView } from './simulation-view.ts'

export type PointM = [number, number]
export type Point3DM = [number, number, number]

/** What the floor plan draws; the editor shows the same. */
export interface FloorPlanLayout {
  sizeM: PointM
  wallsM: PointM[][]
  zones: { id: string; name: string; polygonM: PointM[] }[]
  fixtures: { id: string; positionM: Point3DM; yawRad: number; sizeM: Point3DM }[]
  plates: {
    id: string
    fixture: string
    shelf: number
    index: number
    positionM: Point3DM
    sizeM: PointM
    /** Names of what is meant to lie there. */
    products: string[]
  }[]
  gates: { id: string; kind: 'entry' | 'exit' | 'both'; zoneM: PointM[] }[]
  cameras: { id: string; positionM: Point3DM; lookAtM: Point3DM }[]
}

/** `GET /api/store` */
export interface StoreView {
  storeId: string
  name: string
  currency: string
  timeZone: string
  user: string
  editorUrl: string
  /** Whether shoppers and devices are simulated; then one may play with them. */
  simulated: boolean
  floorPlan: FloorPlanLayout
}

export type HealthView =
  | 'online'
  | 'late'
  | 'offline'
  | 'stuck'
  | 'drifting'
  | 'noisy'
  | 'saturated'
  | 'sign-flipped'
  | 'unknown'

export interface PlateView {
  plate: string
  /** null: no valid reading. */
  weightG: number | null
  health: HealthView
}

export interface PersonView {
  trackId: string
  headM: Point3DM
  handsM: (Point3DM | null)[]
  /** The visit that this person is known to be of. */
  visitId: string | null
  /** The zones that they stand in; missing: none. */
  zones?: string[]
}

export interface GateView {
  gate: string
  /** As the till names it: idle, authorised, passing, passed, timeout, tailgate, held, fire. */
  state: string
  online: boolean
  /** An alarm's effect stays until somebody resets the gate. */
  latched?: boolean
}

export interface LineView {
  lineId: string
  name: string
  /** Pieces, or grams for what is sold by weight. */
  quantity: number
  soldBy: 'each' | 'weight'
  unitPriceMinor: number
  amountMinor: number
  probability: number
  /** Than not: only then it is in the sum. */
  isLikely: boolean
  /** What the line rules said; null while nobody asked them. */
  outcome: 'charge' | 'review' | 'let-go' | null
  /** Lines that rest on the same event, which was one product or the other. */
  readingOf?: string[]
  /** It only says how many more there may be than another line of the same product has. */
  isMore?: true
}

/** What a shopper reads of a line. */
export type PricedLine = Pick<LineView, 'lineId' | 'name' | 'quantity' | 'soldBy' | 'amountMinor'>

export interface ReceiptView {
  receiptId: string
  totalMinor: number
  issuedAtMs: number
  /** At list prices. */
  lines: {
    lineId: string
    sku: string
    name: string
    quantity: number
    soldBy: 'each' | 'weight'
    amountMinor: number
  }[]
  discounts: { name: string; amountMinor: number }[]
  /** The tax that the total contains. */
  tax: { name: string; percent: number; taxMinor: number; taxFreeMinor: number } | null
}

export interface VisitView {
  visitId: string
  role: 'shopper' | 'staff' | 'unknown'
  party: number
  /** A state of the till's visits: open, exited, deciding, review, charging, paid, empty, void, debt. */
  state: string
  openedAtMs: number
  exitedAtMs: number | null
  lines: LineView[]
  totalMinor: number
  receipt: ReceiptView | null
  /** Lines of which the shopper says that they are wrong, and which wait for a person. */
  disputes: { lineId: string; reason: string; atMs: number }[]
  /** Still owed, and nobody said that it need not be paid. */
  owed: boolean
}

/** `POST /api/invitation`: a link that registers one phone. */
export interface InvitationView {
  url: string
  /** How long it may be used. */
  lifeMs: number
}

/** `GET /api/visits/:visitId/pictures`: what cameras saw of it, where the store keeps that for reviews. */
export interface EvidencePictureView {
  /** `GET /api/visits/:visitId/pictures/NUMBER` gives it. */
  number: number
  camera: string
  takenAtMs: number
  /** The lines that rest on what happened then. */
  lineIds: string[]
}

/** `GET /api/visits/:visitId`: why each line is on the bill. */
export interface VisitEvidence {
  visitId: string
  lines: {
    lineId: string
    name: string
    probability: number
    notes: { kind: string; text: string; logOdds: number }[]
    alternatives: { text: string; probability: number }[]
    eventIds: string[]
  }[]
  /** What the lines rest on, by time; empty while the till does not answer. */
  events: EventPlotView[]
}

/** Something that was measured again and again: a value for each step from `fromMs` on, null where nothing was seen. */
export interface CourseView {
  fromMs: number
  stepMs: number
  values: (number | null)[]
}

/** How a weight event went. */
export interface EventPlotView {
  eventId: string
  startedAtMs: number
  settledAtMs: number
  deltaG: number
  /** Grams against the level before; null: not kept. */
  weight: CourseView | null
  /** Centimetres from the goods, the nearest first. */
  hands: (CourseView & { person: string; own: boolean })[]
}

export interface NoticeView {
  id: number
  atMs: number
  kind: 'refused' | 'passed-in' | 'passed-out' | 'alarm' | 'health' | 'recovered' | 'debt' | 'receipt-failed'
  /** Gate, plate or device. */
  where: string
  text: string
}

/** Which of the programs that the page shows are answering. */
export interface SourcesView {
  till: boolean
  sensing: boolean
}

export interface LiveSnapshot {
  sources: SourcesView
  people: PersonView[]
  plates: PlateView[]
  gates: GateView[]
  /** Newest first. */
  visits: VisitView[]
  notices: NoticeView[]
  /** null: the store is not simulated, or the simulation does not answer. */
  simulation: SimulationView | null
}

/** `GET /api/live`: server-sent events; the name of each is its type, its data the rest as JSON. */
export type LiveEvent =
  | ({ type: 'snapshot' } & LiveSnapshot)
  | { type: 'sources'; sources: SourcesView }
  | { type: 'people'; people: PersonView[] }
  /** Only those that changed. */
  | { type: 'plates'; plates: PlateView[] }
  | { type: 'gates'; gates: GateView[] }
  | { type: 'weight'; kind: string; plates: { plate: string; deltaG: number }[] }
  | { type: 'visit'; visit: VisitView }
  | { type: 'notice'; notice: NoticeView }
  | { type: 'simulation'; simulation: SimulationView | null }
