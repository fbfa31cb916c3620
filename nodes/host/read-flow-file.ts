import { readFile } from 'node:fs/promises'
import { AisleError } from '../../runtime/contract/errors.ts'
import { parseJson } from '../../runtime/contract/schema.ts'
import type { FlowCatalogue } from '../../runtime/flow-check/catalogue.ts'
import { checkFlow, errorsOf } from '../../runtime/flow-check/check-flow.ts'
import { flowLimits } from '../../runtime/flow-check/flow-shape.ts'
import { problemSentence } from '../../runtime/flow-check/problem.ts'

/**
 * The JSON of a flow's file, within the limits of flows.
 * @throws AisleError `flow-missing`, `json-too-large`, `json-too-deep`, `json-invalid`
 */
export async function readFlowFile(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AisleError('flow-missing', 'There is no readable flow.', {
      where: file,
      action: 'Give the path of a file that an editor exported.',
      cause,
    })
  })
  return parseJson(text, file, { maxBytes: flowLimits.maxBytes, maxDepth: flowLimits.maxDepth })
}

/** @throws AisleError `flow-refused` with every error of the check */
export function refuseUnsound(flow: unknown, catalogue: FlowCatalogue, where: string): void {
  const errors = errorsOf(checkFlow(flow, catalogue))
  if (errors.length === 0) return
  throw new AisleError('flow-refused', `This flow cannot run:\n  ${errors.map(problemSentence).join('\n  ')}\n`, {
    where,
    action: 'Correct these places.',
  })
}
