/** What the streams carry beside messages: one JSON object a line, told apart by its `type`. */
import { type Static, Type } from 'typebox'
import { compileGate, strictObject } from '../contract/schema.ts'

/** Sent while nothing else is, so that each side sees the other's death. */
export const heartbeatIntervalMs = 2000
export const heartbeatLine = '{"type":"heartbeat"}\n'

/** Messages that this consumer had not taken and that are no longer kept. */
export const DroppedLine = strictObject({
  type: Type.Literal('dropped'),
  /** How many of each type. */
  counts: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
})
export type DroppedLine = Static<typeof DroppedLine>

export const readDroppedLine = compileGate(DroppedLine, {
  code: 'sensing-line-invalid',
  what: "This line of sensing's stream",
  action: 'Check that all programs are of one release.',
})
