/**
 * What sensing keeps over its own death: the plates' levels at rest, the weight events that nobody has taken,
 * and where its consumers stand. Levels and events are one file, because a level that is saved without its
 * event would lose the event, and an event without its level would come twice.
 */
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Static, Type } from 'typebox'
import { errorSentence } from '../contract/errors.ts'
import { WeightEvent } from '../contract/messages.ts'
import { compileGate, oneOf, parseJson, strictObject } from '../contract/schema.ts'

const sensedTypes = ['weight-event', 'people', 'sighting', 'device-health'] as const

const SavedState = strictObject({
  version: Type.Literal(1),
  savedAtMs: Type.Number(),
  sequence: Type.Integer({ minimum: 0 }),
  levels: Type.Record(Type.String(), strictObject({ weightG: Type.Number(), atMs: Type.Number() })),
  /** Sent, but not taken by every consumer. */
  untaken: Type.Array(WeightEvent),
  /** Not sent yet; they get their sequence when they are. */
  unsent: Type.Array(WeightEvent),
  consumers: Type.Record(
    Type.String(),
    strictObject({ taken: Type.Integer({ minimum: 0 }), types: Type.Array(oneOf(sensedTypes)) }),
  ),
})

export type SavedState = Omit<Static<typeof SavedState>, 'version'>

const gate = compileGate(SavedState, {
  code: 'sensing-state-invalid',
  what: 'The saved state of sensing',
  action: 'It is set aside, and sensing starts without it.',
})

/** The state as it was saved last; undefined at the first start, and when the file is damaged, which is set aside. */
export async function loadState(directory: string, log: Logger): Promise<SavedState | undefined> {
  const file = fileIn(directory)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    return gate(parseJson(text, file), file)
  } catch (error) {
    log.error({ error: errorSentence(error) }, 'the saved state is damaged; it is set aside')
    await rename(file, `${file}.damaged`)
    return undefined
  }
}

/** Whole or not at all, also when the power fails meanwhile. */
export async function saveState(directory: string, state: SavedState): Promise<void> {
  const file = fileIn(directory)
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(JSON.stringify({ version: 1, ...state }))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}

const fileIn = (directory: string) => join(directory, 'sensing-state.json')
