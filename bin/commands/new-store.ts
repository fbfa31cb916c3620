/** `aisle new-store NAME`: makes a store's folder of answers and a product list. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { compileGate, parseJson } from '../../runtime/contract/schema.ts'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { StoreAnswers } from '../../runtime/store-design/answers.ts'
import { designStore } from '../../runtime/store-design/design-store.ts'
import { readProductList } from '../../runtime/store-design/product-list.ts'
import { storeFiles } from '../../runtime/store-design/store-files.ts'
import type { AddCommand } from '../command.ts'
import { root } from '../store-options.ts'

interface Options {
  answers: string
}

const answersGate = compileGate(StoreAnswers, {
  code: 'answers-invalid',
  what: 'The file of answers',
  action: 'Correct these places; hardware-profiles/emart24-gimpo/new-store.json is an example.',
})

const addCommand: AddCommand = (program) => {
  program
    .command('new-store')
    .argument('<name>')
    .requiredOption('--answers <file>')
    .action(async (name: string, options: Options) => {
      const path = resolve(options.answers)
      const answers = answersGate(parseJson(await readFile(path, 'utf8'), path), path)
      const list = resolve(dirname(path), answers.products)
      const products = readProductList(await readFile(list, 'utf8'), list, answers.currency)
      const definitions = await loadDeviceDefinitions(join(root, 'hardware-profiles', 'devices'))
      const design = designStore(name, answers, products, definitions)
      const folder = join(root, 'hardware-profiles', name)
      await mkdir(folder, { recursive: true })
      for (const [file, text] of storeFiles(design)) await writeFile(join(folder, file), text)
    })
}

export default addCommand
