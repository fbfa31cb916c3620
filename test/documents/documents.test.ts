import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import { makeDocuments } from '../../build/documents/documents.ts'

describe('the pages made from data', () => {
  it('are committed as the data has them today (npx aisle docs writes them)', async () => {
    for (const [page, content] of await makeDocuments(root)) {
      const committed = await readFile(join(root, 'docs', page), 'utf8').catch(() =>
        assert.fail(`docs/${page} is missing`),
      )
      assert.equal(committed, content, `docs/${page} is out of date`)
    }
  })
})
