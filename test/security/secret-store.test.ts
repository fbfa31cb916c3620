import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { openSecretStore, readSecret } from '../../runtime/security/secret-store.ts'

describe('the secret store', () => {
  let folder: string
  let data: string
  const path = () => join(data, 'secrets.json')
  const mode = (file: string) => (statSync(file).mode & 0o777).toString(8)

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aisle-secrets-'))
    data = join(folder, 'corner-shop')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('keeps its file 0600 in a folder 0700, also when the folder was open to all', () => {
    openSecretStore(data).set('toss-key', 'first')
    chmodSync(data, 0o755)
    openSecretStore(data).set('toss-key', 'second')
    assert.equal(mode(path()), '600')
    assert.equal(mode(data), '700')
    assert.equal(readSecret(data, 'toss-key'), 'second')
    assert.deepEqual(readdirSync(data), ['secrets.json'], 'no draft is left')
  })

  it('refuses a file that others can read', () => {
    const store = openSecretStore(data)
    store.set('toss-key', 'value')
    chmodSync(path(), 0o640)
    assert.throws(() => store.read('toss-key'), { code: 'file-not-private', where: path() })
    assert.throws(() => store.set('toss-key', 'other'), { code: 'file-not-private' })
    assert.throws(() => openSecretStore(data), { code: 'file-not-private' })
  })

  it('makes every generated secret once, of 256 random bits', () => {
    const store = openSecretStore(data)
    store.ensureGenerated()
    const first = store.list().map((name) => store.read(name))
    store.ensureGenerated()
    assert.deepEqual(store.list(), Object.values(generatedSecrets).sort())
    assert.deepEqual(
      store.list().map((name) => store.read(name)),
      first,
    )
    assert.equal(new Set(first).size, first.length)
    for (const value of first) assert.equal(Buffer.from(value ?? '', 'base64url').length, 32)
  })

  it('keeps names such as "constructor" apart from what every object has', () => {
    const store = openSecretStore(data)
    assert.equal(store.read('constructor'), undefined)
    store.set('constructor', 'value')
    assert.equal(store.read('constructor'), 'value')
  })

  it('refuses names and values that it cannot keep', () => {
    const store = openSecretStore(data)
    for (const name of ['', '__proto__', 'Upper', 'a/b', 'a'.repeat(65)]) {
      assert.throws(() => store.set(name, 'value'), { code: 'secret-invalid' }, name)
    }
    assert.throws(() => store.set('name', ''), { code: 'secret-invalid' })
    assert.throws(() => readSecret(data, 'never-set'), { code: 'secret-missing', action: /aisle secret set never-set/ })
  })

  it('refuses a damaged file instead of starting from an empty one', () => {
    openSecretStore(data).set('toss-key', 'value')
    writeFileSync(path(), '{"format":"open-aisle-secrets"')
    assert.throws(() => openSecretStore(data), { code: 'json-invalid' })
    writeFileSync(path(), '{"format":"open-aisle-secrets","version":1}')
    assert.throws(() => openSecretStore(data), { code: 'secrets-invalid' })
  })

  it('is set from standard input by the command line, which never prints a value', function () {
    this.timeout(60_000)
    const command = new URL('../../bin/aisle.ts', import.meta.url).pathname
    const aisle = (args: string[], input = '') =>
      spawnSync(process.execPath, [command, 'secret', ...args, '--data', folder], { input, encoding: 'utf8' })
    const set = aisle(['set', 'toss-key'], 'test_sk_1234\n')
    assert.equal(set.status, 0, set.stderr)
    assert.equal(readSecret(data, 'toss-key'), 'test_sk_1234')
    const list = aisle(['list'])
    assert.equal(list.stdout, 'toss-key\n')
    assert.ok(!`${set.stdout}${set.stderr}${list.stderr}`.includes('test_sk_1234'))
    assert.equal(aisle(['set', 'Not A Name'], 'x').status, 1)
  })
})
