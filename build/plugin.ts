/** Makes what Node-RED loads of the editor's plugin: a `.js` that leads to the TypeScript, its page part, its texts. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { locales } from './nodes.ts'

export async function buildEditorPlugin(root: string, output: string): Promise<void> {
  const source = join(root, 'nodes', 'editor')
  writeFileSync(join(output, 'editor.js'), "export { default } from '../../nodes/editor/plugin.ts'\n")
  // Node-RED waits for a script with a relative address before it goes on to the nodes, whose dialogs need it.
  writeFileSync(join(output, 'editor.html'), '<script type="module" src="web/nodes/editor/browser/main.js"></script>\n')
  for (const [language, locale] of Object.entries(locales)) {
    mkdirSync(join(output, 'locales', locale), { recursive: true })
    const texts = readFileSync(join(source, `texts.${language}.json`), 'utf8')
    writeFileSync(join(output, 'locales', locale, 'editor.json'), texts)
  }
}
