/**
 * The flows program as it is, except that it tells its parent, when asked, every route that was made in it: Node-RED's
 * own, those of its nodes and ours. They are noted as they are made, because Express hides the apps within an app.
 */
import express, { type Application, type IRoute, type Router } from 'express'

interface Made {
  router: Router
  route: IRoute & { methods: Record<string, boolean> }
}

const apps: (Application & { _router?: Router; path(): string })[] = []
const made: Made[] = []

const { init } = express.application
express.application.init = function (this: (typeof apps)[number]) {
  apps.push(this)
  return init.call(this)
}
// Every router of Express inherits from this function.
const routers = express.Router as unknown as Router
const { route: makeRoute } = routers
routers.route = function (this: Router, path: string) {
  const route = makeRoute.call(this, path) as Made['route']
  made.push({ router: this, route })
  return route
} as typeof makeRoute

await import('../../nodes/host/main.ts')

process.on('message', (message: { type: string }) => {
  if (message.type === 'routes') process.send?.({ type: 'routes', routes: made.flatMap(told) })
})

/** With the path under which the route's app is mounted. */
function told({ router, route: { path, methods } }: Made): string[] {
  const mountedAt = apps.find((app) => app._router === router)?.path() ?? ''
  // Node-RED has some as regular expressions: their first folder stands for them.
  const text = (path as unknown) instanceof RegExp ? `/${String(path).split('\\/')[1]}/x/y/z` : path
  const whole = `${mountedAt}${text}`.replaceAll(/\/+/g, '/')
  return Object.keys(methods).map((method) => `${method.toUpperCase()} ${whole}`)
}
