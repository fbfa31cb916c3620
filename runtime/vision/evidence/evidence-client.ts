/** How the console asks the vision program for pictures of events that a review is about. */
import { type Static, Type } from 'typebox'
import { compileGate, Identifier, parseJson, strictObject } from '../../contract/schema.ts'

export const evidenceRoute = '/v1/evidence'

export const EvidenceQuestion = strictObject({
  eventIds: Type.Array(Identifier(), { maxItems: 1000 }),
  /** Who is the shopper; everybody else is blurred. */
  personIds: Type.Array(Identifier(), { maxItems: 20 }),
})
export type EvidenceQuestion = Static<typeof EvidenceQuestion>

export const EvidencePicture = strictObject({
  eventId: Identifier(),
  camera: Identifier(),
  takenAtMs: Type.Number(),
  /** With everybody but the shopper blurred; base64. */
  jpeg: Type.String({ maxLength: 4_000_000, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
})
export type EvidencePicture = Static<typeof EvidencePicture>

const readAnswer = compileGate(strictObject({ pictures: Type.Array(EvidencePicture, { maxItems: 2000 }) }), {
  code: 'evidence-invalid',
  what: 'The answer of the vision program',
  action: 'Start console and vision from the same version.',
})

const answerWithinMs = 20_000

export type AskForEvidence = (question: EvidenceQuestion) => Promise<EvidencePicture[]>

/** Rejects when the vision program does not answer. */
export function createEvidenceClient({ url, token }: { url: string; token: string }): AskForEvidence {
  return async (question) => {
    const response = await fetch(new URL(evidenceRoute, url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(question),
      redirect: 'error',
      signal: AbortSignal.timeout(answerWithinMs),
    })
    if (!response.ok) throw new Error(`the vision program answered ${response.status}`)
    return readAnswer(parseJson(await response.text(), 'vision'), 'vision').pictures
  }
}
