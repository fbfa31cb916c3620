/** The vision program's newest pictures, for sensing: so each camera is reached once, whoever wants to see it. */
import { createServer } from 'node:http'
import express, { type Response } from 'express'
import { listen } from '../program/listen.ts'
import { requireToken } from '../security/require-token.ts'
import type { Frame } from './sources/frame-source.ts'
import { pictureKind } from './sources/picture-kind.ts'
import { shownPicture } from './sources/shown-picture.ts'

export const pictureRoute = '/v1/cameras/:id/picture'
const takenAtHeader = 'x-taken-at-ms'
/** Whoever looks has long gone by then. */
const answerWithinMs = 3000

export interface PictureServerOptions {
  host: string
  port: number
  token: string
  newest(camera: string): Frame | undefined
}

/** @throws AisleError `port-taken` */
export async function servePictures({ host, port, token, newest }: PictureServerOptions) {
  const app = express()
  app.disable('x-powered-by')
  app.use(requireToken(token, 'vision'))
  app.get(pictureRoute, (request, response, next) => {
    const frame = newest(String(request.params.id))
    if (frame) sendPicture(response, frame).catch(next)
    else response.status(404).end()
  })
  const server = createServer(app)
  return {
    port: await listen(server, { host, port, what: 'the vision' }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export async function sendPicture(response: Response, frame: Frame): Promise<void> {
  const { bytes, contentType } = await shownPicture(frame)
  response.set({ 'cache-control': 'no-store', [takenAtHeader]: String(frame.takenAtMs) })
  response.type(contentType).send(bytes)
}

/** The newest picture of a camera; undefined when there is none that is fresh, or the vision is away. */
export async function fetchPicture(url: string, token: string, camera: string): Promise<Frame | undefined> {
  const address = new URL(pictureRoute.replace(':id', encodeURIComponent(camera)), url)
  const signal = AbortSignal.timeout(answerWithinMs)
  const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` }, signal }).catch(() => undefined)
  if (!answer?.ok) return undefined
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { bytes, ...pictureKind(bytes), takenAtMs: Number(answer.headers.get(takenAtHeader)) }
}
