/** `aisle check-flow FILE`: says what an import or a deploy of the flow would say. */
import { AisleError } from '../../runtime/contract/errors.ts'
import { errorsOf } from '../../runtime/flow-check/check-flow.ts'
import { problemSentence } from '../../runtime/flow-check/problem.ts'
import type { AddCommand } from '../command.ts'

const addCommand: AddCommand = (program) => {
  program
    .command('check-flow')
    .argument('<file>', 'flow that an editor exported, or that somebody sent you')
    .option('--json', 'print nothing but the list of problems')
    .description('check a flow before it is imported: node types, settings, wires, and whether every exit is paid')
    .action(async (file: string, { json }: { json?: boolean }) => {
      // Node-RED is loaded only for this: it knows which node types are installed.
      const { checkFlowFile } = await import('../../nodes/host/check-flow-file.ts')
      const problems = await checkFlowFile(file)
      if (json) console.log(JSON.stringify(problems))
      else for (const problem of problems) console.log(`${problem.severity}: ${problemSentence(problem)}`)
      if (errorsOf(problems).length > 0) {
        throw new AisleError('flow-refused', 'This flow would not be deployed.', {
          where: file,
          action: 'Correct the errors above.',
        })
      }
      if (!json) console.log(problems.length === 0 ? 'Nothing is wrong with it.' : 'It would be deployed.')
    })
}

export default addCommand
