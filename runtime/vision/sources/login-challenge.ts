/** The www-authenticate header (RFC 7235, 4.1): several challenges, with commas between and within them. */
export interface Challenge {
  /** In small letters. */
  scheme: string
  fields: Record<string, string>
}

/** A name with its value, quoted or not; or a word alone, which begins a challenge. */
const pieces = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g
/** No camera says more; what is longer is no challenge. */
const longest = 8192

/** Never throws: what cannot be read gives no challenge. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = []
  for (const [whole, name = '', quoted, bare] of header.slice(0, longest).matchAll(pieces)) {
    if (!whole.includes('=')) challenges.push({ scheme: name.toLowerCase(), fields: Object.create(null) })
    else {
      const fields = challenges.at(-1)?.fields
      if (fields) fields[name.toLowerCase()] = quoted === undefined ? (bare ?? '') : quoted.replaceAll(/\\(.)/g, '$1')
    }
  }
  return challenges
}
