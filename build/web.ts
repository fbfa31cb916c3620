/**
 * Compiles the browsers' TypeScript (pages and the editor's plugin) to ES modules in `dist/web`, in the folders
 * of their sources. No bundler: browsers load the modules as they are, with an import map for preact.
 */
import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { AisleError } from '../runtime/contract/errors.ts'

/** What a module of the editor loads beside itself. */
const styles = 'nodes/editor/browser/styles.css'

export async function buildWeb(root: string, output: string): Promise<void> {
  await compile(root, output)
  cpSync(join(root, styles), join(output, styles))
}

async function compile(root: string, output: string): Promise<void> {
  const compiler = dirname(createRequire(join(root, 'package.json')).resolve('typescript/package.json'))
  try {
    const options = [join(compiler, 'bin', 'tsc'), '-p', 'tsconfig.web.json', '--outDir', output]
    await promisify(execFile)(process.execPath, options, { cwd: root })
  } catch (cause) {
    const said = (cause as { stdout?: string }).stdout?.trim() || String(cause)
    throw new AisleError('build-failed', `The browsers' code does not compile:\n${said}\n`, {
      action: 'Correct the lines above and run it again.',
      cause,
    })
  }
}
