/**
 * A constructed style sheet, because a strict content security policy refuses style elements. It is made when it is
 * first asked for, so that what has one can also be loaded where there is no browser.
 */
export function styleSheetOf(css: string): () => CSSStyleSheet {
  let sheet: CSSStyleSheet | undefined
  return () => {
    if (!sheet) {
      sheet = new CSSStyleSheet()
      sheet.replaceSync(css)
    }
    return sheet
  }
}
