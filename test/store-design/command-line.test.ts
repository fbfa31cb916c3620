import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../bin/store-options.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'

const shipped = join(root, 'hardware-profiles/gs25-euljiro')

interface Ended {
  code: number
  said: string
}

const aisle = (...words: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [join(root, 'bin/aisle.ts'), ...words], (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), said: out + err }),
    )
    child.stdin?.end()
  })

describe('aisle new-store', function () {
  this.timeout(60_000)
  let out: string
  before(async () => {
    out = await mkdtemp(join(tmpdir(), 'new-store-'))
  })
  after(() => rm(out, { recursive: true }))

  it('makes a store that loads, with what it was made of beside it, and never replaces one unasked', async () => {
    const words = ['new-store', 'my-shop', '--answers', join(shipped, 'new-store.json'), '--out', out]
    const made = await aisle(...words)
    assert.equal(made.code, 0, made.said)
    assert.match(made.said, /300 plates on \d+ lines, 34 cameras, 700 products/)
    assert.equal((await loadStore(join(out, 'my-shop'))).profile.storeId, 'my-shop')
    for (const file of ['new-store.json', 'products.csv']) {
      assert.equal(await readFile(join(out, 'my-shop', file), 'utf8'), await readFile(join(shipped, file), 'utf8'))
    }
    const again = await aisle(...words)
    assert.equal(again.code, 1)
    assert.match(again.said, /There is a store of this name\. .*--overwrite/)
  })

  it('asks nobody who is not there', async () => {
    const { code, said } = await aisle('new-store', 'other-shop', '--out', out)
    assert.equal(code, 1)
    assert.match(said, /nobody here to be asked.*--answers FILE/)
  })
})
