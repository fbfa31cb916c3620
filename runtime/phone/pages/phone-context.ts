/** What every part of the shoppers' page needs. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Formats, formatsOf } from '../../console/pages/formats.ts'
import { type Language, textsOf } from '../../console/pages/texts.ts'
import { type PhoneTexts, phoneTextsOf } from './phone-texts.ts'
import type { PhoneStore } from './phone-view.ts'

export interface PhoneContext {
  language: Language
  texts: PhoneTexts
  formats: Formats
}

export const phoneContextOf = (language: Language, store: Pick<PhoneStore, 'currency' | 'timeZone'>): PhoneContext => ({
  language,
  texts: phoneTextsOf(language),
  formats: formatsOf(language, textsOf(language), store),
})

export const PhoneContext = createContext<PhoneContext>(phoneContextOf('en', { currency: 'USD', timeZone: 'UTC' }))
export const usePhone = (): PhoneContext => useContext(PhoneContext)
