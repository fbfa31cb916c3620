import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { AisleError } from '../../runtime/contract/errors.ts'
import { parseJson } from '../../runtime/contract/schema.ts'
import { checkAnswer, checkProducts } from '../../runtime/recording/format.ts'
import { readJsonFile } from '../../runtime/recording/recording-files.ts'
import { readTruth, score } from '../../runtime/recording/score.ts'
import type { AddCommand } from '../command.ts'

const addCommand: AddCommand = (program) => {
  program
    .command('score')
    .argument('<truth-directory>', 'folder of a recording with truth.json')
    .argument('<answer>', 'file with the answer of a replay, or - for standard input')
    .description("score a replay's answer against a recording's truth")
    .action(async (directory: string, file: string) => {
      const where = file === '-' ? 'standard input' : file
      const answer = checkAnswer(parseJson(await readAnswer(file), where), where)
      const products = readJsonFile(directory, 'products.json', checkProducts)
      const withAliases = products.map(({ sku, aliases }) => ({ sku, aliases: aliases ?? [] }))
      console.log(JSON.stringify(score(readTruth(directory), answer, withAliases)))
    })
}

/** @throws AisleError `answer-missing` */
async function readAnswer(file: string): Promise<string> {
  if (file === '-') return text(process.stdin)
  return readFile(file, 'utf8').catch((cause) => {
    throw new AisleError('answer-missing', 'The answer could not be read.', {
      where: file,
      action: 'Name the file that aisle replay --json wrote, or - for standard input.',
      cause,
    })
  })
}

export default addCommand
