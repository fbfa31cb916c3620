/** The first look at a flow that came from outside: is it a list of nodes at all, and nothing that harms a reader. */
import { type FlowProblem, wholeFlow } from './problem.ts'

/** A node as flows list them; everything but these is the node's own. */
export interface FlowNode {
  id: string
  type: string
  z?: string
  d?: boolean
  name?: string
  label?: string
  wires?: string[][]
  [property: string]: unknown
}

/** Larger, deeper or fuller than any flow that a person can read. */
export const flowLimits = { maxBytes: 5e6, maxDepth: 32, maxNodes: 5000 } as const

/** What is wrong with the whole; nodes are looked at one by one only when nothing is. */
export function checkShape(flow: unknown): FlowProblem[] {
  if (!Array.isArray(flow)) {
    const found = flow === null ? 'null' : typeof flow
    return [
      problem(
        'flow-not-a-list',
        `A flow is a list of nodes, but this is ${found === 'object' ? 'one object' : found}.`,
      ),
    ]
  }
  if (flow.length > flowLimits.maxNodes) {
    const message = `It has ${flow.length} nodes; the limit is ${flowLimits.maxNodes}.`
    return [problem('flow-too-many-nodes', message, 'Split it into several stores or leave out what is not used.')]
  }
  return checkValues(flow) ?? flow.flatMap((node, index) => checkNodeShape(node, index))
}

interface Visit {
  value: unknown
  depth: number
  pointer: string
}

/** Walks everything once, without recursion, because depth is one of the things that it looks for. */
function checkValues(flow: unknown[]): FlowProblem[] | null {
  const open: Visit[] = [{ value: flow, depth: 1, pointer: '' }]
  let bytes = 0
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth, pointer } = next
    bytes += typeof value === 'string' ? value.length : 8
    if (bytes > flowLimits.maxBytes) {
      return [problem('flow-too-large', `It is larger than ${flowLimits.maxBytes} bytes.`)]
    }
    if (typeof value !== 'object' || value === null) continue
    if (depth > flowLimits.maxDepth) {
      return [problem('flow-too-deep', `${pointer.slice(0, 80)} is nested deeper than ${flowLimits.maxDepth} levels.`)]
    }
    for (const key of Object.keys(value)) {
      bytes += key.length
      const place = `${pointer}/${key}`
      if (poisons(value, key)) return [problem('flow-forbidden-key', `${place.slice(0, 120)} is a forbidden key.`)]
      open.push({ value: (value as Record<string, unknown>)[key], depth: depth + 1, pointer: place })
    }
  }
  return null
}

/** Keys that would become a prototype when somebody copies the object property by property. */
function poisons(value: object, key: string): boolean {
  if (key === '__proto__') return true
  if (key !== 'constructor') return false
  const inner = (value as Record<string, unknown>)[key]
  return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype')
}

function checkNodeShape(node: unknown, index: number): FlowProblem[] {
  const say = (what: string) => [problem('flow-node-malformed', `Entry ${index} ${what}.`)]
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return say('is no node')
  const { id, type, wires, z } = node as Record<string, unknown>
  if (typeof id !== 'string' || id.length === 0 || id.length > 200) return say('has no usable id')
  if (typeof type !== 'string' || type.length === 0 || type.length > 200) return say(`(${id}) has no usable type`)
  if (z !== undefined && typeof z !== 'string') return say(`(${id}) has a tab (z) that is no text`)
  if (wires !== undefined && !areWires(wires)) return say(`(${id}) has wires that are no lists of node ids`)
  return []
}

const areWires = (wires: unknown): boolean =>
  Array.isArray(wires) &&
  wires.every((port) => Array.isArray(port) && port.every((target) => typeof target === 'string'))

const problem = (
  code: string,
  message: string,
  action = 'Export the flow again from an editor; this file was not made by one.',
): FlowProblem => ({ severity: 'error', code, where: wholeFlow, message, action })
