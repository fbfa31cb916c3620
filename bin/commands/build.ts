import { fileURLToPath } from 'node:url'
import { build } from '../../build/build.ts'
import type { AddCommand } from '../command.ts'

const addCommand: AddCommand = (program) => {
  program
    .command('build')
    .description('compile what Node-RED and the browsers load into dist/ (start does it by itself)')
    .action(async () => {
      await build(fileURLToPath(new URL('../../', import.meta.url)), (line) => console.log(line))
    })
}

export default addCommand
