import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { openSecretStore } from '../../runtime/security/secret-store.ts'
import type { AddCommand } from '../command.ts'
import { dataOption, profileOption, type StoreOptions, storeDirectories } from '../store-options.ts'

const addSecretCommand: AddCommand = (program) => {
  const secret = program
    .command('secret')
    .description('set or list the secrets that profiles and flows call by name')
    .addOption(profileOption)
    .addOption(dataOption)
  const open = () => openSecretStore(storeDirectories(secret.opts<StoreOptions>()).dataDirectory)

  secret
    .command('set <name>')
    .description('take the value from standard input, so that no process list or shell history shows it')
    .action(async (name: string) => {
      const store = open()
      store.set(
        name,
        process.stdin.isTTY ? await askHidden(`Value of ${name}: `) : withoutLastNewline(await text(process.stdin)),
      )
      console.log(`${name} is set; programs that use it take it at their next start.`)
    })

  secret
    .command('list')
    .description('names only')
    .action(() => {
      for (const name of open().list()) console.log(name)
    })
}
export default addSecretCommand

const withoutLastNewline = (value: string) => value.replace(/\r?\n$/, '')

/** Asks on the terminal without showing what is typed. */
async function askHidden(question: string): Promise<string> {
  process.stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  try {
    return await terminal.question('')
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}
