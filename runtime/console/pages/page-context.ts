/** What every part of the store page needs: language and formats. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Formats, formatsOf } from './formats.ts'
import { type Language, type Texts, textsOf } from './texts.ts'

export interface PageContext {
  language: Language
  texts: Texts
  formats: Formats
  /** Whether shoppers and devices are simulated, so that the truth is known. */
  simulated: boolean
}

export const PageContext = createContext<PageContext>({
  language: 'en',
  texts: textsOf('en'),
  formats: formatsOf('en', textsOf('en'), { currency: 'USD', timeZone: 'UTC' }),
  simulated: false,
})
export const usePage = (): PageContext => useContext(PageContext)
