/** Sensing's HTTP API, as `runtime/sensing-api/sensing-client.ts` describes it. Every route needs the token. */
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { Logger } from 'pino'
import { Type } from 'typebox'
import { type Clock, SystemClock } from '../contract/clock.ts'
import { AisleError, errorSentence } from '../contract/errors.ts'
import { compileGate, Identifier, parseJson, strictObject } from '../contract/schema.ts'
import { requireToken } from '../security/require-token.ts'
import type { PlateReading, SampleBatch, SensedType } from '../sensing-api/sensing-client.ts'
import { pictureRoute } from '../vision/picture-client.ts'
import { sendPicture } from '../vision/picture-server.ts'
import type { Frame } from '../vision/sources/frame-source.ts'
import type { Backlog } from './backlog.ts'
import { LineStream } from './line-stream.ts'
import { addLoadCellRoutes, type LoadCellService } from './load-cell-routes.ts'

export interface SensingApiOptions {
  token: string
  backlog: Backlog
  plates(): PlateReading[]
  /** Calls `onBatch` for each batch from now on. Returns a function that ends it. */
  onSamples(onBatch: (batch: SampleBatch) => void): () => void
  /** The newest picture of a camera; undefined when there is none that is fresh. */
  picture(camera: string): Frame | undefined | Promise<Frame | undefined>
  loadCells: LoadCellService
  log: Logger
}

const types: readonly SensedType[] = ['weight-event', 'people', 'sighting', 'device-health']
const readTaken = compileGate(strictObject({ consumer: Identifier(), sequence: Type.Integer({ minimum: 0 }) }), {
  code: 'request-invalid',
  what: 'The body',
  action: 'Send {"consumer": name, "sequence": number}.',
})
const readConsumer = compileGate(Identifier(), {
  code: 'request-invalid',
  what: 'The name of the consumer',
  action: 'Use letters, digits and ._:- only.',
})

export function createSensingApi(options: SensingApiOptions): Express {
  const { backlog, log } = options
  // Heartbeats are about the wire, so they keep real time.
  const wireClock: Clock = new SystemClock()
  const app = express()
  app.disable('x-powered-by')
  // Before every route, so that a route that is added later is closed as well.
  app.use(requireToken(options.token, 'sensing'))

  app.get('/v1/stream', (request, response) => {
    const consumer = readConsumer(request.query.consumer, 'consumer')
    const wanted = readTypes(request.query.types)
    const reader = backlog.read(consumer, wanted, () => response.end())
    const stream = new LineStream(response, wireClock, () => {
      const dropped = reader.dropped()
      return dropped ? `${JSON.stringify({ type: 'dropped', counts: dropped })}\n` : reader.next()?.line
    })
    const unlisten = backlog.onAppend(() => stream.more())
    response.on('close', () => {
      unlisten()
      reader.close()
    })
  })

  app.post('/v1/taken', express.text({ type: () => true, limit: '4kb' }), (request, response) => {
    const { consumer, sequence } = readTaken(parseJson(String(request.body), 'body'), 'body')
    backlog.taken(consumer, sequence)
    response.json({})
  })

  app.get('/v1/plates', (_request, response) => {
    response.json(options.plates())
  })

  addLoadCellRoutes(app, options.loadCells)

  app.get('/v1/samples', (_request, response) => {
    const waiting: string[] = []
    const stream = new LineStream(response, wireClock, () => waiting.shift())
    const unlisten = options.onSamples((batch) => {
      // No backlog: what a slow reader cannot take is not kept for it.
      if (waiting.length < maxWaitingBatches) waiting.push(`${JSON.stringify(batch)}\n`)
      stream.more()
    })
    response.on('close', unlisten)
  })

  app.get(pictureRoute, (request, response, next) => {
    const answer = async () => {
      const frame = await options.picture(String(request.params.id))
      if (frame) return sendPicture(response, frame)
      const message = 'There is no fresh picture of this camera.'
      throw new AisleError('picture-missing', message, { action: "Look at the camera's health." })
    }
    answer().catch(next)
  })

  app.use((_request, response) => {
    response
      .status(404)
      .json({ code: 'route-unknown', message: 'There is no such route.', action: 'See sensing-client.ts.' })
  })
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => refuse(error, response, log))
  return app
}

const maxWaitingBatches = 2000

function readTypes(value: unknown): ReadonlySet<SensedType> {
  const wanted = typeof value === 'string' ? value.split(',') : []
  const unknown = wanted.find((type) => !types.includes(type as SensedType))
  if (wanted.length === 0 || unknown !== undefined) {
    const message = wanted.length === 0 ? 'It names no types.' : `There is no type "${unknown?.slice(0, 60)}".`
    throw new AisleError('request-invalid', message, { where: 'types', action: `Known are ${types.join(', ')}.` })
  }
  return new Set(wanted as SensedType[])
}

const missing = new Set(['picture-missing', 'plate-unknown', 'command-unknown'])
const inTheWay = new Set(['command-busy', 'flash-worn', 'flash-too-often', 'flash-count-damaged'])
const ofTheDevice = new Set(['command-refused', 'command-unconfirmed'])

function statusOf({ code }: AisleError): number {
  if (missing.has(code)) return 404
  if (inTheWay.has(code)) return 409
  return ofTheDevice.has(code) || code.startsWith('modbus-') ? 502 : 400
}

function refuse(error: unknown, response: Response, log: Logger): void {
  if (response.headersSent) {
    response.destroy()
  } else if (error instanceof AisleError) {
    response.status(statusOf(error)).json(error.toJSON())
  } else {
    // body-parser's errors carry the status that fits.
    const status = (error as { status?: unknown }).status
    const known = typeof status === 'number' && status >= 400 && status < 500
    if (!known) log.error({ error: errorSentence(error) }, 'a request failed')
    response.status(known ? status : 500).json({
      code: known ? 'request-invalid' : 'request-failed',
      message: known ? errorSentence(error) : 'The request failed.',
      action: known ? 'Correct the request.' : 'This is a defect; report it with the log.',
    })
  }
}
