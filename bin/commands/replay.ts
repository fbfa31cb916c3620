import { build } from '../../build/build.ts'
import { readRecording } from '../../runtime/recording/recording.ts'
import { replayReport } from '../../runtime/recording/replay-report.ts'
import type { Answer } from '../../runtime/store/recorded-store.ts'
import { replayStore } from '../../runtime/store/replay-store.ts'
import type { AddCommand } from '../command.ts'
import { root } from '../store-options.ts'

interface Options {
  flow?: string
  json?: boolean
}

const addCommand: AddCommand = (program) => {
  program
    .command('replay')
    .argument('<directory>', 'folder of a recording (open-aisle-recording/1)')
    .option('--flow <file>', "run this flow's wires headless instead of the library that the shipped flow is made of")
    .option('--json', 'print nothing but the answer, as the recording format names it')
    .description('run a recording again in virtual time and show the receipts')
    .action(async (directory: string, { flow, json }: Options) => {
      if (flow !== undefined) {
        printAnswer(await throughWires(directory, flow), json)
        return
      }
      const recording = await readRecording(directory)
      const { answer, visits } = replayStore(recording)
      if (json) printAnswer(answer, json)
      else console.log(replayReport(recording, visits))
    })
}

/** Node-RED is loaded only when wires are asked for, and it loads our nodes from what is built. */
async function throughWires(directory: string, flowFile: string): Promise<Answer> {
  // Standard output belongs to the answer.
  await build(root, (line) => console.error(line))
  const { replayFlow } = await import('../../nodes/host/replay-flow.ts')
  return replayFlow(directory, flowFile)
}

function printAnswer(answer: Answer, json: boolean | undefined): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(answer)}\n`)
    return
  }
  for (const { person, items } of answer.receipts) {
    console.log(`${person}\n${items.map(({ sku, quantity }) => `  ${quantity} × ${sku}`).join('\n')}`)
  }
}

export default addCommand
