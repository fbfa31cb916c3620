/** Has the flow checked whenever it changes, before anybody deploys it, and marks the nodes that it is about. */
import type { FlowProblem } from '../../../runtime/flow-check/problem.ts'
import { ask } from './ask.ts'
import type { Say } from './form/check.ts'

const changes = [
  'flows:loaded',
  'flows:change',
  'nodes:add',
  'nodes:change',
  'nodes:remove',
  'links:add',
  'links:remove',
  'deploy',
]
/** A change is seldom alone: an import brings many, and a drag of a wire two. */
const pauseMs = 400

export function watchFlow(say: Say, onProblems: (problems: FlowProblem[]) => void): void {
  let byNode = new Map<string, FlowProblem[]>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  const check = async () => {
    const question = ++asked
    const answer = await ask<{ problems: FlowProblem[] }>('open-aisle/check-flow', RED.nodes.createCompleteNodeSet())
    if (question !== asked) return
    const before = byNode
    byNode = Map.groupBy(answer.problems, ({ where }) => where.nodeId ?? '')
    for (const id of new Set([...before.keys(), ...byNode.keys()])) {
      const node = RED.nodes.node(id)
      if (node) node.dirty = true
    }
    RED.view.redraw()
    onProblems(answer.problems)
  }
  const soon = () => {
    clearTimeout(timer)
    // Without an answer (the program restarts) the next change asks again; a deploy is checked in any case.
    timer = setTimeout(() => void check().catch(() => {}), pauseMs)
  }
  for (const event of changes) RED.events.on(event, soon)

  RED.view.annotations.register('open-aisle-problem', {
    type: 'badge',
    class: 'aisle-badge',
    element: (node) => badge(byNode.get(node.id) ?? []),
    show: (node) => byNode.has(node.id),
    tooltip: (node) => (byNode.get(node.id) ?? []).map(({ message }) => message).join('\n') || say('problems.none'),
  })
}

/** A rhombus for a warning, a filled circle for an error: shape as well as colour. */
function badge(problems: FlowProblem[]): SVGElement {
  const isError = problems.some(({ severity }) => severity === 'error')
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  shape.setAttribute('d', isError ? 'M 5,0 a 5,5 0 1 0 0.01,0 z' : 'M 5,0 L 10,5 5,10 0,5 z')
  shape.setAttribute('class', isError ? 'aisle-error' : 'aisle-warning')
  return shape
}
