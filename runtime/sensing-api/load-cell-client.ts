/**
 * What sensing offers for commissioning and care of load cells, by the plates' names in the profile:
 * - `GET /v1/plates/ID`: the plate now, {@link PlateDetail}; ask it a few times a second for a live display.
 *   Which plate somebody presses is seen in `GET /v1/plates`.
 * - `GET /v1/plates/ID/registers[?address=A&count=N]`: the words of its transmitter, {@link RegisterBlock}[];
 *   without an address those that each poll reads.
 * - `POST /v1/plates/ID/commands {command, knownG?}`: carries out {@link LoadCellOrder} and answers with what was
 *   read back, {@link WeightReading}. It takes up to some seconds. Until it is done, and for what changes by it, there
 *   are no weight events of this plate.
 *
 * A calibration is: the plate empty, `calibrateZero`; the known weight on it, `calibrateSpan` with `knownG`; then the
 * weight is read back. Each may be written to flash, of which `flash` says how much is left.
 *
 * Refusals are an AisleError as JSON, `{code, message, where?, action}`, with status 404 (`plate-unknown`,
 * `command-unknown`), 409 (`command-busy`, `flash-…`), 502 (the device: `command-refused`, `command-unconfirmed`,
 * `modbus-…`) or 400 (`request-invalid`, `weight-unfit`, `registers-too-many`).
 */
import { type Static, Type } from 'typebox'
import { AisleError } from '../contract/errors.ts'
import { oneOf, parseJson, strictObject } from '../contract/schema.ts'
import type { PlateReading } from './sensing-client.ts'

export const commandNames = ['zero', 'tare', 'clearTare', 'calibrateZero', 'calibrateSpan'] as const
export type CommandName = (typeof commandNames)[number]

/** An order to the transmitter of one plate. */
export const LoadCellOrder = Type.Union([
  strictObject({ command: oneOf(['zero', 'tare', 'clearTare', 'calibrateZero']) }),
  strictObject({
    command: Type.Literal('calibrateSpan'),
    knownG: Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: 'What lies on the plate, in grams.' }),
  }),
])
export type LoadCellOrder = Static<typeof LoadCellOrder>

/** What was read back after an order. */
export interface WeightReading {
  /** null: no valid weight. */
  grossG: number | null
  /** null: no valid weight, or the device does not tell. */
  netG: number | null
  stable: boolean
  /** null: the device does not tell. */
  tared: boolean | null
}

/** Words as they stand on the wire. */
export interface RegisterBlock {
  address: number
  words: number[]
}

/** How often a flash was written, of how often it may be. */
export interface FlashUse {
  used: number
  budget: number
}

export interface PlateDetail extends PlateReading {
  /** Standard deviation of the newest readings; null while there are too few. */
  sigmaG: number | null
  device: string
  unit: number
  channel: number
  /** Id of the device's definition, and its model in words. */
  definition: string
  model: string
  /** Orders that its device takes. */
  commands: CommandName[]
  /** Absent where nothing wears. */
  flash?: FlashUse
}

export interface LoadCellClient {
  /** @throws AisleError as above, or `sensing-unreachable` */
  plate(plate: string): Promise<PlateDetail>
  registers(plate: string, at?: { address: number; count: number }): Promise<RegisterBlock[]>
  execute(plate: string, order: LoadCellOrder): Promise<WeightReading>
}

/** A handshake, a filter that settles, and a flash that is written may take so long. */
const withinMs = 20_000

export function createLoadCellClient({ url, token }: { url: string; token: string }): LoadCellClient {
  async function ask(path: string, body?: object): Promise<unknown> {
    const response = await fetch(new URL(path, url), {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      redirect: 'error',
      signal: AbortSignal.timeout(withinMs),
    }).catch((cause: unknown) => {
      throw new AisleError('sensing-unreachable', 'Sensing does not answer.', {
        where: url,
        action: 'See whether the program sensing runs.',
        cause,
      })
    })
    const answer = parseJson(await response.text(), 'sensing')
    if (response.ok) return answer
    const { code, message, where, action } = answer as Record<'code' | 'message' | 'where' | 'action', string>
    throw new AisleError(code, message, { where, action })
  }
  const of = (plate: string) => `/v1/plates/${encodeURIComponent(plate)}`
  return {
    plate: async (plate) => (await ask(of(plate))) as PlateDetail,
    registers: async (plate, at) => {
      const query = at ? `?address=${at.address}&count=${at.count}` : ''
      return (await ask(`${of(plate)}/registers${query}`)) as RegisterBlock[]
    },
    execute: async (plate, order) => (await ask(`${of(plate)}/commands`, order)) as WeightReading,
  }
}
