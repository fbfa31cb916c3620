/**
 * The editor's content security policy. It inserts each node's registration as an inline script; those that we know
 * are allowed by their hash, and no other inline script runs. Styles stay open: the editor sets them everywhere.
 */
import { createHash } from 'node:crypto'

export function editorPolicy(inlineScripts: readonly string[]): string {
  const hashes = inlineScripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  return [
    "default-src 'self'",
    `script-src 'self' ${[...new Set(hashes)].join(' ')}`.trim(),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')
}

/** What runs of the HTML that Node-RED hands to the editor: scripts with a body that the browser takes for code. */
export function inlineScriptsOf(html: string): string[] {
  return [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/gi)]
    .filter(([, attributes = '']) => !/\bsrc\s*=/i.test(attributes) && isCode(attributes))
    .map(([, , body = '']) => body)
}

const isCode = (attributes: string) =>
  /\btype\s*=\s*["']?(text\/javascript|module)/i.test(attributes) || !/\btype\s*=/i.test(attributes)
