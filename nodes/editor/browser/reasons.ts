import { Refusal } from './ask.ts'
import type { Say } from './form/check.ts'

/** What went wrong and what to do, in the editor's language where it is a thing that happens to people. */
export function reasonOf(error: unknown, say: Say): string {
  if (!(error instanceof Refusal)) return say('failed.unreachable')
  const key = `failed.${error.code}`
  const text = say(key)
  return text.endsWith(key) ? error.told : text
}

export const languageOf = (say: Say) => (say('sidebar.language') === 'ko' ? 'ko' : 'en')
