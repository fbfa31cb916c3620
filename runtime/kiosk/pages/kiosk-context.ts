/** What every part of the kiosks' page needs. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Formats, formatsOf } from '../../console/pages/formats.ts'
import { type Language, textsOf } from '../../console/pages/texts.ts'
import { type KioskTexts, kioskTextsOf } from './kiosk-texts.ts'
import type { KioskStore } from './kiosk-view.ts'

export interface KioskContext {
  texts: KioskTexts
  formats: Formats
}

export const kioskContextOf = (language: Language, store: Pick<KioskStore, 'currency' | 'timeZone'>): KioskContext => ({
  texts: kioskTextsOf(language),
  formats: formatsOf(language, textsOf(language), store),
})

export const KioskContext = createContext<KioskContext>(kioskContextOf('en', { currency: 'USD', timeZone: 'UTC' }))
export const useKiosk = (): KioskContext => useContext(KioskContext)
