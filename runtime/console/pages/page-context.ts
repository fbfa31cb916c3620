/** What every part of the store page needs: language and formats. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Formats, formatsOf } from './formats.ts'
import { type Texts, textsOf } from './texts.ts'

export interface PageContext {
  texts: Texts
  formats: Formats
}

export const PageContext = createContext<PageContext>({
  texts: textsOf('en'),
  formats: formatsOf('en', textsOf('en'), { currency: 'USD', timeZone: 'UTC' }),
})
export const usePage = (): PageContext => useContext(PageContext)
