/** `aisle new-store NAME`: makes a store's folder of answers and a product list. */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { AisleError } from '../../runtime/contract/errors.ts'
import { identifierPattern } from '../../runtime/contract/schema.ts'
import { type DeviceCatalogue, loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { definitionFolders, type LoadedStore, loadStore } from '../../runtime/profile/load-store.ts'
import { answersFile, readAnswers, type StoreAnswers } from '../../runtime/store-design/answers.ts'
import { designStore } from '../../runtime/store-design/design-store.ts'
import { requireKnownDevices } from '../../runtime/store-design/device-check.ts'
import { type ListedProduct, readProductList } from '../../runtime/store-design/product-list.ts'
import { askAnswers } from '../../runtime/store-design/questions.ts'
import { storeFiles } from '../../runtime/store-design/store-files.ts'
import type { AddCommand } from '../command.ts'
import { root } from '../store-options.ts'

interface Options {
  answers?: string
  products?: string
  out?: string
  overwrite?: boolean
}

interface Answered {
  answers: StoreAnswers
  /** The product list's text, kept beside the store, so that it can be made again. */
  list: string
  products: ListedProduct[]
}

const listFile = 'products.csv'
const profilesFolder = join(root, 'hardware-profiles')

const addCommand: AddCommand = (program) => {
  program
    .command('new-store')
    .argument('<name>', 'short name of the store: the name of its folder')
    .option('--answers <file>', 'do not ask: take the answers from this file, as an earlier run wrote it')
    .option('--products <file>', 'product list (CSV: sku, name, price, weight_g, sold_by, section, …)')
    .option('--out <folder>', 'where to make the folder; by default hardware-profiles')
    .option('--overwrite', 'replace a store of this name')
    .description('make a store: asks for size, fixtures, devices and a product list, and writes its profile')
    .action(newStore)
}

async function newStore(name: string, options: Options): Promise<void> {
  const folder = join(resolve(options.out ?? profilesFolder), name)
  checkName(name, folder, options)
  const definitions = await loadDeviceDefinitions(join(profilesFolder, 'devices'))
  const answered = options.answers ? await answersIn(options.answers, options) : await ask(name, options, definitions)
  // Kept before anything can go wrong with them: nobody wants to answer twice.
  await keepAnswers(answered, folder, options)
  const files = storeFiles(designStore(name, answered.answers, answered.products, definitions))
  const store = await loadsAs(files, definitions)
  for (const [file, text] of files) await writeFile(join(folder, file), text)
  report(store, folder)
}

function checkName(name: string, folder: string, { overwrite }: Options): void {
  if (!new RegExp(identifierPattern).test(name) || definitionFolders.includes(name)) {
    throw new AisleError('store-name', `${JSON.stringify(name)} cannot be the name of a store.`, {
      action: 'Take letters, digits, dots and hyphens, such as my-first-store.',
    })
  }
  if (existsSync(join(folder, 'profile.json')) && !overwrite) {
    throw new AisleError('store-exists', 'There is a store of this name.', {
      where: folder,
      action: 'Take another name, or add --overwrite: what was changed in its files by hand is lost then.',
    })
  }
}

async function answersIn(file: string, options: Options): Promise<Answered> {
  const path = resolve(file)
  const answers = readAnswers(await readText(path, 'answers-missing'), path)
  const listPath = options.products ? resolve(options.products) : resolve(dirname(path), answers.products)
  const list = await readText(listPath, 'product-list-missing')
  return { answers, list, products: readProductList(list, listPath, answers.currency) }
}

async function ask(storeId: string, options: Options, definitions: DeviceCatalogue): Promise<Answered> {
  if (!process.stdin.isTTY) {
    throw new AisleError('answers-missing', 'There is nobody here to be asked.', {
      action: `Give the answers in a file: --answers FILE; hardware-profiles/emart24-gimpo/${answersFile} is an example.`,
    })
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const interview = {
      ask: (question: string) => terminal.question(question),
      say: (line: string) => console.log(line),
    }
    const path = resolve(options.products ?? (await interview.ask('Product list (CSV file): ')))
    const list = await readText(path, 'product-list-missing')
    // Read again once the currency is known; this one has three decimals, so that every price passes.
    const listed = readProductList(list, path, 'KWD')
    const sectionNames = [...new Set(listed.flatMap(({ section }) => section ?? []))]
    const answers = await askAnswers(interview, { storeId, sectionNames, products: listFile, definitions })
    return { answers, list, products: readProductList(list, path, answers.currency) }
  } finally {
    terminal.close()
  }
}

/** What the files load as, before any of them is where somebody could start it. */
async function loadsAs(files: ReadonlyMap<string, string>, definitions: DeviceCatalogue): Promise<LoadedStore> {
  const draft = await mkdtemp(join(tmpdir(), 'aisle-new-store-'))
  try {
    for (const [file, text] of files) await writeFile(join(draft, file), text)
    const store = await loadStore(draft)
    requireKnownDevices(store.profile, definitions)
    return store
  } finally {
    await rm(draft, { recursive: true })
  }
}

/** The store can be made again of what lies beside it. A file of answers that somebody wrote keeps its form. */
async function keepAnswers({ answers, list }: Answered, folder: string, options: Options): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, listFile), list)
  const path = join(folder, answersFile)
  const from = options.answers && resolve(options.answers)
  if (from === path) return
  if (from && answers.products === listFile) await copyFile(from, path)
  else await writeFile(path, `${JSON.stringify({ ...answers, products: listFile }, undefined, 2)}\n`)
  if (!from) console.log(`Your answers are kept in ${path}; --answers takes them from there.`)
}

function report({ profile, catalogue }: LoadedStore, folder: string): void {
  const lines = profile.devices.filter(({ pollHz }) => pollHz !== undefined).length
  console.log(
    `${folder}: ${profile.fixtures.length} fixtures, ${profile.plates.length} plates on ${lines} lines, ` +
      `${profile.cameras.length} cameras, ${catalogue.products.length} products.`,
  )
  const name = folder === join(profilesFolder, profile.storeId) ? profile.storeId : folder
  console.log(`Look it over with: npx aisle check-profile ${name}`)
  console.log(`See it work with:  npx aisle start --profile ${name}`)
}

async function readText(path: string, code: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AisleError(code, 'It cannot be read.', { where: path, action: 'Check its name.', cause })
  })
}

export default addCommand
