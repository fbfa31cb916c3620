#!/usr/bin/env node
// Node-RED 5 needs Node 22.9 and the product runs on Node 24, which npm brings as a package; whatever Node
// started this file, the rest runs on that one. npm 10 links no `node` for it, so it is looked up by path.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Path of a Node that is new enough. */
export function node24() {
  const bundled = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(bundled)) return bundled
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  console.error(
    `Open Aisle runs on Node 24. npm brings it for Linux on x64 and arm64; on ${process.platform} ${process.arch} ` +
      `install Node 24 or newer yourself (this is ${process.version}).`,
  )
  process.exit(1)
}

/** Runs `file` (a TypeScript module of ours) on Node 24 and ends as it ends. */
export function runOnNode24(file, args) {
  const bin = join(root, 'node_modules', '.bin')
  const child = spawn(node24(), ['--disable-warning=ExperimentalWarning', file, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node24())}:${bin}:${process.env.PATH}` },
  })
  // The terminal sends Ctrl-C to the whole group; this process only waits for the other to end in order.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2)
  runOnNode24(file, args)
}
