import { mock } from 'node:test'
import { Command } from 'commander'

/**
 * Runs a command of `aisle` in the test's own process, as it runs from the shell.
 * @param add what adds the command to the program
 * @param args its name, then its arguments
 * @returns what it printed; rejects with what it refuses with
 */
export async function aisle(add: (program: Command) => void, ...args: string[]): Promise<string> {
  const log = mock.method(console, 'log', () => {})
  const program = new Command()
  add(program)
  try {
    await program.parseAsync(args, { from: 'user' })
    return log.mock.calls.map(({ arguments: [text] }) => String(text)).join('\n')
  } finally {
    log.mock.restore()
  }
}
