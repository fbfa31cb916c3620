/**
 * Makes `dist/` from the sources: what Node-RED and the browsers load. Sources run as they are on Node 24, so
 * there is little to do: the nodes' editor parts are generated, and the browsers' TypeScript is compiled.
 */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash, Stamps } from './fresh.ts'

interface Step {
  /** The folder in `dist/` that it fills. */
  output: string
  /** What it reads, generously: a needless run costs less than a stale page. */
  inputs: readonly string[]
  /** Fills `folder`. Loads its code only when it is needed, because every start of a store passes here. */
  run(root: string, folder: string): Promise<void>
}

const always = ['build', 'package.json']

const steps: readonly Step[] = [
  {
    output: 'nodes',
    inputs: [...always, 'nodes', 'runtime/contract', 'runtime/policy', 'node_modules/marked/package.json'],
    run: async (root, folder) => (await import('./nodes.ts')).buildNodes(root, folder),
  },
  {
    output: 'editor',
    inputs: [...always, 'nodes/editor'],
    run: async (root, folder) => (await import('./plugin.ts')).buildEditorPlugin(root, folder),
  },
  {
    output: 'web',
    inputs: [
      ...always,
      'nodes/editor/browser',
      'nodes/kit',
      'runtime',
      'tsconfig.web.json',
      'node_modules/typescript/package.json',
    ],
    run: async (root, folder) => (await import('./web.ts')).buildWeb(root, folder),
  },
]

/**
 * Brings `dist/` up to date; with nothing changed it only compares hashes. `say` gets one line for each step that ran.
 * @throws AisleError `build-failed` with what the compiler said
 */
export async function build(root: string, say: (line: string) => void): Promise<void> {
  const stamps = new Stamps(root)
  for (const step of steps) {
    const hash = contentHash(root, step.inputs)
    if (stamps.isFresh(step.output, hash)) continue
    const startedMs = performance.now()
    await replaceFolder(join(root, 'dist', step.output), (folder) => step.run(root, folder))
    stamps.mark(step.output, hash)
    say(`built dist/${step.output} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
  }
}

/** Fills a new folder and puts it in the old one's place, so that a store that is running never finds half of it. */
async function replaceFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const fresh = `${path}.${process.pid}`
  try {
    mkdirSync(fresh, { recursive: true })
    await fill(fresh)
    rmSync(path, { recursive: true, force: true })
    renameSync(fresh, path)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
