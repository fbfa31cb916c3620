/** Every route of an Express app, read off its stack, so that none can be forgotten in a test. */
import assert from 'node:assert/strict'
import type { Express } from 'express'

interface Layer {
  name: string
  handle: { stack?: Layer[] }
  route?: { path: string; methods: Record<string, boolean> }
}

/** "METHOD path" of each. `known` layers answer nothing by themselves, or only files; any other fails, so that nothing hides in one. */
export function routesOf(app: Express, known: readonly string[]): string[] {
  const inStack = (stack: Layer[]): string[] =>
    stack.flatMap(({ name, handle, route }) => {
      if (route) return Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`)
      if (name === 'router') return inStack(handle.stack ?? [])
      assert.ok(known.includes(name), `the layer "${name}" is new; say what it answers`)
      return []
    })
  return inStack((app as unknown as { _router: { stack: Layer[] } })._router.stack)
}

/** Layers of a program of pages that answer nothing by themselves, or only files. */
export const pageLayers = ['query', 'expressInit', 'httpGuard', 'textParser', 'serveStatic', 'errorAnswers']

/** A path that the route answers: its parameters are filled in. */
export const pathOf = (route: string): string =>
  (route.split(' ')[1] ?? '').replaceAll(/:(\w+)(\([^)]*\))?/g, '$1').replaceAll(/[?*]/g, '')
