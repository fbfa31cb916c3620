/** Styles come as a file, beside this module. */
export function addStyles(): void {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = new URL('./styles.css', import.meta.url).href
  document.head.append(link)
}
