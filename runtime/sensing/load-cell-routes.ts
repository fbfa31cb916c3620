/** Load cells over HTTP, as `runtime/sensing-api/load-cell-client.ts` describes it. */
import express, { type Express, type RequestHandler } from 'express'
import { Type } from 'typebox'
import { compileGate, parseJson, strictObject } from '../contract/schema.ts'
import {
  LoadCellOrder,
  type PlateDetail,
  type RegisterBlock,
  type WeightReading,
} from '../sensing-api/load-cell-client.ts'

export interface LoadCellService {
  plate(plate: string): Promise<PlateDetail>
  registers(plate: string, at?: { address: number; count: number }): Promise<RegisterBlock[]>
  execute(plate: string, order: LoadCellOrder): Promise<WeightReading>
}

const readOrder = compileGate(LoadCellOrder, {
  code: 'request-invalid',
  what: 'The body',
  action: 'Send {"command": name}, and "knownG" with calibrateSpan.',
})
const readPlace = compileGate(
  strictObject({
    address: Type.Integer({ minimum: 0, maximum: 65_535 }),
    count: Type.Integer({ minimum: 1, maximum: 125 }),
  }),
  { code: 'request-invalid', what: 'The place', action: 'Send address and count, or neither.' },
)

export function addLoadCellRoutes(app: Express, service: LoadCellService): void {
  app.get(
    '/v1/plates/:id',
    answering(({ params }) => service.plate(params.id)),
  )
  app.get(
    '/v1/plates/:id/registers',
    answering(({ params, query }) => {
      const asked = query.address !== undefined || query.count !== undefined
      const at = asked ? readPlace({ address: Number(query.address), count: Number(query.count) }, 'query') : undefined
      return service.registers(params.id, at)
    }),
  )
  app.post(
    '/v1/plates/:id/commands',
    express.text({ type: () => true, limit: '4kb' }),
    answering(({ params, body }) => service.execute(params.id, readOrder(parseJson(String(body), 'body'), 'body'))),
  )
}

/** Express 4 does not wait for a promise; what it rejects with goes to the error handler. */
function answering(work: (request: Parameters<RequestHandler<{ id: string }>>[0]) => Promise<unknown>) {
  const handler: RequestHandler<{ id: string }> = (request, response, next) => {
    Promise.resolve()
      .then(() => work(request))
      .then((answer) => response.json(answer))
      .catch(next)
  }
  return handler
}
