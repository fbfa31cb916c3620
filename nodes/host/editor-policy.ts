/**
 * The editor's content security policy. It inserts each node's registration as an inline script, and its palette has
 * buttons with inline handlers; those that we know are allowed by their hash, and no other inline script runs. (So the
 * two buttons in the palette's tooltip of a subflow do nothing.) Styles stay open: the editor sets them everywhere.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * @param html of all nodes and plugins, as Node-RED hands it to the editor
 * @param types of all nodes in the palette
 */
export function editorPolicy(html: string, types: Iterable<string>): string {
  const allowed = new Set([...inlineScriptsOf(html), ...[...types].flatMap(paletteHandlers), diagramScript()])
  const hashes = [...allowed].map((code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`)
  return [
    "default-src 'self'",
    `script-src 'self' 'unsafe-hashes' ${hashes.join(' ')}`.trim(),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')
}

/** What runs of the HTML: scripts with a body that the browser takes for code. */
function inlineScriptsOf(html: string): string[] {
  return [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/gi)]
    .filter(([, attributes = '']) => !/\bsrc\s*=/i.test(attributes) && isCode(attributes))
    .map(([, , body = '']) => body)
}

const isCode = (attributes: string) =>
  /\btype\s*=\s*["']?(text\/javascript|module)/i.test(attributes) || !/\btype\s*=/i.test(attributes)

/** As @node-red/editor-client 5.0.7 writes them (src/js/ui/palette.js). */
const paletteHandlers = (type: string): string[] => [
  `RED.search.show('type:${type.includes(' ') ? `"${type}"` : type}'); return false;`,
  `RED.sidebar.help.show('${type.replaceAll("'", "\\'")}'); return false;`,
]

/** The editor fetches the script that draws diagrams in help texts, and runs what it got. */
function diagramScript(): string {
  const editor = dirname(createRequire(import.meta.url).resolve('@node-red/editor-client'))
  return readFileSync(join(editor, 'public', 'vendor', 'mermaid', 'mermaid.min.js'), 'utf8')
}
