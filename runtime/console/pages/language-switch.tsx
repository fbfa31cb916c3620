/** The language of the page: the browser's, until somebody chooses. */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { type Language, languages, preferredLanguage, rememberLanguage, textsOf } from './texts.ts'

export function useLanguage(): [Language, (language: Language) => void] {
  const [language, setLanguage] = useState(preferredLanguage)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  return [
    language,
    (chosen) => {
      rememberLanguage(chosen)
      setLanguage(chosen)
    },
  ]
}

export interface LanguageSwitchProps {
  language: Language
  onChoose(language: Language): void
}

export function LanguageSwitch({ language, onChoose }: LanguageSwitchProps): JSX.Element {
  return (
    <span class="languages">
      {languages.map((one) => (
        <button
          key={one}
          type="button"
          class="link"
          lang={one}
          aria-pressed={one === language}
          onClick={() => onChoose(one)}
        >
          {textsOf(one).language}
        </button>
      ))}
    </span>
  )
}
