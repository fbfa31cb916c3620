/** A small store for specifications: one shelf of six plates, and evidence made by hand. */
import { envelope, type People, type Visit } from '../../runtime/contract/messages.ts'
import type { Product, StoreLayout } from '../../runtime/profile/layout.ts'
import type { Evidence } from '../../runtime/till-api/commands.ts'

const plateWidthM = 0.1

const product = (sku: string, name: string, weightG: number | null): Product => ({
  ...{ sku, name, weightG, weightSdG: null, priceMinor: 100 },
  ...{ soldBy: 'each', ageRestricted: false, aliases: [] },
})

/** Plates a to f side by side; cola on a, juice on b, tea and mate of one weight both on c, crisps on d, soap on e and f. */
export const smallStore: StoreLayout = {
  storeId: 'small',
  currency: 'KRW',
  fixtures: [{ id: 'shelf', positionM: [1, 2, 0], yawRad: 0 }],
  plates: ['a', 'b', 'c', 'd', 'e', 'f'].map((id, i) => ({
    id,
    fixture: 'shelf',
    shelf: 1,
    index: i + 1,
    positionM: [1 + plateWidthM * (i + 0.5), 2.2, 1],
    sizeM: [plateWidthM, 0.4],
    yawRad: 0,
    ratingG: 20_000,
  })),
  gates: [
    {
      id: 'gate',
      kind: 'both',
      zoneM: [
        [4, 0],
        [5, 0],
        [5, 1],
        [4, 1],
      ],
    },
  ],
  zones: [],
  cameras: [],
  products: [
    product('cola', 'Cola', 500),
    product('juice', 'Juice', 300),
    product('tea', 'Tea', 400),
    product('mate', 'Mate', 400),
    product('crisps', 'Crisps', 60),
    product('soap', 'Soap', 120),
  ],
  planogram: [
    { sku: 'cola', plates: ['a'] },
    { sku: 'juice', plates: ['b'] },
    { sku: 'tea', plates: ['c'] },
    { sku: 'mate', plates: ['c'] },
    { sku: 'crisps', plates: ['d'] },
    { sku: 'soap', plates: ['e', 'f'] },
  ],
}

type Changes = Record<string, number>

interface Circumstances {
  /** Person to the distance of the hand. */
  hands?: Record<string, number>
  sighted?: Evidence['sighted']
  kind?: Evidence['event']['kind']
  revision?: number
  /** How long it took. */
  lastsMs?: number
}

const atReachM = 0.5

/** Evidence of plates that changed at a time in seconds. */
export function evidence(eventId: string, atS: number, changes: Changes, circumstances: Circumstances = {}): Evidence {
  const { hands = {}, sighted = [], revision = 0, lastsMs = 600 } = circumstances
  const plates = Object.entries(changes).map(([plate, deltaG]) => ({ plate, deltaG }))
  const deltaG = plates.reduce((total, change) => total + change.deltaG, 0)
  const settledAtMs = atS * 1000
  return {
    event: {
      type: 'weight-event',
      ...envelope('small', 0, settledAtMs + 400, settledAtMs),
      ...{ eventId, revision, fixture: 'shelf', plates, settledAtMs, startedAtMs: settledAtMs - lastsMs },
      ...{ deltaG, sigmaG: 1, kind: circumstances.kind ?? (deltaG < 0 ? 'removed' : 'added') },
      evidence: { noiseG: 0.6, swingG: 0, samples: 20 },
    },
    near: Object.entries(hands).map(([personId, handM]) => ({ personId, handM, headM: atReachM, seen: 1 })),
    sighted,
  }
}

export function visit(visitId: string, personIds: string[], change: Partial<Visit> = {}): Visit {
  return {
    type: 'visit',
    ...envelope('small', 0, 0),
    ...{ visitId, personIds, state: 'opened', gate: 'gate', role: 'shopper' },
    ...change,
  }
}

type Place = [number, number]

/** A frame with heads on the floor and, where given, one hand. */
interface Seen {
  head: Place
  headHeightM?: number
  hand?: [number, number, number]
}

export function people(atMs: number, seen: Record<string, Seen>): People {
  return {
    type: 'people',
    ...envelope('small', 0, atMs),
    source: 'test',
    people: Object.entries(seen).map(([trackId, { head, headHeightM = 1.7, hand }]) => ({
      ...{ trackId, headM: [head[0], head[1], headHeightM], handsM: [hand ?? null, null], score: 1 },
    })),
  }
}
