/**
 * Makes what Node-RED loads of each node: a `.js` that leads to the TypeScript (Node-RED finds a node's dialog by
 * replacing `.js` by `.html`, so it cannot be pointed at the source itself), the dialog, help, texts and icon.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadNodeFolders, type NodeFolder } from './node-folders.ts'
import { helpHtml, nodeHtml } from './node-html.ts'

/** Our texts' languages, and the folders in which Node-RED looks for them. */
export const locales = { en: 'en-US', ko: 'ko' } as const

export async function buildNodes(root: string, output: string): Promise<void> {
  for (const folder of await loadNodeFolders(root)) writeNode(folder, join(output, folder.name))
}

function writeNode(folder: NodeFolder, output: string): void {
  const { name, definition } = folder
  const read = (file: string) => readFileSync(join(folder.path, file), 'utf8')
  mkdirSync(join(output, 'icons'), { recursive: true })
  copyFileSync(join(folder.path, 'icon.svg'), join(output, 'icons', `${name}.svg`))
  writeFileSync(join(output, `${name}.js`), `export { default } from '../../../nodes/${name}/index.ts'\n`)
  writeFileSync(
    join(output, `${name}.html`),
    nodeHtml(name, definition) + helpHtml(definition.type, read('help.en.md')),
  )
  for (const [language, locale] of Object.entries(locales)) {
    const texts = join(output, 'locales', locale)
    mkdirSync(texts, { recursive: true })
    writeFileSync(join(texts, `${name}.json`), read(`texts.${language}.json`))
    writeFileSync(join(texts, `${name}.html`), helpHtml(definition.type, read(`help.${language}.md`)))
  }
}
