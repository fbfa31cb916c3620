/**
 * Checks a flow before it is deployed. A pure function of the flow and the catalogue, so that the editor, the
 * programs and the command line say the same.
 */
import type { FlowCatalogue } from './catalogue.ts'
import { checkNode } from './check-node.ts'
import { checkWires } from './check-wires.ts'
import { checkShape, type FlowNode } from './flow-shape.ts'
import type { FlowProblem } from './problem.ts'
import { type ReadFlow, readFlow } from './read-flow.ts'

/** @param flow what came from outside, parsed; an empty answer means that it may be deployed */
export function checkFlow(flow: unknown, catalogue: FlowCatalogue): FlowProblem[] {
  const malformed = checkShape(flow)
  if (malformed.length > 0) return malformed
  const read = readFlow(flow as FlowNode[], catalogue)
  return [
    ...checkIds(read),
    ...read.nodes.flatMap((node) => checkNode(node, read)),
    ...checkWires(read),
    ...checkStores(read),
  ]
}

/** Only what stands against deploying it. */
export const errorsOf = (problems: readonly FlowProblem[]) => problems.filter(({ severity }) => severity === 'error')

function checkIds({ nodes, byId, place }: ReadFlow): FlowProblem[] {
  return nodes
    .filter((node) => byId.get(node.id) !== node)
    .map((node) => ({
      severity: 'error',
      code: 'flow-duplicate-id',
      where: place(node),
      message: `The id ${node.id} is used more than once.`,
      action: 'Import the flow in the editor as a copy, which gives every node an id of its own.',
    }))
}

function checkStores({ nodes, typeOf, isActive, place }: ReadFlow): FlowProblem[] {
  const stores = nodes.filter((node) => typeOf(node)?.kind === 'config' && isActive(node))
  return stores.slice(1).map((node) => ({
    severity: 'warning',
    code: 'flow-several-stores',
    where: place(node),
    message: 'There is more than one store node, but these programs run one store.',
    action: 'Point all nodes to one store node and delete the others.',
  }))
}
