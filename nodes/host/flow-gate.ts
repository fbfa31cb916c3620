/**
 * The gate that every flow passes on its way in over HTTP: what does not pass is refused with what and where,
 * before Node-RED has seen it, and the running flow goes on.
 */
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { AisleError } from '../../runtime/contract/errors.ts'
import { parseJson } from '../../runtime/contract/schema.ts'
import type { FlowCatalogue } from '../../runtime/flow-check/catalogue.ts'
import { checkFlow, errorsOf } from '../../runtime/flow-check/check-flow.ts'
import { flowLimits } from '../../runtime/flow-check/flow-shape.ts'
import { type FlowProblem, problemSentence } from '../../runtime/flow-check/problem.ts'

/** @param catalogue asked for at each deploy, because nodes are known only once Node-RED has started */
export function flowGate(catalogue: () => FlowCatalogue): Router {
  const router = Router()
  router.post('/flows', readBody, (request, response, next) => {
    // `reload` deploys what is stored already, and carries no flow.
    if (request.get('Node-RED-Deployment-Type') === 'reload') return next()
    const errors = errorsOf(checkFlow(flowIn(request.body), catalogue()))
    if (errors.length === 0) return next()
    refuse(request, response, errors)
  })
  // These deploy one tab by itself, which cannot be checked without the rest; the editor uses none of them.
  const whole: RequestHandler = (_request, response) => {
    response.status(405).json({ code: 'flow-whole-only', message: 'Deploy the whole flow with POST /flows.' })
  }
  router.post('/flow', whole)
  router.put('/flow/:id', whole)
  router.delete('/flow/:id', whole)
  return router
}

/** The list of nodes in either form of the request's body: by itself (v1), or beside a revision (v2). */
const flowIn = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && Object.hasOwn(body, 'flows')
    ? (body as { flows: unknown }).flows
    : body

const readText = express.text({ type: () => true, limit: flowLimits.maxBytes })

/** Reads a JSON body as outside JSON has to be read. Node-RED finds it read and leaves it so. */
export const readBody: RequestHandler = (request, response, next) => {
  readText(request, response, (failure: unknown) => {
    if (failure) return tell(response, 413, 'json-too-large', `It is larger than ${flowLimits.maxBytes} bytes.`)
    try {
      const limits = { maxBytes: flowLimits.maxBytes, maxDepth: flowLimits.maxDepth + 1 }
      request.body = typeof request.body === 'string' ? parseJson(request.body, 'this flow', limits) : {}
      next()
    } catch (error) {
      if (!(error instanceof AisleError)) return next(error)
      tell(response, 400, error.code, error.sentence)
    }
  })
}

function refuse(request: Request, response: Response, problems: readonly FlowProblem[]): void {
  // The editor shows an answer's text as it is; programs ask for JSON.
  if (request.get('accept')?.startsWith('application/json')) {
    response.status(400).json({ code: 'flow-refused', message: 'This flow is not deployed.', problems })
    return
  }
  const shown = problems.slice(0, 5).map(problemSentence)
  const more = problems.length > 5 ? [`and ${problems.length - 5} more`] : []
  response
    .status(400)
    .type('text/plain')
    .send([...shown, ...more].join('\n'))
}

function tell(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ code, message })
}
