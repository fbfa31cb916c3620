import { checkFlow } from '../../runtime/flow-check/check-flow.ts'
import type { FlowProblem } from '../../runtime/flow-check/problem.ts'
import { withNodeRed } from './headless.ts'
import { readFlowFile } from './read-flow-file.ts'

/** @throws AisleError `flow-missing`, `json-too-large`, `json-too-deep`, `json-invalid` */
export async function checkFlowFile(file: string): Promise<FlowProblem[]> {
  const flow = await readFlowFile(file)
  return await withNodeRed({ onError: () => {} }, async (catalogue) => checkFlow(flow, catalogue))
}
