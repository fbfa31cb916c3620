/** JSON of a store's folder as text: one plate, product or place a line, so that people can read and compare it. */
export function storeText(json: object): string {
  const fields = Object.entries(json).map(([name, value]) => `  ${JSON.stringify(name)}: ${valueText(value)}`)
  return `{\n${fields.join(',\n')}\n}\n`
}

function valueText(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return oneLine(value)
  return `[\n${value.map((item) => `    ${oneLine(item)}`).join(',\n')}\n  ]`
}

/** JSON with a space after each comma and colon outside of strings. */
function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${oneLine(item)}`)
  return `{${fields.join(', ')}}`
}
