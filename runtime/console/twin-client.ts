/**
 * Speaks to the simulated store's control over HTTP, as any other client of it does. Its address is that of the
 * payment provider, which the simulated store stands in for.
 */
import type { Static, TSchema } from 'typebox'
import type { Clock } from '../contract/clock.ts'
import { AisleError } from '../contract/errors.ts'
import { compileCheck, parseJson } from '../contract/schema.ts'
import * as answers from './twin-answers.ts'

export interface ShopperWish {
  behaviour?: string
  /** Acts, in their order. */
  plan?: object[]
}

export interface FaultWish {
  device: string
  fault: string
  /** By the store's clock. */
  seconds: number
  /** How bad, where the fault has degrees. */
  value?: number
}

/** Every call rejects with an AisleError: `twin-unreachable`, or what the simulated store refused with. */
export interface TwinClient {
  things(signal?: AbortSignal): Promise<answers.Things>
  behaviours(): Promise<answers.Behaviours>
  state(signal?: AbortSignal): Promise<answers.State>
  truth(): Promise<answers.Truth>
  setRunning(running: boolean): Promise<void>
  setSpeed(scale: number): Promise<void>
  addShopper(wish: ShopperWish): Promise<void>
  break(wish: FaultWish): Promise<void>
  /** One thing, or everything. */
  mend(device?: string): Promise<void>
}

export interface TwinClientOptions {
  /** Of the payment provider. */
  url: string
  token: string
  wallClock: Clock
}

const answerWithinMs = 4000
const limits = { maxBytes: 16e6, maxDepth: 24 }
const loopback = ['127.0.0.1', 'localhost', '[::1]']
const problemsOfRefusal = compileCheck(answers.Refusal)

/** null where the address is not of this machine: then no simulated store is behind it, and nobody gets the token. */
export function createTwinClient({ url, token, wallClock }: TwinClientOptions): TwinClient | null {
  if (!loopback.includes(new URL(url).hostname)) return null

  async function ask<S extends TSchema>(gate: (body: unknown) => Static<S>, request: Request): Promise<Static<S>> {
    const late = new AbortController()
    const timer = wallClock.after(answerWithinMs, () => late.abort())
    try {
      const response = await fetch(request, { signal: AbortSignal.any([late.signal, request.signal]) })
      const body = parseJson(await response.text(), new URL(request.url).pathname, limits)
      if (response.ok) return gate(body)
      throw isRefusal(body) ? new AisleError(body.code, body.message, { action: body.action }) : unreachable()
    } catch (error) {
      throw error instanceof AisleError ? error : unreachable(error)
    } finally {
      wallClock.clear(timer)
    }
  }

  const request = (path: string, rest: RequestInit = {}) =>
    new Request(new URL(path, url), {
      redirect: 'error',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...rest,
    })
  const get = <S extends TSchema>(path: string, schema: S) => {
    const gate = answers.answerGate(schema)
    return (signal?: AbortSignal) => ask<S>(gate, request(path, signal ? { signal } : {}))
  }
  const done = answers.answerGate(answers.Done)
  const post = async (path: string, body: object) => {
    await ask(done, request(path, { method: 'POST', body: JSON.stringify(body) }))
  }

  return {
    things: get('/twin/things', answers.Things),
    behaviours: get('/twin/behaviours', answers.Behaviours),
    state: get('/twin/state', answers.State),
    truth: get('/twin/truth', answers.Truth),
    setRunning: (running) => post(running ? '/twin/resume' : '/twin/pause', {}),
    setSpeed: (scale) => post('/twin/speed', { scale }),
    addShopper: (wish) => post('/twin/shopper', wish),
    break: (wish) => post('/twin/fault', wish),
    mend: (device) => post('/twin/mend', device === undefined ? {} : { device }),
  }
}

function isRefusal(body: unknown): body is Static<typeof answers.Refusal> {
  return problemsOfRefusal(body).length === 0
}

function unreachable(cause?: unknown): AisleError {
  return new AisleError('twin-unreachable', 'The simulated store does not answer.', {
    action: 'Try again in a moment; it is started again by itself.',
    cause,
  })
}
