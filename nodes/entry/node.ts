import type { NodeContext } from '../kit/node-context.ts'

/** Whoever stood at the door when the flows were away has scanned again or left. */
const staleAfterMs = 10_000

export default (context: NodeContext<{ gate: string; method: string }>) => {
  const { settings, store } = context

  context.followTill(['scan'], ({ data: scan }) => {
    if (settings.gate !== '' && scan.gate !== settings.gate) return
    if (settings.method !== 'any' && scan.method !== settings.method) return
    if (store.clock.nowMs() - scan.receivedAtMs > staleAfterMs) return
    context.status('green', `${scan.method} at ${scan.gate}`)
    context.send(scan)
  })
  return {}
}
