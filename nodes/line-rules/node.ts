import type { BasketChange } from '../../runtime/contract/messages.ts'
import { decideLines, type LineRulesPolicy } from '../../runtime/policy/line-rules.ts'
import { policyHash } from '../../runtime/policy/policy-hash.ts'
import type { Controller, NodeContext } from '../kit/node-context.ts'

interface Waiting {
  basket: BasketChange | null
  exited: boolean
  stopWaiting?: () => void
}

/** When the final basket does not come, the last one is shown to a person: until then something may yet go back. */
const waitForBasketMs = 30_000
/** Visits whose late messages are still recognised. */
const rememberedDecisions = 1000

const portOf = { charge: 'charge', review: 'review', empty: 'let-go' } as const

export default (context: NodeContext<LineRulesPolicy>): Controller<'basket-change' | 'visit'> => {
  const { settings: policy, store } = context
  const hash = policyHash(policy)
  const products = new Map(store.layout.products.map((product) => [product.sku, product]))
  const waiting = new Map<string, Waiting>()
  const decided = new Set<string>()

  const decide = (visitId: string, basket: BasketChange | null, send = context.send) => {
    waiting.get(visitId)?.stopWaiting?.()
    waiting.delete(visitId)
    decided.add(visitId)
    const [oldest] = decided
    if (decided.size > rememberedDecisions && oldest !== undefined) decided.delete(oldest)
    const { outcome, lines } = decideLines(basket?.lines ?? [], policy, { products, isFinal: basket?.final ?? false })
    context.status('green', `${outcome}: ${visitId}`)
    send(
      {
        type: 'decision',
        ...context.stamp(),
        ...{ visitId, basketRevision: basket?.revision ?? 0, outcome, lines, policyHash: hash },
      },
      portOf[outcome],
    )
  }

  const update = (visitId: string, change: Partial<Waiting>, send = context.send) => {
    if (decided.has(visitId)) return
    const visit = { ...(waiting.get(visitId) ?? { basket: null, exited: false }), ...change }
    waiting.set(visitId, visit)
    if (visit.basket?.final) decide(visitId, visit.basket, send)
    else if (visit.exited) {
      visit.stopWaiting ??= context.after(waitForBasketMs, () => decide(visitId, waiting.get(visitId)?.basket ?? null))
    }
  }

  context.followTill(
    ['payment'],
    ({ data }) => {
      waiting.get(data.visitId)?.stopWaiting?.()
      waiting.delete(data.visitId)
    },
    {
      onState({ visits }) {
        for (const { visitId, state, basket, decision } of visits) {
          if (state === 'open') update(visitId, { basket })
          else if (!decision && (state === 'exited' || state === 'deciding')) update(visitId, { basket, exited: true })
        }
      },
    },
  )

  return {
    onMessage(message, send) {
      if (message.type === 'basket-change') update(message.visitId, { basket: message }, send)
      else if (message.state === 'exited') update(message.visitId, { exited: true }, send)
    },
  }
}
