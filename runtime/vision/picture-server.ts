/**
 * The vision program's newest pictures, for sensing: so each camera is reached once, whoever wants to see it. And, for
 * the console, the blurred ones of a review.
 */
import { createServer } from 'node:http'
import express, { type Express, type Response } from 'express'
import { AisleError } from '../contract/errors.ts'
import { compileGate, parseJson } from '../contract/schema.ts'
import { endServer, listen } from '../program/listen.ts'
import { requireToken } from '../security/require-token.ts'
import { type AskForEvidence, EvidenceQuestion, evidenceRoute } from './evidence/evidence-client.ts'
import { pictureRoute, takenAtHeader } from './picture-client.ts'
import type { Frame } from './sources/frame-source.ts'
import { shownPicture } from './sources/shown-picture.ts'

export interface PictureServerOptions {
  host: string
  port: number
  token: string
  newest(camera: string): Frame | undefined
  /** Only where the profile has pictures kept for reviews. */
  evidence?: { token: string; answer: AskForEvidence }
}

/** @throws AisleError `port-taken` */
export async function servePictures({ host, port, token, newest, evidence }: PictureServerOptions) {
  const app = express()
  app.disable('x-powered-by')
  // The one route with a token of its own; all others are closed by that of sensing.
  if (evidence) addEvidenceRoute(app, evidence)
  app.use(requireToken(token, 'vision'))
  app.get(pictureRoute, (request, response, next) => {
    const frame = newest(String(request.params.id))
    if (frame) sendPicture(response, frame).catch(next)
    else response.status(404).end()
  })
  const server = createServer(app)
  return {
    port: await listen(server, { host, port, what: 'the vision' }),
    stop: () => endServer(server),
  }
}

const readQuestion = compileGate(EvidenceQuestion, {
  code: 'request-invalid',
  what: 'The question',
  action: 'Start console and vision from the same version.',
})

function addEvidenceRoute(app: Express, { token, answer }: NonNullable<PictureServerOptions['evidence']>): void {
  const body = express.text({ type: () => true, limit: '256kb' })
  app.post(evidenceRoute, requireToken(token, 'reviews'), body, (request, response, next) => {
    const pictures = async () => answer(readQuestion(parseJson(String(request.body), 'body'), 'body'))
    pictures()
      .then((pictures) => response.json({ pictures }))
      .catch((error: unknown) => (error instanceof AisleError ? response.status(400).json(error) : next(error)))
  })
}

export async function sendPicture(response: Response, frame: Frame): Promise<void> {
  const { bytes, contentType } = await shownPicture(frame)
  response.set({ 'cache-control': 'no-store', [takenAtHeader]: String(frame.takenAtMs) })
  response.type(contentType).send(bytes)
}
