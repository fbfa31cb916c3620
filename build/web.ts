/**
 * Compiles the browsers' TypeScript (pages and the editor's plugin) to ES modules in `dist/web`, in the folders
 * of their sources. No bundler: browsers load the modules as they are, with an import map for preact.
 */
import { execFile } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { AisleError } from '../runtime/contract/errors.ts'

/** What a module of the editor loads beside itself. */
const styles = 'nodes/editor/browser/styles.css'

export async function buildWeb(root: string): Promise<void> {
  const output = join(root, 'dist', 'web')
  rmSync(output, { recursive: true, force: true })
  await compile(root)
  cpSync(join(root, styles), join(output, styles))
}

async function compile(root: string): Promise<void> {
  const compiler = dirname(createRequire(join(root, 'package.json')).resolve('typescript/package.json'))
  try {
    await promisify(execFile)(process.execPath, [join(compiler, 'bin', 'tsc'), '-p', 'tsconfig.web.json'], {
      cwd: root,
    })
  } catch (cause) {
    const said = (cause as { stdout?: string }).stdout?.trim() || String(cause)
    throw new AisleError('build-failed', `The browsers' code does not compile:\n${said}\n`, {
      action: 'Correct the lines above and run it again.',
      cause,
    })
  }
}
