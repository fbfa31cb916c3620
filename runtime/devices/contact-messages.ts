/**
 * What a board with relays and inputs says and hears over MQTT. A convention of this platform; there is no standard.
 * The board says how its inputs are, at each change and at least twice a second; it carries out an order once, and
 * none that is old: somebody who recorded one must not open the gate with it later.
 */
import { type Static, Type } from 'typebox'
import { compileGate, strictObject } from '../contract/schema.ts'

const channel = Type.Integer({ minimum: 1, maximum: 64, description: 'As printed on the board, from 1.' })

/** Board to till. */
export const ContactReport = strictObject({
  inputs: Type.Array(Type.Boolean(), { maxItems: 64, description: 'true: closed; input 1 first.' }),
  counts: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0 }), { maxItems: 64, description: 'How often each input has closed.' }),
  ),
})

/** Till to board. */
export const ContactOrder = strictObject({
  run: Type.String({
    minLength: 8,
    maxLength: 64,
    description: "Of this start of the till's; another one begins anew.",
  }),
  number: Type.Integer({ minimum: 1, description: 'Grows with each order of a run; what is not newer is not obeyed.' }),
  expiresAtMs: Type.Number({ description: 'Unix time; the board keeps its clock by NTP.' }),
  relays: Type.Array(
    strictObject({
      relay: channel,
      on: Type.Boolean(),
      forMs: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 60_000, description: 'The board turns it off after that by itself.' }),
      ),
    }),
    { minItems: 1, maxItems: 64 },
  ),
})
export type ContactReport = Static<typeof ContactReport>
export type ContactOrder = Static<typeof ContactOrder>

export const contactTopics = (topic: string) => ({ contacts: `${topic}/contacts`, orders: `${topic}/orders` })

export const orderLifeMs = 2000

/** @throws AisleError `contact-report-invalid` */
export const readContactReport: (value: unknown, where?: string) => ContactReport = compileGate(ContactReport, {
  code: 'contact-report-invalid',
  what: 'This report of contacts',
  action: 'See runtime/devices/contact-messages.ts.',
})
