/** Checks what the wires join: nothing that is not there, types that fit, and a payment behind every exit. */
import type { MessageType } from '../contract/messages.ts'
import type { FlowNode } from './flow-shape.ts'
import type { FlowProblem } from './problem.ts'
import type { ReadFlow } from './read-flow.ts'

export function checkWires(flow: ReadFlow): FlowProblem[] {
  return [...flow.nodes.flatMap((node) => checkEnds(node, flow)), ...checkTypes(flow), ...checkExits(flow)]
}

function checkEnds(node: FlowNode, flow: ReadFlow): FlowProblem[] {
  const problem = (message: string, action: string): FlowProblem => ({
    severity: 'error',
    code: 'flow-wire-to-nowhere',
    where: flow.place(node),
    message,
    action,
  })
  const type = flow.typeOf(node)
  const ports = node.wires ?? []
  const surplus =
    type && ports.length > type.outputs.length && ports.slice(type.outputs.length).some((port) => port.length > 0)
      ? [problem(`It has wires on output ${type.outputs.length + 1}, which it does not have.`, 'Remove those wires.')]
      : []
  const lost = ports
    .flat()
    .filter((target) => flow.byId.get(target)?.z !== node.z)
    .map((target) =>
      flow.byId.has(target)
        ? problem(`A wire leads to ${target}, which is on another tab.`, 'Join tabs with link nodes.')
        : problem(`A wire leads to ${target}, which is not in the flow.`, 'Remove the wire or bring the node back.'),
    )
  return [...surplus, ...lost]
}

/** Where a message may arrive from one output, with the plain wiring (junctions, links) between passed over. */
function destinations(start: readonly string[], flow: ReadFlow): FlowNode[] {
  const found = new Map<string, FlowNode>()
  const seen = new Set<string>()
  const open = [...start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = flow.byId.get(id)
    if (!node || seen.has(id)) continue
    seen.add(id)
    if (!flow.isActive(node)) continue
    const onward = passedOn(node)
    if (onward) open.push(...onward)
    else found.set(id, node)
  }
  return [...found.values()]
}

/** Where a node hands a message on unchanged; null when it does something with it. */
function passedOn(node: FlowNode): string[] | null {
  if (node.type === 'junction' || node.type === 'link in') return (node.wires ?? []).flat()
  if (node.type === 'link out' && node.mode !== 'return') return linksOf(node)
  return null
}

const linksOf = (node: FlowNode): string[] =>
  Array.isArray(node.links) ? node.links.filter((id): id is string => typeof id === 'string') : []

function checkTypes(flow: ReadFlow): FlowProblem[] {
  return flow.nodes.filter(flow.isActive).flatMap((node) =>
    (flow.typeOf(node)?.outputs ?? []).flatMap((port, index) =>
      destinations(node.wires?.[index] ?? [], flow).flatMap((target) => {
        const takes = flow.typeOf(target)?.input?.types
        return takes ? misfit(node, port, target, takes, flow) : []
      }),
    ),
  )
}

function misfit(
  node: FlowNode,
  port: { name: string; types: readonly MessageType[] },
  target: FlowNode,
  takes: readonly MessageType[],
  flow: ReadFlow,
): FlowProblem[] {
  const refused = port.types.filter((type) => !takes.includes(type))
  if (refused.length === 0) return []
  const { nodeName } = flow.place(target)
  return [
    {
      severity: 'warning',
      code: 'flow-wire-misfit',
      where: flow.place(node),
      message: `Its output "${port.name}" sends ${refused.join(' and ')}, but "${nodeName}" takes ${takes.join(' or ')}.`,
      action: `Lead this wire to a node that takes ${refused.join(' or ')}, or change the message on the way.`,
    },
  ]
}

/** Whoever leaves must come to a payment, whatever stands between; else goods leave the store for nothing. */
function checkExits(flow: ReadFlow): FlowProblem[] {
  return flow.nodes
    .filter((node) => flow.isActive(node) && sends(node, ['visit', 'gate-pass'], flow))
    .filter((node) => !reaches(node, flow))
    .map((node) => ({
      severity: 'warning',
      code: 'flow-exit-without-payment',
      where: flow.place(node),
      message: 'Shoppers who leave here come to no payment.',
      action: 'Wire it on to fusion, basket, line rules and payment.',
    }))
}

const sends = (node: FlowNode, types: readonly MessageType[], flow: ReadFlow): boolean =>
  (flow.typeOf(node)?.outputs ?? []).some((port) => port.types.some((type) => types.includes(type)))

function reaches(start: FlowNode, flow: ReadFlow): boolean {
  const seen = new Set<string>()
  const open = [start]
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.has(node.id)) continue
    seen.add(node.id)
    if (!flow.isActive(node)) continue
    if (sends(node, ['payment'], flow)) return true
    for (const id of onward(node, flow)) {
      const next = flow.byId.get(id)
      if (next) open.push(next)
    }
  }
  return false
}

/** Every node that one may lead to; a subflow may lead to whatever is in it, and on from where it stands. */
function onward(node: FlowNode, flow: ReadFlow): string[] {
  const wired = (node.wires ?? []).flat()
  if (node.type.startsWith('link')) return [...wired, ...linksOf(node)]
  if (!node.type.startsWith('subflow:')) return wired
  const inside = node.type.slice('subflow:'.length)
  return [...wired, ...flow.nodes.filter(({ z }) => z === inside).map(({ id }) => id)]
}
