#!/usr/bin/env node
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runOnNode24 } from './node24.mjs'

runOnNode24(join(dirname(fileURLToPath(import.meta.url)), 'aisle.ts'), process.argv.slice(2))
