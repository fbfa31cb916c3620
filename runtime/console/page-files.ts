/** The code and the styles that pages load. */
import type { ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import express, { type Express } from 'express'

/** Browsers keep code and styles, but ask each time whether they are still the same. */
const unlessChanged = { 'Cache-Control': 'no-cache' }
const asBuilt = {
  index: false,
  redirect: false,
  setHeaders(response: ServerResponse) {
    for (const [name, value] of Object.entries(unlessChanged)) response.setHeader(name, value)
  },
}

const preactFiles = {
  '/preact/preact.mjs': fileURLToPath(import.meta.resolve('preact')),
  '/preact/hooks.mjs': fileURLToPath(import.meta.resolve('preact/hooks')),
  '/preact/jsxRuntime.mjs': fileURLToPath(import.meta.resolve('preact/jsx-runtime')),
}

/** @param folders by the path that they are served under */
export function servePageFiles(app: Express, folders: Record<string, string>): void {
  for (const [path, file] of Object.entries(preactFiles))
    app.get(path, (_request, response) => response.set(unlessChanged).sendFile(file))
  for (const [path, folder] of Object.entries(folders)) app.use(path, express.static(folder, asBuilt))
}
