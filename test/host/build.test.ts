import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from '../../build/build.ts'
import { nodeFolderNames } from '../../build/node-folders.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('the build', function () {
  this.timeout(60_000)

  it('makes what package.json names for Node-RED', () => {
    const section = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))['node-red']
    const expected = nodeFolderNames(root).map((name) => [name, `dist/nodes/${name}/${name}.js`])
    assert.deepEqual(section.nodes, Object.fromEntries(expected))
    assert.deepEqual(section.plugins, { editor: 'dist/editor/editor.js' })
  })

  it('does nothing when nothing has changed, and again only what has', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'aisle-build-'))
    try {
      for (const path of ['build', 'nodes', 'runtime', 'package.json', 'tsconfig.web.json']) {
        cpSync(join(root, path), join(copy, path), { recursive: true })
      }
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
      const ran = async () => {
        const lines: string[] = []
        await build(copy, (line) => lines.push(line.replace(/ in .*/, '')))
        return lines
      }
      assert.deepEqual(await ran(), ['built dist/nodes', 'built dist/editor', 'built dist/web'])
      for (const file of ['nodes/zones/zones.js', 'editor/editor.html', 'web/nodes/editor/browser/main.js']) {
        assert.ok(existsSync(join(copy, 'dist', file)), file)
      }
      assert.deepEqual(await ran(), [])
      writeFileSync(join(copy, 'nodes/zones/help.en.md'), 'Changed.\n')
      assert.deepEqual(await ran(), ['built dist/nodes'])
      assert.match(readFileSync(join(copy, 'dist/nodes/zones/zones.html'), 'utf8'), /<p>Changed\.<\/p>/)

      writeFileSync(join(copy, 'nodes/editor/browser/ask.ts'), 'const wrong: number = "text"\n')
      await assert.rejects(ran(), { code: 'build-failed', message: /ask\.ts/ })
      await assert.rejects(ran(), { code: 'build-failed' }, 'a failed step must run again')
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  })
})
