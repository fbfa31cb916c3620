import { readFileSync } from 'node:fs'
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
    .action((directory: string, file: string) => {
      const where = file === '-' ? 'standard input' : file
      const answer = checkAnswer(parseJson(readFileSync(file === '-' ? 0 : file, 'utf8'), where), where)
      const products = readJsonFile(directory, 'products.json', checkProducts)
      const withAliases = products.map(({ sku, aliases }) => ({ sku, aliases: aliases ?? [] }))
      console.log(JSON.stringify(score(readTruth(directory), answer, withAliases)))
    })
}

export default addCommand
