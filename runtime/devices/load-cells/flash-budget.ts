/**
 * How often the flash of each unit was written, kept over restarts: a tare to flash in a loop wears a transmitter
 * out within hours. Counted before it is written, and refused when the count is not to be trusted.
 */
import { open, readFile, rename } from 'node:fs/promises'
import { Type } from 'typebox'
import type { Clock } from '../../contract/clock.ts'
import { AisleError } from '../../contract/errors.ts'
import { compileGate, parseJson, strictObject } from '../../contract/schema.ts'

const Counts = strictObject({
  version: Type.Literal(1),
  /** By device and unit, such as `gateway-1 unit 3`. */
  writes: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
})
const gate = compileGate(Counts, {
  code: 'flash-count-damaged',
  what: 'The count of flash writes',
  action: 'Put the file back from a copy, or remove it when these transmitters are new.',
})

/** A person calibrates a few times; a loop does not stop. */
const mostAnHour = 60
const hourMs = 3_600_000

export class FlashBudget {
  readonly #file: string
  readonly #clock: Clock
  #writes: Map<string, number> | undefined
  readonly #lately = new Map<string, number[]>()
  #saving: Promise<void> = Promise.resolve()

  /** @param file where the counts are kept */
  constructor(file: string, clock: Clock) {
    this.#file = file
    this.#clock = clock
  }

  /** @throws AisleError `flash-count-damaged` */
  async used(unit: string): Promise<number> {
    return (await this.#load()).get(unit) ?? 0
  }

  /**
   * Counts `writes` more, before they are done.
   * @throws AisleError `flash-worn` beyond `budget`, `flash-too-often` more than 60 an hour, `flash-count-damaged`
   */
  async spend(unit: string, writes: number, budget: number): Promise<void> {
    const counts = await this.#load()
    const used = counts.get(unit) ?? 0
    if (used + writes > budget) {
      throw new AisleError('flash-worn', `Its flash was written ${used} times of the ${budget} that it survives.`, {
        where: unit,
        action: 'Replace the transmitter, then remove its line from flash-writes.json.',
      })
    }
    const nowMs = this.#clock.nowMs()
    const recent = (this.#lately.get(unit) ?? []).filter((atMs) => Math.abs(nowMs - atMs) < hourMs)
    if (recent.length + writes > mostAnHour) {
      throw new AisleError('flash-too-often', `Its flash was written ${recent.length} times within an hour.`, {
        where: unit,
        action: 'Look for what calibrates it in a loop, and wait an hour.',
      })
    }
    this.#lately.set(unit, [...recent, ...Array<number>(writes).fill(nowMs)])
    counts.set(unit, used + writes)
    this.#saving = this.#saving.catch(() => {}).then(() => this.#save(counts))
    await this.#saving
  }

  async #load(): Promise<Map<string, number>> {
    if (this.#writes) return this.#writes
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    const counts = text === undefined ? {} : gate(readCounts(text, this.#file), this.#file).writes
    this.#writes ??= new Map(Object.entries(counts))
    return this.#writes
  }

  /** Whole or not at all, also when the power fails meanwhile. */
  async #save(counts: ReadonlyMap<string, number>): Promise<void> {
    const handle = await open(`${this.#file}.new`, 'w', 0o600)
    try {
      await handle.writeFile(JSON.stringify({ version: 1, writes: Object.fromEntries(counts) }))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(`${this.#file}.new`, this.#file)
  }
}

function readCounts(text: string, file: string): unknown {
  try {
    return parseJson(text, file)
  } catch {
    // The gate says what it is and what to do.
    return text
  }
}
