/** `aisle docs`: writes the pages that are made from device definitions and profiles. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { makeDocuments } from '../../build/documents/documents.ts'
import { root } from '../store-options.ts'

export default function addDocs(program: Command): void {
  program
    .command('docs')
    .description('write the pages of docs/ that are made from device definitions and profiles')
    .action(async () => {
      for (const [page, content] of await makeDocuments(root)) {
        const path = join(root, 'docs', page)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, content)
        console.log(`docs/${page}`)
      }
    })
}
