/**
 * Samples in, weight events out. Pure: no clock, no input or output, and the same batches in the same order
 * give the same events with the same ids.
 */
import type { WeightEvent } from '../contract/messages.ts'
import type { Plate } from '../profile/layout.ts'
import type { SampleBatch } from '../sensing-api/sensing-client.ts'
import { defaultParameters, type WeighingParameters } from './parameters.ts'
import type { HealthWatch, PlateHealth } from './plate-health.ts'
import type { PlateSteps } from './plate-steps.ts'
import { ShelfEvents } from './shelf-events.ts'

export type PlateLevels = Record<string, { weightG: number; atMs: number }>

/** The end of JavaScript's calendar: what comes after it is no time. */
const latestDateMs = 8.64e15

interface Channel {
  steps: PlateSteps
  health: HealthWatch
  shelf: ShelfEvents
  /** How much of a time far behind the newest sample has come in without a break. */
  backwardMs: number
}

export class Weighing {
  readonly #storeId: string
  readonly #p: WeighingParameters
  readonly #channels = new Map<string, Channel>()
  /** By the plates on them, as text. */
  #shelves: ReadonlyMap<string, readonly Plate[]> = new Map()
  #sequence = 0

  constructor(options: { storeId: string; plates: readonly Plate[]; parameters?: Partial<WeighingParameters> }) {
    this.#storeId = options.storeId
    this.#p = { ...defaultParameters, ...options.parameters }
    this.change(options.plates)
  }

  /**
   * These are the store's plates from now on. A shelf whose plates are what and where they were keeps all it knows;
   * of the plates of the others only their levels stay, as after a restart.
   */
  change(plates: readonly Plate[]): void {
    const before = this.#shelves
    const levels = this.levels()
    const shelves = Map.groupBy(plates, (plate) => JSON.stringify([plate.fixture, plate.shelf]))
    this.#shelves = new Map([...shelves.values()].map((onShelf) => [JSON.stringify(onShelf), onShelf]))
    for (const [text, onShelf] of before) {
      if (!this.#shelves.has(text)) for (const { id } of onShelf) this.#channels.delete(id)
    }
    for (const [text, onShelf] of this.#shelves) {
      if (before.has(text)) continue
      this.#addShelf(onShelf)
      for (const { id } of onShelf) if (levels[id]) this.restoreLevels({ [id]: levels[id] })
    }
  }

  /**
   * Takes samples of one fixture, in order of arrival; late, repeated and missing batches are survived, and
   * plates that the layout does not know are passed over. Returns new and revised events.
   */
  push(batch: SampleBatch, receivedAtMs: number): WeightEvent[] {
    if (!(batch.firstAtMs >= 0 && batch.firstAtMs <= latestDateMs && batch.rateHz > 0)) return []
    const periodMs = Math.min(1000 / batch.rateHz, this.#p.gapS * 1000)
    const shelves = new Set<ShelfEvents>()
    let nowMs = 0
    for (let row = 0; row < batch.plates.length; row++) {
      const channel = this.#channels.get(batch.plates[row] as string)
      const grams = batch.grams[row]
      if (!channel || !grams) continue
      if (!shelves.has(channel.shelf)) {
        shelves.add(channel.shelf)
        channel.shelf.beginBatch()
      }
      if (!this.#add(channel, grams, batch.firstAtMs, periodMs)) continue
      nowMs = Math.max(nowMs, channel.steps.bins.latestAtMs)
    }
    const events: WeightEvent[] = []
    for (const shelf of shelves) if (shelf.changed) events.push(...shelf.tell(nowMs, receivedAtMs))
    for (const event of events) event.sequence = this.#sequence++
    return events
  }

  /**
   * Says what the plates weighed before a time that no sensor saw; the first level at rest that differs gives
   * an event of kind `gap`. Call it before the first {@link push}.
   */
  restoreLevels(levels: PlateLevels): void {
    for (const [plate, level] of Object.entries(levels)) this.#channels.get(plate)?.steps.loseSight(level)
  }

  /** The plate's zero or span was set at its device: what it shows from now on is no change against what it showed. */
  rescale(plate: string): void {
    this.#channels.get(plate)?.steps.loseSight(null)
  }

  /** The newest level at rest of every plate that has one. */
  levels(): PlateLevels {
    const levels: PlateLevels = {}
    for (const [plate, { steps }] of this.#channels) {
      const level = steps.level()
      if (level) levels[plate] = level
    }
    return levels
  }

  /** Health as far as samples show it: stuck, noisy, drifting, saturated or sign-flipped; null when they show none. */
  plateHealth(plate: string): PlateHealth | null {
    const channel = this.#channels.get(plate)
    return channel?.health.health(channel.steps.noise.usualSwingG) ?? null
  }

  #addShelf(plates: readonly Plate[]): void {
    const places = plates.toSorted((a, b) => a.index - b.index)
    const shelf = new ShelfEvents(this.#storeId, places, this.#p)
    for (const { place, steps, health } of shelf.plates) {
      this.#channels.set(place.id, { steps, health, shelf, backwardMs: 0 })
    }
  }

  #add(channel: Channel, grams: readonly (number | null)[], firstAtMs: number, periodMs: number): boolean {
    const { steps } = channel
    const behindMs = steps.bins.ageMs(firstAtMs)
    const gapMs = this.#p.gapS * 1000
    if (behindMs > gapMs) {
      // Either a straggler that nobody needs, or the clock was set back: then everything keeps coming from there.
      channel.backwardMs += grams.length * periodMs
      if (channel.backwardMs < gapMs) return false
    }
    channel.backwardMs = 0
    if (Math.abs(behindMs) > gapMs) steps.loseSight()
    if (!steps.bins.add(grams, firstAtMs, periodMs)) return false
    const { driftedG, restedS } = steps
    steps.advance()
    channel.health.noteSamples(grams, periodMs, channel.shelf.agitation())
    channel.health.noteDrift(steps.driftedG - driftedG, steps.restedS - restedS)
    return true
  }
}
