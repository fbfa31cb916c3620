/** What a vision appliance publishes: the lines of people.jsonl and sightings.jsonl of the recording format. */
import { Type } from 'typebox'
import type { People, Sighting } from '../../contract/messages.ts'
import { compileGate, Identifier, Point3M, parseJson, strictObject } from '../../contract/schema.ts'

const t = Type.Number({ minimum: 0, maximum: 1e11, description: 'Unix seconds.' })
const action = 'Make the appliance publish lines of the recording format.'

const readPeopleLine = compileGate(
  strictObject({
    t,
    people: Type.Array(
      strictObject({
        id: Identifier(),
        head: Point3M(),
        hands: Type.Array(Type.Union([Point3M(), Type.Null()]), { maxItems: 2 }),
        handSigmas: Type.Optional(
          Type.Array(Type.Union([Type.Number({ minimum: 0 }), Type.Null()]), { maxItems: 2, description: 'Metres.' }),
        ),
        score: Type.Number({ minimum: 0, maximum: 1 }),
      }),
      { maxItems: 200 },
    ),
  }),
  { code: 'people-invalid', what: 'This line of people', action },
)

const readSightingLine = compileGate(
  strictObject({
    t,
    camera: Identifier(),
    position: Type.Union([Point3M(), Type.Null()]),
    candidates: Type.Array(
      strictObject({
        sku: Type.String({ minLength: 1, maxLength: 64 }),
        p: Type.Number({ minimum: 0, maximum: 1 }),
      }),
      { maxItems: 20 },
    ),
  }),
  { code: 'sighting-invalid', what: 'This sighting', action },
)

const limits = { maxBytes: 1e6, maxDepth: 8 }

export type SeenPeople = Pick<People, 'type' | 'people' | 'seenAtMs'>
export type SeenSighting = Pick<Sighting, 'type' | 'camera' | 'positionM' | 'candidates' | 'seenAtMs'>

/** @throws AisleError `people-invalid`, `json-invalid` */
export function readPeople(payload: string, where: string): SeenPeople {
  const line = readPeopleLine(parseJson(payload, where, limits), where)
  const people = line.people.map(({ id, head, hands, handSigmas, score }) => ({
    ...{ trackId: id, headM: head, handsM: hands, score },
    ...(handSigmas ? { handSigmasM: handSigmas } : {}),
  }))
  return { type: 'people', seenAtMs: line.t * 1000, people }
}

/** The line that {@link readPeople} reads. */
export function writePeople({ seenAtMs, people }: SeenPeople): string {
  const line = people.map(({ trackId, headM, handsM, handSigmasM, score }) => ({
    ...{ id: trackId, head: headM, hands: handsM, score },
    ...(handSigmasM ? { handSigmas: handSigmasM } : {}),
  }))
  return JSON.stringify({ t: seenAtMs / 1000, people: line })
}

/** @throws AisleError `sighting-invalid`, `json-invalid` */
export function readSighting(payload: string, where: string): SeenSighting {
  const { t, camera, position, candidates } = readSightingLine(parseJson(payload, where, limits), where)
  return {
    type: 'sighting',
    seenAtMs: t * 1000,
    camera,
    positionM: position,
    candidates: candidates.map(({ sku, p }) => ({ sku, probability: p })),
  }
}
